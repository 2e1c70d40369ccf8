"""The one way to change a ticket: lock the row, change it, append its events, keep its facts, all in one transaction.

    with changing(ticket_id, actor=actor, now=now) as change:
        change.ticket.priority = Priority.URGENT
        change.record("priority_changed", {"from": 3, "to": 1})

What the block changed on the ticket is saved when it ends; an error in it undoes everything. A change that would leave
two open tickets of one kind for one incident of a parcel raises TransitionRefused with the code ``already_open``.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from common.jobs import nudge
from tickets.errors import TransitionRefused
from tickets.models import DETAILS, Clock, Ticket, TicketEvent, TicketFacts
from tickets.policies.actor import Actor
from tickets.policies.chain import commit, link
from tickets.policies.partner_events import may_be_told
from tickets.services.call_endings import follow
from tickets.services.partner_events import PARTNERS_OF, telling
from tickets.services.promises.keeping import keep
from tickets.services.promises.rows import RUNNING, clock_of
from tickets.services.rows import Statement, insertion, next_key, run_together
from tickets.services.rows import change as change_of
from tickets.services.unsettled import to_settle

ONE_OPEN_PER_INCIDENT = "ticket_one_open_per_incident"
"""The constraint that keeps a second open ticket of one kind from a parcel's incident."""

_TICKET = tuple(field.attname for field in Ticket._meta.concrete_fields)
_LOCK_TICKET = f"SELECT {', '.join(_TICKET)} FROM tickets_ticket WHERE id = %s FOR NO KEY UPDATE"  # noqa: S608
_ROWS_BESIDE = """
SELECT coalesce(c.tier, ''), s.carrier_id FROM tickets_ticket t
LEFT JOIN logistics_customer c ON c.id = t.customer_id LEFT JOIN logistics_shipment s ON s.id = t.shipment_id
WHERE t.id = %s
"""
_FACTS = tuple(field.attname for field in TicketFacts._meta.concrete_fields)
_CURRENT_FACTS = f"""
SELECT {", ".join(_FACTS)}, {PARTNERS_OF} FROM tickets_ticketfacts WHERE ticket_id = %s AND valid_to IS NULL
"""  # noqa: S608
_CONTENT = """
INSERT INTO tickets_ticketeventcontent (event_id, salt, content)
SELECT id, %s, %s::jsonb FROM tickets_ticketevent WHERE ticket_id = %s AND sequence = %s
"""
# All a change writes goes in one trip: a trip costs more than the rows it carries.

_COPIED_FACTS = (
    "kind",
    "state",
    "phase",
    "waiting_on",
    "cause",
    "resolution",
    "priority",
    "customer_id",
    "shipment_id",
    "team_id",
    "assignee_id",
    "language",
    "country",
    "channel",
    "origin",
    "destination",
    "tags",
    "word_hits",
    "reopened_count",
    "recent_tickets",
)
"""The registered fields: a change of any of these closes the current facts and opens the next."""


@dataclass(frozen=True, slots=True)
class _Beside:
    """What facts want of the rows beside a ticket, read when it was locked: good while it names the same rows."""

    customer_id: int | None
    tier: str
    shipment_id: int | None
    carrier_id: int | None


