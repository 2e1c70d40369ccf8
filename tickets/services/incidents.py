"""What becomes of an incident: a ticket is opened, one that is open hears of it, or a scan moves one."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from logistics.choices import IncidentState, IncidentType, Tier, TrackingReason
from logistics.models import Incident, Partner, Shipment
from tickets.choices import DeliveryProblem, Direction, Kind, LossWhat
from tickets.errors import TransitionRefused
from tickets.models import Message, Ticket
from tickets.policies.actor import Actor
from tickets.policies.reading import priority_of, without_number
from tickets.services.journal import changing, opening
from tickets.services.linking import new_ticket
from tickets.services.transitions import CAUSES, apply_way
from tickets.workflows import WORKFLOWS

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5

KIND_OF_TROUBLE: dict[str, str] = {
    IncidentType.CUSTOMS_HOLD: Kind.CLEARANCE,
    IncidentType.DELAYED: Kind.DELAY,
    IncidentType.LATE: Kind.DELAY,
    IncidentType.STALE: Kind.DELAY,
    IncidentType.LOST: Kind.LOSS,
    IncidentType.DAMAGED: Kind.LOSS,
    IncidentType.ATTEMPT_FAILED: Kind.FAILED_DELIVERY,
    IncidentType.RETURNING: Kind.FAILED_DELIVERY,
    IncidentType.STOCK_DIFFERENCE: Kind.WAREHOUSE,
    IncidentType.INSTRUCTION_REFUSED: Kind.WAREHOUSE,
    IncidentType.STOCK_NOT_REPORTED: Kind.WAREHOUSE,
}
"""Which kind of ticket a trouble opens. What is not here is a movement: it moves tickets and opens none."""


def handle_incidents(*, now: datetime, limit: int = 500) -> int:
    """Handle what logistics noticed, oldest first, each in a transaction of its own. Returns how many were handled."""
    handled = 0
    skip: set[int] = set()
    while handled < limit:
        with transaction.atomic():
            incident = (
                Incident.objects.waiting()
                .exclude(pk__in=skip)
                .select_for_update(skip_locked=True, of=("self",))
                .first()
            )
            if incident is None:
                return handled
            try:
                with transaction.atomic():
                    outcome = _handle(incident, now=now)
            except Exception as error:  # one incident that cannot be handled must not stop the rest
                logger.exception("Incident %s could not be handled", incident.pk)
                skip.add(incident.pk)
                incident.attempts += 1
                incident.outcome = f"{type(error).__name__}: {error}"[:300]
                if incident.attempts >= MAX_ATTEMPTS:
                    incident.state = IncidentState.FAILED
                incident.save(update_fields=["attempts", "outcome", "state"])
                continue
            incident.state = IncidentState.HANDLED if outcome else IncidentState.NOTHING_TO_DO
            incident.outcome = outcome[:300]
            incident.handled_at = now
            incident.save(update_fields=["state", "outcome", "handled_at"])
            handled += 1
    return handled


def _handle(incident: Incident, *, now: datetime) -> str:
    """Return what was done, empty when there was nothing to do."""
    tickets: list[Ticket] = []
    if incident.shipment_id:
        # Incidents of one parcel are handled one after the other, whoever handles them.
        incident.shipment = Shipment.objects.select_for_update(no_key=True).get(pk=incident.shipment_id)
        _adopt(incident.shipment, now=now)
        tickets = list(Ticket.objects.open().filter(shipment_id=incident.shipment_id).order_by("id"))
    moved = [reference for ticket in tickets if (reference := _move(ticket, incident, now=now))]
    if moved:
        return f"moved {', '.join(moved)}"
    kind = KIND_OF_TROUBLE.get(incident.type)
    same = next((ticket for ticket in tickets if ticket.kind == kind), None)
    if same is not None:
        _tell(same, incident, now=now)
        return f"told {same.reference}"
    if kind is not None:
        return f"opened {_open(incident, kind, now=now).reference}"
    for ticket in tickets:
        _tell(ticket, incident, now=now)
    return f"told {', '.join(ticket.reference for ticket in tickets)}" if tickets else ""


def _adopt(shipment: Shipment, *, now: datetime) -> None:
    """Give the parcel the tickets of its customer whose messages named it before we knew of it."""
    named = Message.objects.filter(
        tracking_numbers__contains=[shipment.tracking_number], direction=Direction.IN, ticket__isnull=False
    ).values_list("ticket_id", flat=True)[:20]
    waiting = Ticket.objects.open().filter(pk__in=list(named), shipment__isnull=True)
    if shipment.customer_id is not None:
        waiting = waiting.filter(customer_id=shipment.customer_id)
    taken = set(Ticket.objects.open().filter(shipment=shipment, incident=None).values_list("kind", flat=True))
    for ticket_id, kind in waiting.order_by("id").values_list("pk", "kind"):
        if kind in taken:
            continue
        taken.add(kind)
        with changing(ticket_id, actor=Actor.scan(), now=now) as change:
            ticket = change.ticket
            ticket.shipment = shipment
            ticket.summary = without_number(ticket.summary, shipment.tracking_number)
            ticket.origin = ticket.origin or shipment.origin_country
            ticket.destination = ticket.destination or shipment.destination_country
            change.record("shipment_known", {"shipment": shipment.pk})


def _move(ticket: Ticket, incident: Incident, *, now: datetime) -> str:
    """Take the way that a scan of this type takes, if the ticket has one from where it stands."""
    way = WORKFLOWS[ticket.kind].way_for_incident(incident.type)  # type: ignore[attr-defined]
    if way is None or ticket.state not in way.sources(ticket.kind):
        return ""
    evidence = {"incident": incident.pk, "type": incident.type, "at": incident.happened_at}
    try:
        with changing(ticket.pk, actor=Actor.scan(), now=now) as change:
            apply_way(change, way, _inputs_from_scan(way.name, incident))
            change.record("scan", evidence)
    except TransitionRefused:
        return ""
    return ticket.reference


def _inputs_from_scan(way: str, incident: Incident) -> dict[str, Any]:
    """What a scan says of the way's inputs; those it does not know stay empty."""
    if incident.type == IncidentType.ATTEMPT_FAILED:
        return {"problem": _problem(incident)}
    return {}


