"""Status notices: what moved is told to the customer who asked for it, without a ticket, each once and by day.

A movement of logistics becomes a notice, which waits for the customer's morning; the message is written when it is due,
and only if it is still true. All of it is read from rows: it may be called at any time, by several at once.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation

from common.jobs import nudge
from knowledge_base.errors import TemplateUnusable, ValuesMissing
from knowledge_base.services import templates
from knowledge_base.services.templates import Rendered
from logistics.models import Customer, Movement, Shipment
from tickets.choices import Kind
from tickets.errors import CannotWrite
from tickets.models import Notice, NoticeState, NoticeWhat, Ticket
from tickets.policies.customer_languages import customer_language
from tickets.policies.notices import is_superseded, is_too_old
from tickets.policies.quiet_hours import held_until
from tickets.services.addressing import latest_of_customer
from tickets.services.conversations import write_notice
from tickets.services.letters import cause_in_words, lane_in_words
from tickets.services.readers import zone_of_customer

logger = logging.getLogger(__name__)

BATCH = 200
TRY_AGAIN = timedelta(minutes=15)

TEMPLATES: dict[str, str] = {
    NoticeWhat.PICKED_UP: "notice_picked_up",
    NoticeWhat.CUSTOMS: "notice_customs",
    NoticeWhat.OUT_FOR_DELIVERY: "notice_out_for_delivery",
    NoticeWhat.DELIVERED: "notice_delivered",
    NoticeWhat.ADVISORY: "storm_on_lane",
}
_TELLS_DELIVERY = (Kind.DELAY, Kind.LOSS, Kind.FAILED_DELIVERY)
"""Kinds whose ticket tells its customer by itself that the parcel was delivered."""
_SAID_LATELY = timedelta(days=1)


def work_to_do(*, now: datetime) -> bool:
    """Whether a movement or a due notice waits."""
    return Movement.objects.waiting().exists() or Notice.objects.due(now=now).exists()


def tell(*, now: datetime, limit: int = 1_000) -> int:
    """Turn movements into notices and write those that are due. Returns how many messages were written."""
    taken = 0
    while taken < limit and (count := take_movements(now=now)):
        taken += count
    return tell_due(now=now, limit=limit)


@transaction.atomic
def take_movements(*, now: datetime) -> int:
    """Make a notice of each movement that nobody has looked at, a batch of them. Returns how many there were."""
    movements = list(
        Movement.objects.waiting()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("shipment__customer")[:BATCH]
    )
    notices = [notice for movement in movements if (notice := _notice_of(movement, now=now)) is not None]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    Movement.objects.filter(pk__in=[movement.pk for movement in movements]).update(handled_at=now)
    return len(movements)


def _notice_of(movement: Movement, *, now: datetime) -> Notice | None:
    shipment, customer = movement.shipment, movement.shipment.customer
    if customer is None:
        return None
    notice = Notice(
        customer=customer,
        shipment=shipment,
        what=movement.status,
        happened_at=movement.happened_at,
        due_at=morning(customer, shipment, now=now) or now,
        made_at=now,
    )
    if reason := _why_not(notice, now=now):
        notice.state, notice.reason = NoticeState.DROPPED, reason
    return notice


def tell_due(*, now: datetime, limit: int = 1_000) -> int:
    """Write the notices whose time has come, each in a transaction of its own. Returns how many were written."""
    written = 0
    for _ in range(limit):
        with transaction.atomic():
            notice = (
                Notice.objects.due(now=now)
                .select_for_update(skip_locked=True, of=("self",), no_key=True)
                .select_related("customer", "shipment__carrier", "advisory")
                .first()
            )
            if notice is None:
                break
            try:
                with transaction.atomic():
                    _tell(notice, now=now)
            except Exception:  # one notice that cannot be written must not stop the rest
                logger.exception("Notice %s could not be written", notice.pk)
                notice.refresh_from_db()
                notice.due_at = now + TRY_AGAIN
            notice.save(update_fields=["state", "reason", "due_at", "message"])
            written += notice.state == NoticeState.QUEUED
    return written


def _tell(notice: Notice, *, now: datetime) -> None:
    reason = _why_not(notice, now=now)
    if not reason and (later := morning(notice.customer, notice.shipment, now=now)):
        notice.due_at = later
        return
    if not reason:
        reason = _write(notice, now=now)
    if reason:
        notice.state, notice.reason = NoticeState.DROPPED, reason
    else:
        notice.state = NoticeState.QUEUED


def _write(notice: Notice, *, now: datetime) -> str:
    """Queue the message. Returns why it could not be, "" when it was."""
    conversation = latest_of_customer(notice.customer, about=notice.shipment, now=now)
    if conversation is None:
        return "unreachable"
    try:
        rendered = render(notice)
        notice.message = write_notice(
            conversation, subject=rendered.subject, text=rendered.text, language=rendered.language, now=now
        )
    except (TemplateUnusable, ValuesMissing, CannotWrite):
        logger.warning("Notice %s was not written", notice.pk, exc_info=True)
        return "not_written"
    nudge("message_queued")
    return ""


def render(notice: Notice) -> Rendered:
    """What a notice says, in its customer's language. Raises TemplateUnusable, ValuesMissing."""
    template = templates.template(TEMPLATES[notice.what])
    language = template.language_for([notice.customer.language])
    zone = zone_of_customer(notice.customer, notice.shipment) or ZoneInfo("UTC")
    with translation.override(customer_language(language)):
        values = _values(notice, language, zone)
    return template.render(language=language, values=values, zone=zone)


