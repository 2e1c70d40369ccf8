"""Teams around the globe, people in them, and tickets that they have."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from common.models import BusinessCalendar, BusinessInterval, Connection, User
from tests.tickets.workflows import people
from tickets.choices import HoursOf, Target
from tickets.models import Membership, PromisePolicy, Team, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage
from tickets.services.intake import receive_message
from tickets.services.journal import changing

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def at(zone: str, wall: str) -> datetime:
    """A wall clock's time, like 2026-11-24 18:00, as a moment in UTC."""
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def team(name: str, zone: str, opens: int = 9, closes: int = 18, *, lunch: bool = False, **fields: Any) -> Team:
    """A team that works Monday to Friday; with lunch from twelve to one."""
    calendar = BusinessCalendar.objects.create(name=f"{name} hours", time_zone=zone)
    parts = [(opens, 12), (13, closes)] if lunch else [(opens, closes)]
    for weekday in range(5):
        for start, end in parts:
            BusinessInterval.objects.create(
                calendar=calendar, weekday=weekday, opens_at=time(start), closes_at=time(end)
            )
    return Team.objects.create(name=name, calendar=calendar, **fields)


def member(of: Team, name: str, *permissions: str, zone: str = "UTC", language: str = "en", **fields: Any) -> User:
    user = people.person(name, *(permissions or ("work_ticket", "view_ticket")))
    User.objects.filter(pk=user.pk).update(time_zone=zone, language=language)
    user.refresh_from_db()
    Membership.objects.create(team=of, user=user, **fields)
    return user


def owned(ticket: Ticket, user: User | None, of: Team | None, *, now: datetime, **fields: Any) -> Ticket:
    """The ticket, owned as said."""
    with changing(ticket.pk, actor=Actor.system("test"), now=now) as change:
        change.ticket.assignee, change.ticket.team = user, of
        for name, value in fields.items():
            setattr(change.ticket, name, value)
        change.record("assigned", {})
    return fresh(ticket)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get_typed(ticket.pk)


def resolved_within(duration: timedelta) -> PromisePolicy:
    """A promise that begins with the ticket and is counted around the clock."""
    return PromisePolicy.objects.create(
        name="Resolution", target=Target.RESOLUTION, duration=duration, hours_of=HoursOf.WALL
    )


def written(text: str = "Where is my parcel?", *, now: datetime, sender: str = "77", **fields: Any) -> Ticket:
    """A customer writes by chat: to the ticket that is open, or a new one."""
    bot, _made = Connection.objects.get_or_create(slug="bot", defaults={"provider": "telegram", "name": "Bot"})
    message = InboundMessage(
        external_id=f"{sender}:{now.timestamp()}:{text[:20]}",
        sender_id=sender,
        sender_name="Marta",
        thread_id=sender,
        sent_at=now,
        text=text,
        **fields,
    )
    ticket = receive_message(connection=bot, message=message, now=now).ticket
    assert ticket is not None
    return ticket


def of_customer(ticket: Ticket, **fields: Any) -> None:
    """What we know of a ticket's customer."""
    assert ticket.customer is not None
    for name, value in fields.items():
        setattr(ticket.customer, name, value)
    ticket.customer.save()


def events(ticket: Ticket, what: str) -> list[TicketEvent]:
    return list(TicketEvent.objects.filter(ticket_id=ticket.pk, type=what).order_by("sequence"))
