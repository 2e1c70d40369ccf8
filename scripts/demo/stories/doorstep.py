"""Nobody opens the door in Lyon, twice: instructions by link, a second attempt, a pickup."""

from __future__ import annotations

from scripts.demo.day import Day, expect
from scripts.demo.portal import Visitor

ZONE = "Europe/Paris"


def play(day: Day) -> None:
    step, scans, parcel = day.steps.step, day.scans, day.parcel("failed")
    sofia, claire = day.desk("sofia.marin"), day.mailbox("claire")
    day.steps.scene(f"Failed delivery, twice: {parcel.number}, DE→FR, Claire Dubois (French, by mail)")

    def scan(code: str, text: str, hours_ago: float = 0) -> None:
        scans.scan(parcel, code, text, place="Lyon", country="FR", zone=ZONE, hours_ago=hours_ago)

    with step("a courier finds nobody at home; a failed delivery stands in the queue"):
        scan("OutForDelivery_Other", "En cours de livraison", 7)
        scan("DeliveryFailure_NoBody", "Destinataire absent", 5)
        ticket = sofia.find(parcel.number, "Failed delivery").ticket
        day.case(ticket, "claire", "scan, e-mail")
    with step("Claire writes in French; her mail joins the ticket"):
        claire.write(
            f"Colis {parcel.number}",
            f"Bonjour, le livreur n'est pas passé pour mon colis {parcel.number} ! Que faire ? Claire Dubois",
        )
        sofia.wait_for_message(ticket, "Que faire")
    with step("she is asked what to do; she gets a mail with a link"):
        sofia.take(ticket, "Request instructions", problem="absent")
        mail = claire.next_mail("the question what to do", lambda mail: "/t/" in mail.text)
    with step("through the link she wishes another day"):
        wished = day.in_days(2, ZONE).date()
        Visitor(mail.link(), language="fr").send(instruction="redeliver", wished_date=wished.isoformat())
        sofia.wait_for_state(ticket, "Instructions received")
    with step("a second attempt is booked; Claire gets the day"):
        sofia.take(ticket, "Book redelivery", date=wished.isoformat(), window="14:00–18:00")
        claire.next_mail("the second attempt", lambda mail: "14:00–18:00" in mail.text)
    with step("it fails again, says a scan; two attempts are counted"):
        scan("DeliveryFailure_NoBody", "Destinataire absent, deuxième passage", 1)
        page = sofia.wait_for_state(ticket, "Attempted")
        expect("attempts 2" in page.side, "two attempts on the ticket's page", page.side[:400])
    with step("the parcel waits for pickup; Claire gets place and last day"):
        sofia.take(
            ticket, "Hold for pickup", place="Tabac de la Gare, Lyon", last_day=day.in_days(7, ZONE).date().isoformat()
        )
        claire.next_mail("place and last day", lambda mail: "Tabac de la Gare" in mail.text)
    with step("she fetches it; the ticket is resolved"):
        scan("Delivered_Other", "Livré en point relais")
        sofia.wait_for_state(ticket, "Delivered")
        claire.next_mail("it is delivered", lambda mail: parcel.number in mail.text)