def _values(notice: Notice, language: str, zone: ZoneInfo) -> dict[str, Any]:
    shipment, advisory = notice.shipment, notice.advisory
    values: dict[str, Any] = {"customer_name": notice.customer.name}
    if shipment is not None:
        values["tracking_number"] = shipment.tracking_number
        values["carrier"] = shipment.carrier.name if shipment.carrier else ""
        values["eta"] = _eta(shipment, zone)
        values["lane"] = lane_in_words(shipment.origin_country, shipment.destination_country, language)
    if advisory is not None:
        values["reason"] = cause_in_words(advisory)
        values["until_day"] = advisory.ends_at.astimezone(zone).date()
    return values


def _eta(shipment: Shipment, zone: ZoneInfo) -> Any:
    return shipment.estimated_to.astimezone(zone).date() if shipment.estimated_to else shipment.promised_date


def morning(customer: Customer, shipment: Shipment | None, *, now: datetime) -> datetime | None:
    """When the customer's night ends; None by day, and where nobody knows their zone."""
    zone = zone_of_customer(customer, shipment)
    return held_until(zone=zone, now=now) if zone else None


def _why_not(notice: Notice, *, now: datetime) -> str:
    """Why a notice is told no more, "" when it is."""
    if notice.customer.erased_at is not None:
        return "unwanted"
    if notice.advisory is not None:
        ended = notice.advisory.withdrawn_at is not None or notice.advisory.ends_at <= now
        return "ended" if ended else ""
    shipment = notice.shipment
    assert shipment is not None
    if not notice.customer.wants_notices or shipment.customer_id != notice.customer_id:
        return "unwanted"
    if is_too_old(notice.happened_at, now=now):
        return "too_old"
    if is_superseded(notice.what, status=shipment.status, reason=shipment.reason):
        return "superseded"
    return "in_ticket" if notice.what == NoticeWhat.DELIVERED and _told_by_ticket(notice, now=now) else ""


def _told_by_ticket(notice: Notice, *, now: datetime) -> bool:
    """Whether a ticket about this parcel tells the customer of its delivery, or has just done so."""
    of_parcel = Ticket.objects.filter(shipment=notice.shipment, customer_id=notice.customer_id)
    return (
        of_parcel.open().filter(kind__in=_TELLS_DELIVERY).exists()
        or of_parcel.filter(state="delivered", resolved_at__gte=now - _SAID_LATELY).exists()
    )


def set_wish(*, customer_id: int, wants: bool) -> None:
    """Write down whether a customer wants to be told how their parcels move."""
    Customer.objects.filter(pk=customer_id, erased_at__isnull=True).update(wants_notices=wants)
