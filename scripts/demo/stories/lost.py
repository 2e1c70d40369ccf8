"""A lens is lost on its way to Spain: traced, confirmed, compensated, and then found after all."""

from __future__ import annotations

from scripts.demo import papers
from scripts.demo.day import Day, expect
from scripts.demo.portal import Visitor
from scripts.demo.steps import until


def play(day: Day) -> None:
    step, scans, parcel = day.steps.step, day.scans, day.parcel("lost")
    sofia, finance = day.desk("sofia.marin"), day.desk("omar.haddad")
    lucia, post = day.mailbox("lucia"), day.mailbox("post")
    day.steps.scene(f"Lost: {parcel.number}, CN→ES, Lucía Moreno (Spanish, by mail)")

    with step("17TRACK tells that the parcel is lost; a loss stands in the queue, with high priority"):
        scans.scan(
            parcel, "InTransit_Arrival", "Llegada", place="Madrid", country="ES", zone="Europe/Madrid", hours_ago=60
        )
        scans.scan(
            parcel,
            "Exception_Lost",
            "Envío extraviado",
            place="Madrid",
            country="ES",
            zone="Europe/Madrid",
            hours_ago=1,
        )
        line = sofia.find(parcel.number, "Loss or damage")
        ticket = line.ticket
        day.case(ticket, "lucia", "scan, e-mail")
        expect("High" in line.text, "high priority in the queue", line.text)
    with step("Lucía writes in Spanish; her mail joins the ticket"):
        lucia.write(
            f"Mi paquete {parcel.number} no llega",
            f"Hola, mi paquete {parcel.number} se ha perdido. Es un objetivo de cámara. ¿Qué hago? Lucía Moreno",
        )
        sofia.wait_for_message(ticket, "se ha perdido")
    with step("Sofía opens a trace; the carrier's desk gets a mail and answers"):
        sofia.take(ticket, "Open trace", reference="CP-TR-5520")
        asked = post.next_mail("the trace", lambda mail: parcel.number in mail.text + mail.subject)
        post.write(f"Re: {asked.subject}", "经查找未发现该邮件。刘洋", answers=asked)
        sofia.wait_for_message(ticket, "经查找未发现该邮件")
    with step("she asks Lucía for evidence; Lucía gets a mail with a link"):
        sofia.take(
            ticket, "Request evidence", papers=["purchase_invoice", "photos"], message="Basta una foto de la factura."
        )
        mail = lucia.next_mail("evidence is needed", lambda mail: "/t/" in mail.text)
    with step("Lucía uploads a photo through the link; it is here"):
        photo = papers.png(640, 480, (176, 160, 140))
        Visitor(mail.link(), language="es").send({"paper_photos": ("factura.png", photo)})
        sofia.wait_for_state(ticket, "Evidence received")
    with step("the loss is confirmed, finance refunds 320 €; Lucía hears of it"):
        sofia.take(
            ticket, "Confirm", what="lost", grounds="Carrier cannot find it.", value="320.00", value_currency="EUR"
        )
        finance.take(ticket, "Settle", how="refund", amount="320.00", amount_currency="EUR")
        sofia.wait_for_state(ticket, "Settled")
        lucia.next_mail("the refund", lambda mail: "320" in mail.text)
    with step("after the settlement the parcel is found; it is said what comes back"):
        sofia.take(ticket, "Find", where="Sorting centre Madrid-Barajas", recover="Refund of 320 €")
        sofia.write(ticket, "Hola Lucía, ¡su paquete ha aparecido! Le escribimos sobre el reembolso.")
        lucia.next_mail("it was found", lambda mail: "ha aparecido" in mail.text)
    with step("it is delivered; the ticket is resolved"):
        scans.scan(parcel, "Delivered_Other", "Entregado", place="Sevilla", country="ES", zone="Europe/Madrid")
        sofia.wait_for_state(ticket, "Delivered")
        until("the log tells of the settlement and the find", lambda: _has_all(sofia.log(ticket)))


def _has_all(log: list[str]) -> bool:
    return all(
        any(words in line for line in log) for words in ("Settle → Settled", "Find → Found", "Deliver → Delivered")
    )
