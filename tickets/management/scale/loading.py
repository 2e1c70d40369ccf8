"""From lives to rows: customers, parcels with scans, conversations, tickets with events, facts and clocks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from typing import Any, Final

from django.db import models

from common.models import Connection, User
from logistics.models import Customer, Shipment, TrackingEvent
from tickets.choices import ActorKind, Audience, Direction, Kind, MessageStatus, Priority, Resolution, Via
from tickets.management.scale.copying import NULL, Table, first_free_id, move_sequences
from tickets.management.scale.lives import Life, Lives
from tickets.management.scale.words import COUNTRIES, LANGUAGES, NAMES, ZONES, lexemes_of_number, say_something
from tickets.models import (
    DETAILS,
    ChannelIdentity,
    Clock,
    Conversation,
    Message,
    Participant,
    Ticket,
    TicketEvent,
    TicketFacts,
)
from tickets.policies.chain import canonical
from tickets.policies.states import STATES, State, initial_state
from tickets.services.promises.policies import promises

SLUG = "measuring"
SCANS = 3

# How often which kind comes in; what a customer's word opens is most of it.
_SHARES: Final[dict[Kind, int]] = {
    Kind.INQUIRY: 24,
    Kind.DELAY: 20,
    Kind.CLEARANCE: 18,
    Kind.FAILED_DELIVERY: 12,
    Kind.LOSS: 8,
    Kind.RETURN: 8,
    Kind.PAYMENT: 4,
    Kind.WAREHOUSE: 4,
    Kind.SAFETY: 2,
}
_OF_PRIORITIES: Final = {Priority.URGENT: 1, Priority.HIGH: 3, Priority.NORMAL: 14, Priority.LOW: 2}
_IN_TURN = (Customer, Shipment, ChannelIdentity, Conversation, Ticket, Message, Clock)
_FACTS = (
    *("ticket_id", "valid_from", "valid_to", "kind", "state", "phase", "waiting_on", "resolution", "priority"),
    *("tier", "customer_id", "shipment_id", "assignee_id", "language", "country", "destination"),
    *("is_unanswered", "is_snoozed"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A state in plain words: a member of an enumeration takes longer to be asked than a line to be written."""

    state: State
    name: str
    phase: str
    waiting_on: tuple[str, ...]
    is_first: bool


def _standings(kind: str, *, is_open: bool) -> list[Standing]:
    return [
        Standing(one, one.name, one.phase.value, tuple(on.value for on in one.waiting_on), one is initial_state(kind))
        for one in STATES[kind].values()
        if one.is_open == is_open
    ]


_KINDS, _KIND_WEIGHTS = tuple(kind.value for kind in _SHARES), tuple(accumulate(_SHARES.values()))
_PRIORITIES = tuple(priority.value for priority in _OF_PRIORITIES)
_PRIORITY_WEIGHTS = tuple(accumulate(_OF_PRIORITIES.values()))
_OPEN_STATES = {kind: _standings(kind, is_open=True) for kind in _KINDS}
_ENDED_STATES = {kind: _standings(kind, is_open=False) for kind in _KINDS}