def _problem(incident: Incident) -> str:
    reason = str(incident.evidence.get("reason", ""))
    return reason if reason in DeliveryProblem.values else ""


def _tell(ticket: Ticket, incident: Incident, *, now: datetime) -> None:
    with changing(ticket.pk, actor=Actor.scan(), now=now) as change:
        change.record("incident", {"incident": incident.pk, "type": incident.type, "subject": incident.subject})


def _open(incident: Incident, kind: str, *, now: datetime) -> Ticket:
    shipment = incident.shipment
    is_vip = shipment is not None and shipment.customer is not None and shipment.customer.tier == Tier.VIP
    ticket = new_ticket(
        kind=kind,
        now=now,
        shipment=shipment,
        incident=incident,
        summary=incident.subject,
        priority=priority_of(kind, is_vip=is_vip),
    )
    ticket.country = ticket.country or ticket.destination
    with opening(ticket, actor=Actor.scan(), now=now) as change:
        change.record(
            "incident",
            {"incident": incident.pk, "type": incident.type, "subject": incident.subject, "at": incident.happened_at},
        )
        _fill_detail(ticket, incident)
    return ticket


def _fill_detail(ticket: Ticket, incident: Incident) -> None:
    """What the scan already answers of the kind's own questions."""
    detail = ticket.typed().detail
    values: dict[str, Any] = {}
    if ticket.kind == Kind.LOSS:
        damaged = incident.type == IncidentType.DAMAGED
        values = {"what": LossWhat.DAMAGED if damaged else LossWhat.LOST}
    elif ticket.kind == Kind.FAILED_DELIVERY and incident.type == IncidentType.ATTEMPT_FAILED:
        values = {"problem": _problem(incident)}
    elif ticket.kind == Kind.CLEARANCE and ticket.shipment and ticket.shipment.terms:
        values = {"terms": ticket.shipment.terms}
    elif ticket.kind == Kind.DELAY:
        reason = str(incident.evidence.get("reason", ""))
        causes = {TrackingReason.WEATHER, TrackingReason.CONGESTION, TrackingReason.CAPACITY, TrackingReason.STRIKE}
        values = {"cause": reason} if reason in causes | {TrackingReason.MISSED_CONNECTION} else {}
    elif ticket.kind == Kind.WAREHOUSE:
        values = _warehouse_values(incident)
    for name, value in values.items():
        setattr(detail, name, value)
    ticket.cause = next((str(values[name]) for name in CAUSES if values.get(name)), ticket.cause)
    if values:
        detail.save(update_fields=list(values))


def _warehouse_values(incident: Incident) -> dict[str, Any]:
    """Which warehouse, which item, how many were expected and counted."""
    evidence = incident.evidence
    known = {
        "warehouse": Partner.objects.filter(pk=evidence.get("partner")).first(),
        "item": str(evidence.get("item", ""))[:200],
        "expected_units": _units(evidence.get("expected")),
        "counted_units": _units(evidence.get("counted")),
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def _units(value: Any) -> int | None:
    """A number of units that its column can hold; stock that many parts made may add up to more."""
    return value if isinstance(value, int) and abs(value) < 2**31 else None
