"""Teams in five zones, a customer who writes, and the words in which these tests speak of clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from common.models import BusinessCalendar, BusinessInterval, Connection
from common.revisions import look_again
from tests.tickets.workflows import people
from tests.tickets.workflows.filling import First, filled
from tickets.choices import HoursOf, Target
from tickets.models import Clock, PromisePolicy, Team, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage
from tickets.services.intake import receive_message
from tickets.services.transitions import find_way, take_way

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _no_promises_but_ours(db: None) -> None:
    look_again()
    for policy in PromisePolicy.objects.all():
        policy.delete()


@pytest.fixture
def bot(db: None) -> Connection:
    return Connection.objects.create(provider="telegram", slug="bot", name="Bot")


@pytest.fixture
def staff(db: None) -> Actor:
    return people.staff()


@pytest.fixture
def written(bot: Connection) -> Callable[..., Ticket]:
    """A customer writes: to the ticket that is open, or a new one."""
    numbers = iter(range(1, 1_000))

    def write(text: str = "Where is my parcel?", *, now: datetime = NOW, sender: str = "77") -> Ticket:
        message = InboundMessage(
            external_id=f"{sender}:{next(numbers)}",
            sender_id=sender,
            sender_name="Wei",
            thread_id=sender,
            sent_at=now,
            text=text,
        )
        ticket = receive_message(connection=bot, message=message, now=now).ticket
        assert ticket is not None
        return ticket

    return write


def policy(target: Target, duration: timedelta, **fields: Any) -> PromisePolicy:
    """A promise counted around the clock, unless told otherwise."""
    values = {"name": f"{target} {PromisePolicy.objects.count()}", "hours_of": HoursOf.WALL, **fields}
    return PromisePolicy.objects.create(target=target, duration=duration, **values)


def calendar(zone: str, *intervals: tuple[int, time, time], name: str = "") -> BusinessCalendar:
    """A calendar; without intervals Monday to Friday, 9 to 18."""
    made = BusinessCalendar.objects.create(name=name or f"Hours of {zone}", time_zone=zone)
    for weekday, opens, closes in intervals or [(day, time(9), time(18)) for day in range(5)]:
        BusinessInterval.objects.create(calendar=made, weekday=weekday, opens_at=opens, closes_at=closes)
    return made


def team(zone: str, *intervals: tuple[int, time, time]) -> Team:
    return Team.objects.create(name=f"Team of {zone}", calendar=calendar(zone, *intervals))


def running(ticket: Ticket, target: Target) -> Clock:
    return Clock.objects.get(ticket_id=ticket.pk, target=target, ended_at__isnull=True)


def ended(ticket: Ticket, target: Target) -> list[tuple[str, datetime | None]]:
    clocks = Clock.objects.filter(ticket_id=ticket.pk, target=target, ended_at__isnull=False).order_by("id")
    return [(clock.outcome, clock.ended_at) for clock in clocks]


def step(ticket: Ticket, name: str, actor: Actor, now: datetime) -> Ticket:
    """Take a way, its inputs filled in with whatever they take."""
    way = find_way(Ticket.objects.get_typed(ticket.pk), name)
    return take_way(ticket_id=ticket.pk, way=name, data=filled(First(), way, now), actor=actor, now=now)