class Loader:
    """Makes rows and writes them chunk by chunk. The same seed and moment give the same rows.

    The first ``due`` open tickets have one promise each that has just fallen due.
    """

    def __init__(self, chance: random.Random, *, open_share: float, due: int, now: datetime) -> None:
        self._chance, self._now = chance, now
        self._open_share, self.due_left = open_share, due
        self._lives = Lives(chance, promises(), now=now)
        self._staff = list(User.objects.filter(is_staff=True).values_list("pk", flat=True)[:20])
        self._next: dict[type[models.Model], int] = {model: first_free_id(model) for model in _IN_TURN}
        self._connection, _ = Connection.objects.get_or_create(
            slug=SLUG, defaults={"provider": SLUG, "name": "Measuring", "is_active": False}
        )
        self._make_tables()

    @property
    def table_names(self) -> list[str]:
        """Every table that is written to."""
        return [table.model._meta.db_table for table in self._tables]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While one chunk is written, the next one is made."""
        with ThreadPoolExecutor(1) as self._writer:
            self._written: Future[None] | None = None
            yield
            self._wait()
        move_sequences(self._tables)

    def load(self, count: int) -> None:
        """Add so many tickets with all that hangs on them."""
        for _number in range(count):
            self._ticket()
        self._wait()
        self._written = self._writer.submit(_write, [table.taken() for table in self._tables])

    def _wait(self) -> None:
        if self._written is not None:
            self._written.result()

    def _make_tables(self) -> None:
        account = self._connection.pk
        self._customers = Table(Customer, "id", "name", "language", "time_zone", "country", "tier", "created_at")
        self._shipments = Table(
            *(Shipment, "id", "tracking_number", "customer_id", "destination_country", "created_at", "last_event_at"),
            origin_country="CN",
            status="in_transit",
        )
        self._scans = Table(
            *(TrackingEvent, "shipment_id", "key", "at", "received_at"),
            offset_minutes=480,
            status="in_transit",
            location="Shenzhen",
            country="CN",
            raw_code="InTransit_Other",
            text="Arrived at hub",
            source=SLUG,
        )
        self._identities = Table(
            *(ChannelIdentity, "id", "external_id", "customer_id", "created_at"), connection_id=account
        )
        self._participants = Table(Participant, "ticket_id", "identity_id", "joined_at")
        self._conversations = Table(
            *(Conversation, "id", "identity_id", "ticket_id", "started_at", "last_message_at"),
            connection_id=account,
            audience=Audience.CUSTOMER,
        )
        self._messages = Table(
            *(Message, "id", "ticket_id", "conversation_id", "identity_id", "direction", "status", "text", "language"),
            *("external_id", "sent_at", "created_at", "tracking_numbers", "search", "key"),
            connection_id=account,
            audience=Audience.CUSTOMER,
        )
        self._tickets = Table(
            *(Ticket, "id", "kind", "state", "phase", "waiting_on", "resolution", "priority", "summary", "customer_id"),
            *("shipment_id", "assignee_id", "language", "country", "destination", "opened_at", "state_since"),
            *("unanswered_since", "next_due_at", "queue_at", "snoozed_until", "resolved_at", "closed_at"),
            *("last_message_at", "last_message_preview", "last_message_direction", "event_sequence", "event_hash"),
            channel=SLUG,
            origin="CN",
        )
        self._details = {kind: Table(model, "ticket_id") for kind, model in DETAILS.items()}
        self._events = Table(
            *(TicketEvent, "ticket_id", "sequence", "type", "at", "data", "hash"),
            actor_kind=ActorKind.SYSTEM,
            actor_name=SLUG,
            via=Via.COMMAND,
        )
        self._facts = Table(TicketFacts, *_FACTS, channel=SLUG, origin="CN")
        self._clocks = Table(
            *(Clock, "id", "ticket_id", "target", "policy_id", "calendar_id", "duration", "started_at", "due_at"),
            *("warn_at", "warned_percent", "paused_since", "ended_at", "outcome"),
        )
        self._tables = [
            *(self._customers, self._shipments, self._scans, self._identities, self._tickets, *self._details.values()),
            *(self._conversations, self._participants, self._messages, self._events, self._facts, self._clocks),
        ]

    def _key(self, model: type[models.Model], count: int = 1) -> int:
        first = self._next[model]
        self._next[model] = first + count
        return first

    def _ticket(self) -> None:
        chance = self._chance
        kind = chance.choices(_KINDS, cum_weights=_KIND_WEIGHTS)[0]
        is_open = chance.random() < self._open_share
        state = chance.choice((_OPEN_STATES if is_open else _ENDED_STATES)[kind])
        first = _OPEN_STATES[kind][0]
        waiting_on = chance.choice(state.waiting_on)
        language = chance.choice(LANGUAGES)
        country = COUNTRIES[language]
        tier = "vip" if chance.random() < 0.05 else "standard"
        priority = chance.choices(_PRIORITIES, cum_weights=_PRIORITY_WEIGHTS)[0]
        customer, shipment, ticket = self._key(Customer), self._key(Shipment), self._key(Ticket)
        assignee = chance.choice(self._staff) if self._staff and chance.random() < 0.8 else None
        known = {"kind": kind, "state": state.name, "phase": state.phase, "waiting_on": waiting_on, "tier": tier}
        facts = {
            **_NO_FACTS,
            **known,
            "priority": priority,
            "language": language,
            "country": country,
            "destination": country,
            "origin": "CN",
            "channel": SLUG,
        }
        if is_open:
            is_due = self.due_left > 0
            life = self._lives.open(waiting_on, facts, stays=state.is_first, is_due=is_due)
            self.due_left -= is_due and any(one.due_at and one.due_at <= self._now for one in life.promised)
        else:
            life = self._lives.ended(facts, is_closed=state.name == "closed")
        self._parcel(customer, shipment, life.opened_at, language=language, country=country, tier=tier)
        identity = self._key(ChannelIdentity)
        opened = life.opened_at.isoformat()
        self._identities.add(identity, f"customer-{customer}@example.org", customer, opened)
        words = self._words(ticket, identity, f"YT{shipment:016d}", language, life)
        steps = self._steps(kind, first, state, life, words)
        clocks = self._promised(ticket, life, steps)
        sequence, head = self._chain(ticket, steps)
        resolution = "" if is_open else _SOLVED
        last_at, last_in, last_text, _message = words[-1]
        self._tickets.add(
            *(ticket, kind, state.name, state.phase, waiting_on, resolution, priority),
            *(words[0][2][:80], customer, shipment, assignee or NULL, language, country, country),
            *(opened, _at(life.since), _at(life.unanswered_since), _at(life.next_due_at)),
            _at(life.next_due_at or life.unanswered_since or life.since),
            *(_at(life.snoozed_until), _at(life.resolved_at), _at(life.closed_at), _at(last_at), last_text[:160]),
            *(_direction(last_in), sequence, head),
        )
        self._details[kind].add(ticket)
        who = priority, tier, customer, shipment, assignee or NULL, language, country, country
        if not state.is_first:
            before = ticket, opened, _at(life.since), kind, first.name, first.phase, first.waiting_on[0], ""
            self._facts.add(*before, *who, "t", "f")
        self._facts.add(
            *(ticket, _at(life.since), NULL, kind, state.name, state.phase, waiting_on, resolution),
            *who,
            *("t" if life.unanswered_since else "f", "t" if life.snoozed_until else "f"),
        )
        for line in clocks:
            self._clocks.add(*line)

    def _parcel(
        self, customer: int, shipment: int, opened: datetime, *, language: str, country: str, tier: str
    ) -> None:
        at = opened.isoformat()
        self._customers.add(
            customer, f"{self._chance.choice(NAMES)} {customer}", language, ZONES[country], country, tier, at
        )
        last = opened
        for step in range(SCANS):
            last = opened - timedelta(hours=30 - step * 9)
            self._scans.add(shipment, f"{shipment}-{step}", last.isoformat(), at)
        self._shipments.add(shipment, f"YT{shipment:016d}", customer, country, at, last.isoformat())

    def _words(
        self, ticket: int, identity: int, number: str, language: str, life: Life
    ) -> list[tuple[datetime, bool, str, int]]:
        """The conversation. Returns when, whether by the customer, text and key of each message."""
        conversation = self._key(Conversation)
        first = self._key(Message, len(life.words))
        lexemes = lexemes_of_number(number)
        spoken = []
        for key, (at, is_in) in enumerate(life.words, first):
            text, vector = say_something(self._chance, language, number, lexemes)
            when = at.isoformat()
            self._messages.add(
                *(key, ticket, conversation, identity, _direction(is_in), _status(is_in), text, language),
                *(f"{SLUG}-{key}", when, when, f"{{{number}}}", vector, f"{self._chance.getrandbits(128):032x}"),
            )
            spoken.append((at, is_in, text, key))
        opened = life.opened_at.isoformat()
        self._conversations.add(conversation, identity, ticket, opened, spoken[-1][0].isoformat())
        self._participants.add(ticket, identity, opened)
        return spoken

    def _steps(
        self, kind: str, first: Standing, state: Standing, life: Life, words: list[tuple[datetime, bool, str, int]]
    ) -> list[tuple[datetime, str, str]]:
        """What the log says, in order: when, what, and the data as the chain's canonical JSON."""
        steps = [(life.opened_at, "opened", f'{{"kind":"{kind}","state":"{first.name}"}}')]
        for at, is_in, _text, key in words:
            what = "message_received" if is_in else "message_queued"
            steps.append((at, what, f'{{"audience":"customer","channel":"{SLUG}","message":{key}}}'))
        if not state.is_first:
            data = f'{{"from":"{first.name}","to":"{state.name}","way":"loaded"}}'
            steps.append((life.since, "transition", data))
        if life.snoozed_until is not None:
            since = max(life.since, words[-1][0])
            at = since + (self._now - since) / 2
            steps.append((at, "snoozed", f'{{"until":"{life.snoozed_until.isoformat()}"}}'))
        return steps

    def _promised(self, ticket: int, life: Life, steps: list[tuple[datetime, str, str]]) -> list[tuple[Any, ...]]:
        """The lines of the clocks; warnings that were given are told in the log."""
        lines = []
        for one in life.promised:
            key = self._key(Clock)
            if one.warned_percent and one.due_at is not None:
                at = one.started_at + (one.due_at - one.started_at) * one.warned_percent / 100
                data = {
                    "clock": key,
                    "due_at": one.due_at.isoformat(),
                    "percent": one.warned_percent,
                    "target": one.target,
                }
                steps.append((at, "promise_warned", canonical(data).decode()))
            duration = f"{one.policy.duration.total_seconds()} seconds"
            said = key, ticket, one.target, one.policy.id, one.calendar_id or NULL, duration
            moments = _at(one.started_at), _at(one.due_at), _at(one.warn_at)
            lines.append((*said, *moments, one.warned_percent, _at(one.paused_since), _at(one.ended_at), one.outcome))
        return lines

    def _chain(self, ticket: int, steps: list[tuple[datetime, str, str]]) -> tuple[int, str]:
        """Write the events as ``tickets.policies.chain`` links them. Returns the last number and hash."""
        head = b""
        steps.sort(key=lambda step: step[0])
        for sequence, (at, what, data) in enumerate(steps, 1):
            when = at.isoformat(timespec="microseconds")
            row = f'[{ticket},{sequence},"{what}","{when}",{_BY},{data},""]'
            head = sha256(head + row.encode()).digest()
            self._events.add(ticket, sequence, what, when, data, f"\\\\x{head.hex()}")
        return len(steps), f"\\\\x{head.hex()}"


_IN, _OUT = Direction.IN.value, Direction.OUT.value
_RECEIVED, _DELIVERED = MessageStatus.RECEIVED.value, MessageStatus.DELIVERED.value
_SOLVED = Resolution.SOLVED.value
_BY = f'"{ActorKind.SYSTEM.value}",null,"{SLUG}","{Via.COMMAND.value}"'
_NO_FACTS: Final[dict[str, Any]] = {field.attname: field.get_default() for field in TicketFacts._meta.concrete_fields}


def _write(pending: Iterable[Callable[[], None]]) -> None:
    for write in pending:
        write()


def _at(moment: datetime | None) -> str:
    return NULL if moment is None else moment.isoformat()


def _direction(is_in: bool) -> str:
    return _IN if is_in else _OUT


def _status(is_in: bool) -> str:
    return _RECEIVED if is_in else _DELIVERED
