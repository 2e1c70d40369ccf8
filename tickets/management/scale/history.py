"""A desk's past as rows: tickets that are over, and all that figures are counted from. ``pasts`` says what happened."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.db import models

from common.models import Connection, User
from common.policies.business_time import Hours
from logistics.choices import IncidentType, PartnerKind
from logistics.models import Carrier, Customer, Incident, Partner, Shipment
from tickets.choices import ActorKind, ClockOutcome, Kind, Target, Via
from tickets.management.scale.copying import NULL, first_free_id, move_sequences
from tickets.management.scale.history_tables import SAME, SLUG, tables
from tickets.management.scale.pasts import PLACES, Past, Pasts, Place
from tickets.management.scale.words import NAMES, lexemes_of_number, say_something
from tickets.models import (
    ChannelIdentity,
    Clock,
    Conversation,
    Membership,
    Message,
    Team,
    Ticket,
    TicketFacts,
)
from tickets.policies.chain import canonical
from tickets.policies.promises import ASKED
from tickets.services.promises.policies import Policy, promises

_CHANNELS = ("email", "telegram", "whatsapp", "line", "email", "telegram", "email")
_TEMPLATES = ("papers_asked", "date_revised", "instructions_asked", "we_have_it")
_INCIDENTS = {
    Kind.CLEARANCE: IncidentType.CUSTOMS_HOLD,
    Kind.DELAY: IncidentType.LATE,
    Kind.LOSS: IncidentType.LOST,
    Kind.FAILED_DELIVERY: IncidentType.ATTEMPT_FAILED,
}
_KEYED = (Customer, Shipment, ChannelIdentity, Conversation, Ticket, Message, Clock, Incident)
_DAY = timedelta(days=1)
_CLOSED_AFTER = timedelta(days=7)


class History:
    """Makes the rows of tickets and parcels of some days and writes them by COPY. Wants a transaction around it."""

    def __init__(self, chance: random.Random, *, days: int, now: datetime, may_stay_open: bool) -> None:
        self._chance, self._now, self._days = chance, now, days
        self._pasts = Pasts(chance, days=days, now=now, may_stay_open=may_stay_open)
        self._promises = promises()
        self._next: dict[type[models.Model], int] = {model: first_free_id(model) for model in _KEYED}
        self._accounts = {
            provider: Connection.objects.get_or_create(
                slug=f"{SLUG}-{provider}",
                defaults={"provider": provider, "name": f"History ({provider})", "is_active": False},
            )[0].pk
            for provider in dict.fromkeys(_CHANNELS)
        }
        self._teams = list(Team.objects.order_by("pk"))
        self._people = {
            team.pk: list(Membership.objects.filter(team=team).values_list("user_id", flat=True))
            for team in self._teams
        }
        self._staff = list(User.objects.filter(is_staff=True, is_active=True).values_list("pk", flat=True)[:20])
        carriers: list[tuple[int | None, int | None]] = list(
            Carrier.objects.order_by("pk").values_list("pk", "partner_id")
        )
        self._carriers = carriers or [(None, None)]
        self._brokers = list(Partner.objects.filter(kind=PartnerKind.BROKER).values_list("pk", flat=True))
        self._known: dict[str, list[tuple[int, int, str]]] = {}
        self._tables = tables()

    @property
    def table_names(self) -> list[str]:
        """Every table that is written to."""
        return list(dict.fromkeys(table.model._meta.db_table for table in self._tables.values()))

    def load(self, tickets: int, *, parcels: int = 0) -> None:
        """Write so many tickets, and so many parcels that never had any."""
        for _number in range(tickets):
            self._ticket()
        for _number in range(parcels):
            self._quiet_parcel()
        for table in self._tables.values():
            table.taken()()

    def finish(self) -> None:
        """Let the next keys come after those that were written."""
        move_sequences(self._tables.values())

    def _key(self, model: type[models.Model], count: int = 1) -> int:
        first = self._next[model]
        self._next[model] = first + count
        return first

    def _ticket(self) -> None:
        chance = self._chance
        team = chance.choice(self._teams) if self._teams else None
        hours = self._promises.of_team(team.pk if team else None)
        past = self._pasts.draw(hours, hours)
        people = (self._people.get(team.pk) if team else None) or self._staff
        owner = chance.choice(people) if people else None
        # Each country has two carriers that most of its parcels go by.
        first = sum(map(ord, past.place.country))
        carrier, partner = self._carriers[(first + chance.randrange(2)) % len(self._carriers)]
        channel = chance.choice(_CHANNELS)
        customer, identity, tier = self._customer(past.place, channel)
        shipment, number = self._parcel(past.place, customer, carrier, past.opened_at, troubled=past.ended_at)
        ticket = self._key(Ticket)
        priority = chance.choices((1, 2, 3, 4), (1, 3, 14, 2))[0]
        facts = {
            "kind": past.kind, "priority": priority, "tier": tier, "customer_id": customer, "shipment_id": shipment,
            "team_id": team.pk if team else None, "assignee_id": owner, "language": past.place.language,
            "country": past.place.country, "channel": channel, "origin": "CN", "destination": past.place.country,
            "carrier_id": carrier,
        }  # fmt: skip
        asked = self._brokers[0] if past.kind == Kind.CLEARANCE and self._brokers else partner
        words = self._words(ticket, past, identity, owner=owner, channel=channel, number=number)
        self._promised(ticket, past, facts, hours, asked)
        head = self._log(ticket, past, words, owner)
        self._rows_of_ticket(ticket, past, facts, words, head)
        self._left_behind(ticket, past, asked, words)

    def _customer(self, place: Place, channel: str) -> tuple[int, int, str]:
        """A new customer, or one of those who wrote before."""
        chance = self._chance
        known = self._known.setdefault(f"{place.country}{channel}", [])
        if known and chance.random() < 0.3:
            return chance.choice(known)
        customer, identity = self._key(Customer), self._key(ChannelIdentity)
        tier = "vip" if chance.random() < 0.06 else "standard"
        at = (self._now - (self._days + 1) * _DAY).isoformat()
        zone, name = str(place.zone), f"{chance.choice(NAMES)} {customer}"
        self._tables["customers"].add(customer, name, place.language, zone, place.country, tier, at)
        self._tables["identities"].add(
            identity, f"{SLUG}-{customer}@example.org", customer, at, self._accounts[channel]
        )
        known.append((customer, identity, tier))
        return known[-1]

    def _parcel(
        self, place: Place, customer: int | None, carrier: int | None, at: datetime, *, troubled: datetime | None
    ) -> tuple[int, str]:
        chance, shipment = self._chance, self._key(Shipment)
        number = f"YT{shipment:016d}"
        created = at - timedelta(hours=chance.uniform(20, 160))
        promised = (created + timedelta(days=chance.randint(6, 10))).date()
        slow = 0.12 * ((carrier or 0) % 3)  # carriers differ
        delivered = created + timedelta(days=chance.lognormvariate(1.82 + slow, 0.25))
        if troubled is not None:
            delivered = max(delivered, troubled)
        done = delivered < self._now
        self._tables["shipments"].add(
            *(shipment, number, customer or NULL, carrier or NULL, place.country, created.isoformat(), promised),
            *("delivered" if done else "in_transit", delivered.isoformat() if done else NULL, created.isoformat()),
        )
        if done:
            offset = int((delivered.astimezone(place.zone).utcoffset() or timedelta()).total_seconds() // 60)
            when = delivered.isoformat()
            self._tables["scans"].add(shipment, f"{shipment}-d", when, offset, place.country, when)
        return shipment, number

    def _quiet_parcel(self) -> None:
        place = self._chance.choices(PLACES, [one.weight for one in PLACES])[0]
        carrier, _partner = self._chance.choice(self._carriers)
        self._parcel(place, None, carrier, self._pasts.moment(place), troubled=None)

    def _words(
        self, ticket: int, past: Past, identity: int, *, owner: int | None, channel: str, number: str
    ) -> list[tuple[datetime, bool, str, int]]:
        if not past.words:
            return []
        chance, account = self._chance, self._accounts[channel]
        conversation, first = self._key(Conversation), self._key(Message, len(past.words))
        lexemes = lexemes_of_number(number)
        spoken = []
        for key, (at, is_in) in enumerate(past.words, first):
            text, vector = say_something(chance, past.place.language, number, lexemes)
            when = at.isoformat()
            self._tables["messages"].add(
                *(key, ticket, conversation, identity, NULL if is_in or owner is None else owner),
                *("in" if is_in else "out", "received" if is_in else "delivered", text, past.place.language),
                *(f"{SLUG}-{key}", when, when, vector, f"{chance.getrandbits(128):032x}", account),
            )
            if not is_in and chance.random() < 0.55:
                self._tables["uses"].add(ticket, key, chance.choice(_TEMPLATES), when)
            spoken.append((at, is_in, text, key))
        opened = past.words[0][0].isoformat()
        self._tables["conversations"].add(
            conversation, identity, f"{SLUG}-{ticket}", ticket, opened, spoken[-1][0].isoformat(), account
        )
        self._tables["participants"].add(ticket, identity, opened)
        return spoken

    def _promised(self, ticket: int, past: Past, facts: Mapping[str, Any], hours: Hours, partner: int | None) -> None:
        """The clocks that ended, kept or missed as their hours have it."""
        policies = self._promises.choose({**_NO_FACTS, **facts, "state": past.stays[0].state, "phase": "new"})
        answered = False
        since: datetime | None = None
        for at, is_in in past.words:
            if is_in:
                since = since or at
            elif since is not None:
                target = Target.NEXT_RESPONSE if answered else Target.FIRST_RESPONSE
                self._clock(ticket, policies.get(target), facts, since, at)
                answered, since = True, None
            else:
                answered = True
        if past.ended_at is not None and past.stays[-1].resolution == "solved":
            paused = [
                (stay.since, after.since)
                for stay, after in zip(past.stays, past.stays[1:], strict=False)
                if stay.waiting_on != "us"
            ]
            self._clock(ticket, policies.get(Target.RESOLUTION), facts, past.opened_at, past.ended_at, paused=paused)
        for stay, after in zip(past.stays, past.stays[1:], strict=False):
            if (target_of := ASKED.get(stay.waiting_on)) and after.phase != "resolved":
                then = {**_NO_FACTS, **facts, "state": stay.state, "phase": stay.phase, "waiting_on": stay.waiting_on}
                policy = self._promises.choose(then).get(target_of)
                self._clock(ticket, policy, facts, stay.since, after.since, partner=partner)

    def _clock(
        self,
        ticket: int,
        policy: Policy | None,
        facts: Mapping[str, Any],
        since: datetime,
        until: datetime,
        *,
        paused: list[tuple[datetime, datetime]] | None = None,
        partner: int | None = None,
    ) -> None:
        if policy is None:
            return
        counted = self._promises.counted(policy, team_id=facts["team_id"], partner_id=partner)
        due = counted.hours.due(since, counted.duration, paused or ())
        missed = due is not None and due <= until
        key = self._key(Clock)
        self._tables["clocks"].add(
            *(key, ticket, policy.target, policy.id, counted.calendar_id or NULL, partner or NULL),
            *(f"{counted.duration.total_seconds()} seconds", since.isoformat(), _at(due or until)),
            *(_at(due if missed else None), until.isoformat(), ClockOutcome.MISSED if missed else ClockOutcome.KEPT),
        )
        if missed and due is not None:
            cause = "carrier_silent" if policy.target == Target.CARRIER_ANSWER else "owner"
            self._tables["breaches"].add(
                *(key, ticket, policy.target, due.isoformat(), due.isoformat(), cause, facts["assignee_id"] or NULL),
                *(facts["team_id"] or NULL, partner or NULL, f"{(until - due).total_seconds()} seconds"),
            )

    def _log(
        self, ticket: int, past: Past, words: list[tuple[datetime, bool, str, int]], owner: int | None
    ) -> tuple[int, str]:
        """The events, chained as ``tickets.policies.chain`` has it. Returns the last number and hash."""
        opener = ActorKind.SCAN if past.by_scan else ActorKind.CUSTOMER
        steps: list[tuple[datetime, str, str, int | None, dict[str, Any]]] = [
            (past.opened_at, "opened", opener, None, {"kind": past.kind, "state": past.stays[0].state})
        ]
        for at, is_in, _text, key in words:
            what, who = ("message_received", ActorKind.CUSTOMER) if is_in else ("message_queued", ActorKind.STAFF)
            steps.append((at, what, who, None if is_in else owner, {"audience": "customer", "message": key}))
        for before, stay in zip(past.stays, past.stays[1:], strict=False):
            way = "reopen" if before.phase == "resolved" and stay.phase in ("new", "active") else "loaded"
            by_machine = stay.phase == "resolved" and not any(not is_in for _at_, is_in, _text, _key in words)
            who = ActorKind.SCAN if by_machine else ActorKind.STAFF
            data = {"from": before.state, "to": stay.state, "waiting_on": stay.waiting_on, "way": way}
            steps.append((stay.since, "transition", who, None if by_machine else owner, data))
        if (closed := self._closed_at(past)) is not None:
            data = {"from": past.stays[-1].state, "to": "closed", "waiting_on": "nobody", "way": "close"}
            steps.append((closed, "transition", ActorKind.CLOCK, None, data))
        head = b""
        steps.sort(key=lambda step: step[0])
        for sequence, (at, what, by, actor, data) in enumerate(steps, 1):
            when = at.isoformat(timespec="microseconds")
            said = canonical(data).decode()
            row = f'[{ticket},{sequence},"{what}","{when}","{by}",{actor or "null"},"{SLUG}","{Via.COMMAND}",{said},""]'
            head = sha256(head + row.encode()).digest()
            self._tables["events"].add(ticket, sequence, what, when, by, actor or NULL, said, f"\\\\x{head.hex()}")
        return len(steps), f"\\\\x{head.hex()}"

    def _closed_at(self, past: Past) -> datetime | None:
        if past.ended_at is None:
            return None
        return min(past.ended_at + _CLOSED_AFTER, past.ended_at + (self._now - past.ended_at) / 2)

    def _rows_of_ticket(
        self,
        ticket: int,
        past: Past,
        facts: Mapping[str, Any],
        words: list[tuple[datetime, bool, str, int]],
        head: tuple[int, str],
    ) -> None:
        last, closed = past.stays[-1], self._closed_at(past)
        incident: object = NULL
        if past.by_scan:
            incident = self._key(Incident)
            self._tables["incidents"].add(
                incident,
                IncidentType.STALE
                if past.kind == Kind.DELAY and self._chance.random() < 0.3
                else _INCIDENTS[Kind(past.kind)],
                *(facts["shipment_id"], f"{SLUG}-{incident}", _at(past.opened_at), _at(past.opened_at)),
            )
        cause = "lost" if past.kind == Kind.LOSS and self._chance.random() < 0.4 else ""
        state, phase = ("closed", "closed") if closed else (last.state, last.phase)
        text, last_at, last_in = (words[-1][2], words[-1][0], words[-1][1]) if words else ("", None, True)
        same = [_or_null(facts[name]) for name in SAME]
        self._tables["tickets"].add(
            *(ticket, past.kind, state, phase, last.waiting_on, last.resolution, cause, *same, incident),
            *((words[0][2] if words else "")[:80], _at(past.opened_at), _at(closed or last.since), _at(past.opened_at)),
            *(_at(past.ended_at), _at(closed), past.reopened, _at(last_at), text[:160]),
            *(("in" if last_in else "out") if words else "", *head),
        )
        self._details(ticket, past)
        spans = [(one.since, one.state, one.phase, one.waiting_on, one.resolution) for one in past.stays]
        if closed is not None:
            spans.append((closed, "closed", "closed", last.waiting_on, last.resolution))
        ends = [*(span[0] for span in spans[1:]), None]
        for (since, name, in_phase, party, resolution), until in zip(spans, ends, strict=True):
            if until is None or until > since:
                self._tables["facts"].add(
                    *(ticket, _at(since), _at(until), past.kind, name, in_phase, party, resolution, cause),
                    *(*same, facts["tier"], _or_null(facts["carrier_id"])),
                )

    def _details(self, ticket: int, past: Past) -> None:
        if past.kind == Kind.RETURN:
            refunded = past.stays[-1].state == "refunded"
            amount = f"{self._chance.uniform(8, 160):.2f}" if refunded else NULL
            self._tables["of_return"].add(ticket, amount, "EUR" if refunded else "")
        else:
            self._tables[f"of_{past.kind}"].add(ticket)

    def _left_behind(
        self, ticket: int, past: Past, partner: int | None, words: list[tuple[datetime, bool, str, int]]
    ) -> None:
        """What the customer said of it, and what it cost."""
        chance, ended = self._chance, past.ended_at
        if ended is None or past.stays[-1].resolution != "solved":
            return
        if words and chance.random() < 0.7:
            quick = (ended - past.opened_at) < 2 * _DAY
            answered = chance.random() < 0.38
            at = ended + timedelta(hours=chance.uniform(0.2, 20))
            score = chance.choices((1, 2, 3, 4, 5), (1, 1, 2, 8, 16) if quick else (3, 3, 5, 9, 8))[0]
            if at < self._now:
                told = _at(at) if answered else NULL
                self._tables["surveys"].add(ticket, _at(ended), told, score if answered else NULL)
        if past.kind == Kind.LOSS and past.stays[-1].state == "settled":
            amount = chance.lognormvariate(3.6, 0.7)
            currency = "USD" if past.place.country in ("US", "MX", "BR") else "EUR"
            paid = ended + timedelta(hours=chance.uniform(4, 60))
            if paid < self._now:
                self._tables["compensations"].add(ticket, f"{amount:.2f}", currency, _at(ended), _at(ended), _at(paid))
            filed, back = ended + _DAY, ended + chance.uniform(9, 40) * _DAY
            if filed < self._now:
                won = back < self._now and chance.random() < 0.7
                self._tables["claims"].add(
                    *(ticket, partner or NULL, "paid" if won else "filed", f"{amount:.2f}", currency, _at(filed)),
                    *(_at(filed), _at(back) if won else NULL, f"{amount * 0.8:.2f}" if won else NULL),
                )


_NO_FACTS: Final[dict[str, Any]] = {field.attname: field.get_default() for field in TicketFacts._meta.concrete_fields}


def _at(moment: datetime | None) -> str:
    return NULL if moment is None else moment.isoformat()


def _or_null(value: object) -> object:
    return NULL if value is None else value