@dataclass(slots=True)
class Change:
    """A change under way. ``ticket`` is locked and typed; ``record`` what happened; the rest is done at the end.

    ``clocks`` are the promises that ran when it was locked. Whoever writes to the customer says so: ``answered`` when
    it is the answer somebody waits for, ``told`` when it tells them anything at all.
    """

    ticket: Ticket
    actor: Actor
    now: datetime
    clocks: list[Clock] = field(default_factory=list)
    answered: bool = False
    told: bool = False
    _before: dict[str, Any] = field(default_factory=dict)
    _beside: _Beside | None = None
    _events: list[tuple[TicketEvent, dict[str, Any] | None]] = field(default_factory=list)

    def record(
        self,
        what: str,
        data: dict[str, Any] | None = None,
        *,
        personal: dict[str, Any] | None = None,
        actor: Actor | None = None,
    ) -> None:
        """Append an event. ``data`` must hold nothing personal; ``personal`` is kept apart and can be erased.

        Both must be JSON values (dates and decimals are written as text). ``actor``: if it is another's.
        """
        actor = actor or self.actor
        self._events.append(
            (
                TicketEvent(
                    type=what,
                    at=self.now,
                    actor_kind=actor.kind,
                    actor_id=actor.id,
                    actor_name=actor.name,
                    via=actor.via,
                    data=_plain(data or {}),
                ),
                _plain(personal) if personal else None,
            )
        )

    def finish(self, *, is_new: bool) -> None:
        """Write all of it; ``changing`` and ``opening`` call this at the end of their block."""
        ticket = self.ticket
        facts = _facts(ticket, self._beside)
        promised = keep(self, facts, is_new=is_new, phase_before=self._before.get("phase", ""))
        if not is_new:
            follow(self, before=self._before, events=[event for event, _ in self._events])
        _set_queue_position(ticket)
        statements: list[Statement] = []
        contents = self._chain()
        if is_new:
            statements.append(insertion(ticket))
        elif changed := [name for name, value in _values(ticket).items() if self._before[name] != value]:
            statements.append(change_of(ticket, changed))
        statements += [insertion(event) for event, _ in self._events]
        statements += contents
        waiting = to_settle(event for event, _ in self._events)
        if waiting:
            statements.append(insertion(*waiting))
            nudge("events_to_settle")
        statements += promised
        public = [event for event, _ in self._events if may_be_told(event.type, event.data)]
        if is_new:
            (partners,) = run_together(*statements, self._facts_from_now(facts), (f"SELECT {PARTNERS_OF}", [ticket.pk]))
            ticket._state.adding = False  # noqa: SLF001 - it was not saved by Django's own means
            if partners and public:
                run_together(telling(public))
        else:
            *current, partners = run_together(*statements, (_CURRENT_FACTS, [ticket.pk, ticket.pk]))
            told = [telling(public)] if partners and public else []
            self._keep_facts(TicketFacts.from_db(connection.alias, _FACTS, current), facts, told)

    def _chain(self) -> list[Statement]:
        """Number the events and hash them onto the chain. Returns what stores their personal content."""
        ticket = self.ticket
        contents: list[Statement] = []
        for event, personal in self._events:
            if personal is not None:
                salt = secrets.token_bytes(16)
                event.commitment = commit(personal, salt)
                text = json.dumps(personal, ensure_ascii=False)
                contents.append((_CONTENT, [salt, text, ticket.pk, ticket.event_sequence + 1]))
            ticket.event_sequence += 1
            event.ticket_id = ticket.pk
            event.sequence = ticket.event_sequence
            event.hash = ticket.event_hash = link(
                bytes(ticket.event_hash),
                ticket_id=ticket.pk,
                sequence=event.sequence,
                type=event.type,
                at=event.at,
                actor_kind=event.actor_kind,
                actor_id=event.actor_id,
                actor_name=event.actor_name,
                via=event.via,
                data=event.data,
                commitment=bytes(event.commitment),
            )
        return contents

    def _facts_from_now(self, facts: dict[str, Any]) -> Statement:
        return insertion(TicketFacts(ticket_id=self.ticket.pk, valid_from=self.now, **facts))

    def _keep_facts(self, current: TicketFacts, facts: dict[str, Any], more: list[Statement]) -> None:
        """Close the current facts and open the next where they differ; ``more`` goes along in that trip."""
        changed = [name for name, value in facts.items() if getattr(current, name) != value]
        if changed and current.valid_from < self.now:
            current.valid_to = self.now
            more = [change_of(current, ["valid_to"]), self._facts_from_now(facts), *more]
        elif changed:
            # The same moment (or a clock that ran back): an interval of no length never held, so the row is set right.
            for name in changed:
                setattr(current, name, facts[name])
            current.save(update_fields=changed)
        if more:
            run_together(*more)


