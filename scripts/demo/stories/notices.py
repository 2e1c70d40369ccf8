"""A customer who asked for it hears where the parcel is, without any ticket."""

from __future__ import annotations

from scripts.demo.day import Day, expect
from scripts.demo.office import CUSTOMERS, Office


def play(day: Day) -> None:
    step, parcel, sam = day.steps.step, day.parcel("notice"), day.mailbox("sam")
    sofia = day.desk("sofia.marin")
    day.steps.scene(f"Status notices: {parcel.number}, {sam.name}, for whom it is day now")

    def scan(code: str, text: str) -> None:
        day.scans.scan(parcel, code, text, place="Wien", country="AT", zone="Europe/Vienna")

    with step("on his card it is ticked that he wants to hear where his parcels are"):
        office = Office(sofia)
        sofia.look(office.must_find(f"{CUSTOMERS}?q=Sam+Reed", sam.name))
        office.save({"wants_notices": True})
    with step("a scan says that the parcel is out for delivery; he hears of it, once, and there is no ticket"):
        scan("OutForDelivery_Other", "Out for delivery")
        sam.next_mail("it is out for delivery", lambda mail: parcel.number in mail.text + mail.subject)
        scan("OutForDelivery_Other", "Still out for delivery")
        expect(not sofia.queue(q=parcel.number), "no ticket about the parcel")
    with step("it is delivered; he hears of that too"):
        scan("Delivered_Other", "Delivered")
        sam.next_mail("it is delivered", lambda mail: parcel.number in mail.text + mail.subject)
        about = [mail.subject for mail in sam.received() if parcel.number in mail.text + mail.subject]
        expect(len(about) == 2, "two notices, each once", "; ".join(about))
