"""A lane is held up: its open tickets hear of it, and the customers with parcels under way there are told, once each.

Each advisory remembers how far it has been told, in order of the rows' keys: what is opened or sent while it lasts is
found too, a minute later, when rows of slower transactions are there as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from logistics.models import LaneAdvisory, Shipment
from tickets.models import Notice, NoticeState, NoticeWhat, Ticket
from tickets.policies.actor import Actor
from tickets.services.journal import Change, changing
from tickets.services.notices import morning

BATCH = 100
_LAG = timedelta(minutes=1)
_LIVELY = timedelta(days=60)
"""A parcel of which nothing was heard for so long is not under way, whatever its status says."""


def tell_lanes(*, now: datetime, limit: int = 2_000) -> int:
    """Tell what advisories say to whoever has not heard of it. Returns how many tickets and parcels were looked at."""
    seen = 0
    for advisory_id in LaneAdvisory.objects.current(now=now).values_list("pk", flat=True):
        for take in (_take_tickets, _take_shipments):
            while seen < limit and (count := take(advisory_id, now=now)):
                seen += count
    return seen


def work_to_do(*, now: datetime) -> bool:
    """Whether an advisory holds and somebody may not have heard of it."""
    return any(
        _tickets(advisory, now=now).exists() or (advisory.tells_customers and _shipments(advisory, now=now).exists())
        for advisory in LaneAdvisory.objects.current(now=now)
    )


def _locked(advisory_id: int) -> LaneAdvisory | None:
    return LaneAdvisory.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=advisory_id).first()


@transaction.atomic
def _take_tickets(advisory_id: int, *, now: datetime) -> int:
    advisory = _locked(advisory_id)
    if advisory is None:
        return 0
    newest = _newest(Ticket.objects.filter(opened_at__lt=now - _LAG))
    batch = list(_tickets(advisory, now=now).filter(pk__lte=newest).values_list("pk", flat=True)[:BATCH])
    for ticket_id in batch:
        with changing(ticket_id, actor=Actor.system("advisory"), now=now) as change:
            _tell_ticket(change, advisory)
    advisory.tickets_through = batch[-1] if len(batch) == BATCH else max(newest, advisory.tickets_through)
    advisory.save(update_fields=["tickets_through"])
    return len(batch)


def _tell_ticket(change: Change, advisory: LaneAdvisory) -> None:
    """Let a ticket hear of it. Rules tell its customer, in the first of their tickets alone."""
    ticket = change.ticket
    data = {"advisory": advisory.pk, "cause": advisory.cause, "lane": advisory.lane, "until": advisory.ends_at}
    is_first = advisory.tells_customers
    if is_first and ticket.customer_id is not None:
        notice = Notice(
            customer_id=ticket.customer_id,
            shipment_id=ticket.shipment_id,
            advisory=advisory,
            what=NoticeWhat.ADVISORY,
            state=NoticeState.DROPPED,
            reason="in_ticket",
            happened_at=advisory.starts_at,
            due_at=change.now,
            made_at=change.now,
        )
        known = Notice.objects.filter(customer_id=ticket.customer_id, advisory=advisory)
        is_first = not known.exists()
        if is_first:
            notice.save()
    change.record("advisory" if is_first else "advisory_known", data)


@transaction.atomic
def _take_shipments(advisory_id: int, *, now: datetime) -> int:
    advisory = _locked(advisory_id)
    if advisory is None or not advisory.tells_customers:
        return 0
    newest = _newest(Shipment.objects.filter(created_at__lt=now - _LAG))
    batch = list(_shipments(advisory, now=now).filter(pk__lte=newest).select_related("customer")[:BATCH])
    _note([(advisory, shipment) for shipment in batch], now=now)
    advisory.shipments_through = batch[-1].pk if len(batch) == BATCH else max(newest, advisory.shipments_through)
    advisory.save(update_fields=["shipments_through"])
    return len(batch)


def tell_parcel(shipment: Shipment, *, now: datetime) -> int:
    """Tell of a parcel whose lane became known after advisories had looked past it. Returns how many bear on it."""
    lane = {"origin": shipment.origin_country, "destination": shipment.destination_country}
    passed = LaneAdvisory.objects.on_lane(**lane).current(now=now)
    bearing = [
        advisory
        for advisory in passed.filter(tells_customers=True, shipments_through__gte=shipment.pk)
        if _under_way(advisory, now=now).filter(pk=shipment.pk).exists()
    ]
    _note([(advisory, shipment) for advisory in bearing], now=now)
    return len(bearing)


def _note(told: Iterable[tuple[LaneAdvisory, Shipment]], *, now: datetime) -> None:
    """Write down that these customers are to hear of it; whoever has heard of it hears nothing more."""
    Notice.objects.bulk_create(
        [
            Notice(
                customer=shipment.customer,
                shipment=shipment,
                advisory=advisory,
                what=NoticeWhat.ADVISORY,
                happened_at=advisory.starts_at,
                due_at=morning(shipment.customer, shipment, now=now) or now,
                made_at=now,
            )
            for advisory, shipment in told
            if shipment.customer is not None
        ],
        ignore_conflicts=True,
    )


def _tickets(advisory: LaneAdvisory, *, now: datetime) -> QuerySet[Ticket]:
    rows = Ticket.objects.open().filter(pk__gt=advisory.tickets_through, opened_at__lt=now - _LAG).order_by("pk")
    rows = rows.filter(origin=advisory.origin_country) if advisory.origin_country else rows
    return rows.filter(destination=advisory.destination_country) if advisory.destination_country else rows


def _shipments(advisory: LaneAdvisory, *, now: datetime) -> QuerySet[Shipment]:
    rows = _under_way(advisory, now=now)
    return rows.filter(pk__gt=advisory.shipments_through, created_at__lt=now - _LAG).order_by("pk")


def _under_way(advisory: LaneAdvisory, *, now: datetime) -> QuerySet[Shipment]:
    """Parcels on its lane of which something was heard lately and whose customers can be told."""
    heard = Q(last_event_at__gte=now - _LIVELY) | Q(last_event_at__isnull=True, created_at__gte=now - _LIVELY)
    lane = Shipment.objects.on_lane(origin=advisory.origin_country, destination=advisory.destination_country)
    return lane.filter(heard, customer__isnull=False, customer__erased_at__isnull=True)


def _newest(rows: QuerySet[Ticket] | QuerySet[Shipment]) -> int:
    return rows.aggregate(newest=Max("pk"))["newest"] or 0
