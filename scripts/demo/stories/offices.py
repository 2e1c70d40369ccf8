"""Offices around the world: who is at work now and speaks the language, who is not, and a shift that ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scripts.demo.day import Day, expect
from scripts.demo.office import CALENDARS, Office
from scripts.demo.steps import Missing, until

SAO_PAULO, LOS_ANGELES = "São Paulo office", "Los Angeles office"
PHONE = "+55 11 5550 0199"
_HANDED_SECONDS = 60.0
_NEAR = timedelta(minutes=10)


def begin(day: Day) -> None:
    """The zones of the day; São Paulo keeps a day free; a shift in Los Angeles that ends within a minute."""
    step, lin, administrator = day.steps.step, day.desk("mei.lin"), Office(day.desk("zhou.yan"))
    day.steps.scene("Offices: Shenzhen around the clock, Berlin, São Paulo, Los Angeles")

    with step("above the queue stand the zones of the day: each office, its time, and whether it is at work"):
        zones = lin.zones()
        for name in ("Shenzhen", "Berlin", "São Paulo", "Los Angeles"):
            expect(name in zones, f"{name} among the zones of the day", ", ".join(zones))
    with step("周燕 keeps today and tomorrow free in São Paulo's calendar"):
        _keep_free(administrator, SAO_PAULO)
    with step("Los Angeles works all of today, says its calendar; Diego writes in Spanish, and it is Grace Kim's"):
        opened = _work_all_day(administrator, LOS_ANGELES)
        subject = f"Una pregunta {day.cast.serial}"
        day.mailbox("diego").write(subject, "Hola, ¿hacen envíos a México? ¿Cuánto tarda un paquete? Gracias. Diego")
        ticket = lin.find(subject, "Inquiry").ticket
        day.case(ticket, "diego", "e-mail")
        _wait_for_owner(day, ticket, "Grace Kim")
    with step("the ticket explains itself: Grace Kim speaks the language, Shenzhen does not"):
        why = lin.open(ticket).owner_why
        expect("Grace Kim" in why and "speaks the language" in why, "why Grace Kim was chosen", why)
        expect("does not speak the language" in why, "why others were not", why)
    with step("now Los Angeles closes early, with the next full minute"):
        day.shift_ends = _close_early(administrator, LOS_ANGELES, opened)


def end(day: Day) -> None:
    """The shift in Los Angeles has ended: Shenzhen takes over with a note and confirms it."""
    step, lin = day.steps.step, day.desk("mei.lin")
    day.steps.scene("A shift ends: Los Angeles hands over to Shenzhen")

    with step("the clock hands Diego's question to Shenzhen; a note stands above the queue"):
        left = max(0.0, (day.shift_ends - datetime.now(day.shift_ends.tzinfo)).total_seconds())
        note = until(
            "a handover from Los Angeles above the queue",
            lambda: next((one for one in lin.handovers() if "Los Angeles" in one.text), None),
            seconds=left + _HANDED_SECONDS,
        )
    with step("Lin Mei reads the note, confirms it and takes the ticket"):
        ticket = day.ticket_of("diego")
        reference = lin.open(ticket).reference
        text = lin.read_handover(note)
        expect(reference in text, f"{reference} in the note", text[:400])
        lin.confirm_handover(note)
        expect(all(one.address != note.address for one in lin.handovers()), "no note left above the queue")
        page = lin.act(ticket, "assign", assignee=lin.option(ticket, "assign", "assignee", lin.name))
        expect(lin.name in page.owner, f"{lin.name} owns it", page.owner)


def _wait_for_owner(day: Day, ticket: int, name: str) -> None:
    lin = day.desk("mei.lin")

    def look() -> bool:
        owner = lin.open(ticket).owner
        if name not in owner:
            raise Missing(f"it is “{owner}”")
        return True

    until(f"{name} owns it", look)


def _keep_free(administrator: Office, calendar: str) -> None:
    administrator.desk.look(administrator.must_find(CALENDARS, calendar))
    today = datetime.now(ZoneInfo(administrator.value("time_zone"))).date()
    _own_days(administrator, {(today + timedelta(days=ahead)).isoformat(): "" for ahead in (0, 1)}, "Company outing")


def _work_all_day(administrator: Office, calendar: str) -> set[date]:
    """Open around the clock today, and tomorrow when that is near. Returns these days."""
    administrator.desk.look(administrator.must_find(CALENDARS, calendar))
    now = datetime.now(ZoneInfo(administrator.value("time_zone")))
    days = {now.date(), (now + _NEAR).date()}
    _own_days(administrator, {day.isoformat(): "0:00-24:00" for day in days}, "Open all day")
    return days


def _close_early(administrator: Office, calendar: str, opened: set[date]) -> datetime:
    """Give today other hours: from midnight to the next full minute. Returns that moment."""
    administrator.desk.look(administrator.must_find(CALENDARS, calendar))
    now = datetime.now(ZoneInfo(administrator.value("time_zone")))
    ends = (now + timedelta(minutes=1)).replace(second=0, microsecond=0)
    hours = dict.fromkeys(sorted(day.isoformat() for day in opened), "")  # a day without hours is free
    if ends.date() != now.date():
        hours[now.date().isoformat()] = "0:00-24:00"
    if ends.hour or ends.minute:
        hours[ends.date().isoformat()] = f"0:00-{ends:%H:%M}"
    _own_days(administrator, hours, "Early closing")
    return ends


def _own_days(administrator: Office, hours: dict[str, str], note: str) -> None:
    """Write days of their own into the calendar that is open; without hours they are free."""
    rows = {administrator.value(f"{row}-date"): row for row in administrator.rows("days")}
    values: dict[str, object] = {}
    for day, text in hours.items():
        row = rows.get(day) or administrator.add_row("days")
        values |= {f"{row}-date": day, f"{row}-is_open": bool(text), f"{row}-own_hours": text, f"{row}-note": note}
    administrator.save(values)
