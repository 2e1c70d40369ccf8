"""Events of both floors below as one kind of news, with the body that a partner is sent.

A body names what happened and how the thing stands in typed words; no names, no texts, no amounts. Whoever wants more
reads it by the API, which shows what the key may see at that time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol, cast

from django.db.models import Model

from channels_integrations.choices import WorkKind
from channels_integrations.webhooks_out.catalogue import work_event_name
from channels_integrations.webhooks_out.matching import Facts
from logistics.models import BookingEvent, CountEvent, InstructionEvent, WarehouseWork
from tickets.models import PartnerEvent, Ticket
from tickets.policies.partner_events import public_data
from tickets.services.partner_scope import tickets_of

WORK_EVENTS: Final[dict[str, type[Model]]] = {
    WorkKind.BOOKING: BookingEvent,
    WorkKind.COUNT: CountEvent,
    WorkKind.INSTRUCTION: InstructionEvent,
}
"""Kind of warehouse work → its events."""


class WorkRow(Protocol):
    """An event of warehouse work, of whichever kind."""

    pk: int
    sequence: int
    at: datetime
    type: str
    from_state: str
    to_state: str
    work: WarehouseWork


@dataclass(frozen=True, slots=True)
class News:
    """An event on its way to one partner."""

    partner_id: int
    type: str
    sequence: int
    at: datetime
    body: str
    facts: Facts | None = None
    partner_event_id: int | None = None
    work_kind: str = ""
    work_event_id: int | None = None


def of_tickets(ids: Sequence[int]) -> list[News]:
    """News of these ``PartnerEvent`` rows, as far as the ticket is still the partner's to see; in their order."""
    rows = list(PartnerEvent.objects.filter(pk__in=ids).select_related("event", "ticket__shipment").order_by("pk"))
    seen: dict[int, set[int]] = {}
    for partner_id in {row.partner_id for row in rows}:
        wanted = {row.ticket_id for row in rows if row.partner_id == partner_id}
        seen[partner_id] = set(tickets_of(partner_id).filter(pk__in=wanted).values_list("pk", flat=True))
    return [_of_ticket(row) for row in rows if row.ticket_id in seen[row.partner_id]]


def of_work(kind: str, ids: Sequence[int]) -> list[News]:
    """News of these events of warehouse work, in their order."""
    model = cast("Any", WORK_EVENTS[kind])
    return [_of_work(kind, row) for row in model.objects.filter(pk__in=ids).select_related("work").order_by("pk")]


def test_body(*, key: str, now: datetime) -> str:
    """The body of a test: it says that it is none of our events."""
    return _body(
        "webhook.test", at=now, data={"id": key, "sequence": 0, "message": "This is a test. Nothing happened."}
    )


def _of_ticket(row: PartnerEvent) -> News:
    ticket = row.ticket
    data = {
        "id": f"evt_t{row.pk}",
        "sequence": row.sequence,
        "ticket": ticket_summary(ticket),
        "details": public_data(row.type, row.event.data),
    }
    return News(
        partner_id=row.partner_id,
        type=row.type,
        sequence=row.sequence,
        at=row.at,
        body=_body(row.type, at=row.at, data=data),
        facts=Facts(kind=ticket.kind, priority=ticket.priority, destination=ticket.destination),
        partner_event_id=row.pk,
    )


def ticket_summary(ticket: Ticket) -> dict[str, Any]:
    """How a ticket stands, in words that name nobody."""
    return {
        "id": ticket.pk,
        "reference": ticket.reference,
        "kind": ticket.kind,
        "state": ticket.state,
        "phase": ticket.phase,
        "waiting_on": ticket.waiting_on,
        "priority": ticket.priority,
        "tracking_number": ticket.shipment.tracking_number if ticket.shipment else None,
        "origin": ticket.origin,
        "destination": ticket.destination,
        "opened_at": _moment(ticket.opened_at),
    }


def _of_work(kind: str, row: WorkRow) -> News:
    work = row.work
    name = work_event_name(kind, what=row.type, before=row.from_state, after=row.to_state)
    data = {
        "id": f"evt_{kind[0]}{row.pk}",
        "sequence": row.sequence,
        kind: {
            "id": work.pk,
            "reference": work.reference,
            "state": row.to_state,
            "awaiting": work.awaiting,
            "our_number": work.our_number,
            "answer_due_at": _moment(work.answer_due_at),
        },
        "details": {"step": row.type, "from": row.from_state, "to": row.to_state},
    }
    return News(
        partner_id=work.partner_id,
        type=name,
        sequence=row.sequence,
        at=row.at,
        body=_body(name, at=row.at, data=data),
        work_kind=kind,
        work_event_id=row.pk,
    )


def _body(what: str, *, at: datetime, data: dict[str, Any]) -> str:
    return json.dumps({"type": what, "timestamp": _moment(at), "data": data}, ensure_ascii=False, separators=(",", ":"))


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value is not None else None
