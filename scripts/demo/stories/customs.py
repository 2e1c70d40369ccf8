"""A parcel from China is held at customs in Leipzig; its owner writes in German and pays duties."""

from __future__ import annotations

from scripts.demo import papers
from scripts.demo.day import Day, expect
from scripts.demo.portal import Visitor
from scripts.demo.steps import until

PLACE, COUNTRY, ZONE = "Leipzig", "DE", "Europe/Berlin"
TOTAL = "53,91"


def play(day: Day) -> None:
    ticket = _hold(day)
    _papers(day, ticket)
    _broker_and_duties(day, ticket)
    _release(day, ticket)


def _hold(day: Day) -> int:
    step, parcel, scans = day.steps.step, day.parcel("customs"), day.scans
    keller, owner = day.desk("jonas.keller"), day.mailbox("matthias")
    day.steps.scene(f"Customs hold: {parcel.number}, CN→DE, {owner.name} (VIP, German, by mail)")

    with step("17TRACK tells of a hold in Leipzig; a customs hold stands in the queue"):
        scans.scan(
            parcel, "InTransit_PickedUp", "收寄", place="Shenzhen", country="CN", zone="Asia/Shanghai", hours_ago=96
        )
        scans.scan(
            parcel,
            "InTransit_CustomsRequiringInformation",
            "Held by customs, documents required",
            place=PLACE,
            country=COUNTRY,
            zone=ZONE,
            hours_ago=1,
        )
        ticket = keller.find(parcel.number, "Customs hold").ticket
        day.case(ticket, "matthias", "scan, e-mail")
    with step("the same push again is a duplicate, a forged one is refused"):
        scans.repeat()
        scans.forge()
    with step("Matthias Weber asks in German where his parcel is; his mail joins that ticket"):
        question = owner.write(
            f"Sendung {parcel.number}",
            "Guten Tag,\n\nmein Paket liegt laut Sendungsverfolgung seit gestern beim Zoll. Was muss ich tun?\n"
            f"Sendungsnummer: {parcel.number}\n\nMit freundlichen Grüßen\nMatthias Weber\n",
        )
        keller.wait_for_message(ticket, "liegt laut Sendungsverfolgung")
    with step("the mail server delivers his mail twice; it stands there once"):
        owner.send(question)
        owner.write(f"Sendung {parcel.number}", "Nachtrag: Die Ware ist ein Geschenk. Matthias Weber")
        keller.wait_for_message(ticket, "Nachtrag")
        page = keller.open(ticket)
        count = sum("liegt laut Sendungsverfolgung" in said.text for said in page.messages)
        expect(count == 1, "the first mail once in the thread", f"{count} times")
        expect(len(keller.queue(q=parcel.number)) == 1, "one ticket for the parcel")
    with step("Jonas Keller takes the ticket and looks into it"):
        keller.act(ticket, "assign", assignee=keller.option(ticket, "assign", "assignee", keller.name))
        keller.take(ticket, "Triage")
    return ticket


def _papers(day: Day, ticket: int) -> None:
    step, keller, owner = day.steps.step, day.desk("jonas.keller"), day.mailbox("matthias")
    with step("he asks for two papers; Matthias gets a mail with a link, in German"):
        keller.take(
            ticket,
            "Request documents",
            papers=["commercial_invoice", "proof_of_payment"],
            asked_of="customer",
            message="Ein Foto der Rechnung genügt.",
        )
        asked = owner.next_mail("papers are needed", lambda mail: "/t/" in mail.text)
        expect("Handelsrechnung" in asked.text, "the papers' names in German", asked.text)
        expect(keller.open(ticket).reference in asked.subject, "the reference in the subject", asked.subject)
    with step("he uploads the invoice through the link; one paper is still missing"):
        bill = papers.pdf("Rechnung 2026-4711", "Mechanical keyboard", "EUR 189,00")
        Visitor(asked.link(), language="de").send({"paper_commercial_invoice": ("rechnung.pdf", bill)})
        side = keller.wait_for_state(ticket, "Documents requested").side
        expect(
            "✓ Commercial invoice" in side and "○ Proof of payment" in side, "one paper here, one missing", side[:300]
        )
    with step("he uploads the proof of payment; all papers are here"):
        proof = papers.pdf("Kontoauszug", "EUR 189,00 an Keyboard Store")
        Visitor(asked.link(), language="de").send({"paper_proof_of_payment": ("kontoauszug.pdf", proof)})
        keller.wait_for_state(ticket, "Documents received")


def _broker_and_duties(day: Day, ticket: int) -> None:
    step, parcel = day.steps.step, day.parcel("customs")
    keller, owner, broker = day.desk("jonas.keller"), day.mailbox("matthias"), day.mailbox("broker")
    with step("the papers go to the broker, Hafen Zoll GmbH, who gets them by mail"):
        keller.take(
            ticket,
            "Submit to broker",
            broker=keller.option(ticket, "Submit to broker", "broker", "Hafen Zoll"),
            message="Bitte als Geschenksendung anmelden.",
        )
        letter = broker.next_mail("the papers of the parcel", lambda mail: parcel.number in mail.text + mail.subject)
        expect(letter.raw.count(b"%PDF") + letter.raw.count(b"JVBERi0") >= 2, "both papers as files", letter.subject)
    with step("the broker answers: customs want to look at the goods"):
        broker.write(f"Re: {letter.subject}", "Der Zoll ordnet eine Beschau an, Röntgen. K. Vogt", answers=letter)
        keller.wait_for_message(ticket, "ordnet eine Beschau an")
    with step("the inspection is noted, then the duties that the broker names"):
        keller.take(ticket, "Inspection started", office="Zollamt Flughafen Leipzig", inspection="X-ray")
        keller.take(
            ticket,
            "Assess duties",
            duties_duty="8.90",
            duties_vat="37.60",
            duties_fee="7.41",
            duties_currency="EUR",
            terms="DAP",
        )
    with step(f"Matthias is asked to pay {TOTAL} €"):
        keller.take(ticket, "Request duties", payment_link="https://pay.clearway.example/d/4711")
        bill_mail = owner.next_mail("what is to be paid", lambda mail: "pay.clearway.example" in mail.text)
        expect(TOTAL in bill_mail.text, f"the total {TOTAL} in the mail", bill_mail.text)


def _release(day: Day, ticket: int) -> None:
    step, parcel, scans = day.steps.step, day.parcel("customs"), day.scans
    keller, finance, owner = day.desk("jonas.keller"), day.desk("omar.haddad"), day.mailbox("matthias")
    with step("finance sees the money; only customs have to let go now"):
        finance.take(ticket, "Confirm payment", receipt="TR-90211", paid="53.91", paid_currency="EUR")
        keller.wait_for_state(ticket, "Awaiting release")
    with step("a scan says that customs released it; the ticket is resolved, Matthias hears of it"):
        scans.scan(parcel, "InTransit_CustomsReleased", "Released by customs", place=PLACE, country=COUNTRY, zone=ZONE)
        keller.wait_for_state(ticket, "Released")
        owner.next_mail("customs have released it", lambda mail: parcel.number in mail.text)
    with step("the parcel is delivered; the ticket's page shows the scan"):
        scans.scan(parcel, "Delivered_Other", "Delivered", place="Hamburg", country="DE", zone=ZONE)
        until("the scan “Delivered” on the ticket's page", lambda: "Delivered, Hamburg" in keller.open(ticket).side)