@contextmanager
def changing(ticket_id: int, *, actor: Actor, now: datetime, savepoint: bool = True) -> Iterator[Change]:
    """Lock a ticket for one change (see the module). Raises Ticket.DoesNotExist.

    Without a ``savepoint`` an error undoes the whole transaction around it: for callers who let it pass.
    """
    with transaction.atomic(savepoint=savepoint):
        ticket, clocks, beside = _locked(ticket_id)
        change = Change(ticket, actor, now, clocks, _before=_values(ticket), _beside=beside)
        yield change
        with _one_open_per_incident():
            change.finish(is_new=False)


def _locked(ticket_id: int) -> tuple[Ticket, list[Clock], _Beside]:
    """Lock a ticket, and read the clocks that run for it and the rows beside it, in one trip.

    The later statements see what the first one waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{_LOCK_TICKET}; {RUNNING}; {_ROWS_BESIDE}", [ticket_id, ticket_id, ticket_id])
        row = cursor.fetchone()
        if row is None:
            raise Ticket.DoesNotExist(f"There is no ticket {ticket_id}.")
        ticket = Ticket.from_db(connection.alias, _TICKET, row).typed()
        cursor.nextset()
        clocks = [clock_of(clock) for clock in cursor.fetchall()]
        cursor.nextset()
        tier, carrier_id = cursor.fetchone() or ("", None)
        return ticket, clocks, _Beside(ticket.customer_id, tier, ticket.shipment_id, carrier_id)


@contextmanager
def opening(ticket: Ticket, *, actor: Actor, now: datetime, savepoint: bool = True) -> Iterator[Change]:
    """Insert a new, unsaved ticket with its detail row, its first events and facts. ``savepoint``: see ``changing``."""
    with transaction.atomic(savepoint=savepoint):
        # Foreign keys are checked at commit, so rows below the ticket may come before it.
        detail = DETAILS[ticket.kind](ticket_id=next_key(Ticket))
        (ticket.pk,) = run_together(insertion(detail, returning="ticket_id"))
        change = Change(ticket, actor, now)
        change.record("opened", {"kind": ticket.kind, "state": ticket.state, "priority": ticket.priority})
        yield change
        with _one_open_per_incident():
            change.finish(is_new=True)


@contextmanager
def _one_open_per_incident() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != ONE_OPEN_PER_INCIDENT:
            raise
        raise TransitionRefused(
            _("There is already an open ticket of this kind for this parcel. Work on that one."), code="already_open"
        ) from error


def _values(ticket: Ticket) -> dict[str, Any]:
    values = {}
    for model_field in Ticket._meta.concrete_fields:
        value = getattr(ticket, model_field.attname)
        values[model_field.attname] = list(value) if isinstance(value, list) else value
    return values


def _facts(ticket: Ticket, beside: _Beside | None) -> dict[str, Any]:
    facts = {name: getattr(ticket, name) for name in _COPIED_FACTS}
    facts["tags"] = list(ticket.tags)
    facts["word_hits"] = list(ticket.word_hits)
    facts["tier"] = _tier(ticket, beside)
    facts["carrier_id"] = _carrier(ticket, beside)
    facts["is_unanswered"] = ticket.unanswered_since is not None
    facts["is_snoozed"] = ticket.snoozed_until is not None
    return facts


def _tier(ticket: Ticket, beside: _Beside | None) -> str:
    if beside is not None and ticket.customer_id == beside.customer_id and not Ticket.customer.is_cached(ticket):
        return beside.tier
    return str(ticket.customer.tier) if ticket.customer else ""


def _carrier(ticket: Ticket, beside: _Beside | None) -> int | None:
    if beside is not None and ticket.shipment_id == beside.shipment_id and not Ticket.shipment.is_cached(ticket):
        return beside.carrier_id
    return ticket.shipment.carrier_id if ticket.shipment else None


def _set_queue_position(ticket: Ticket) -> None:
    """What falls due first stands first; without a promise, whoever has waited longest."""
    ticket.queue_at = ticket.next_due_at or ticket.unanswered_since or ticket.state_since


def _plain(value: Any) -> Any:
    """JSON values alone, so that what is hashed is what is read back."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))
