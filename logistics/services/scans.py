"""Scans that partners push: kept at once, hundreds in one statement, and recorded by a worker.

Whether a parcel is another partner's is found out by the worker alone: an answer tells nothing of parcels that are not
the partner's, and a scan of one of those does nothing.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from common.errors import DomainError, InvalidInput
from common.jobs import nudge
from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.models import Carrier, PushedScan, Shipment, ShipmentInstruction
from logistics.policies.tracking import CodeMeaning, NormalisedEvent, NormalisedTrack, in_order
from logistics.policies.tracking_number import normalise_tracking_number
from logistics.services.tracking import load_mapping, record_track

logger = logging.getLogger(__name__)

TOPIC: Final = "scans_pushed"
MOST: Final = 500
"""Scans of one request."""
KEPT: Final = timedelta(days=30)
"""How long a refused scan is kept."""
_BATCH = 200
_EARLIEST_YEAR = 2000
_AHEAD = timedelta(hours=24)
_STATUSES, _REASONS, _FAULTS = (
    frozenset(TrackingStatus.values),
    frozenset(TrackingReason.values),
    frozenset(Fault.values),
)
_NUMBER = re.compile(r"(?=.*[0-9])[A-Z0-9]{4,64}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_TEXTS: Final[Mapping[str, int]] = {
    "id": 120,
    "tracking_number": 80,
    "at": 40,
    "status": 24,
    "reason": 24,
    "fault": 16,
    "location": 200,
    "country": 2,
    "raw_code": 120,
    "text": 2_000,
}
"""The fields of a scan, all of them texts, with their longest."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of one scan: its ``key``, or why it cannot be one."""

    key: str = ""
    error: DomainError | None = None


def accept_scans(*, partner_id: int, items: Sequence[Any], now: datetime) -> list[Accepted]:
    """Keep a partner's scans; when this returns and its transaction is over, they are on disk. One answer an item.

    An item is a mapping of ``_TEXTS``: `tracking_number`, `at` (RFC 3339 with its offset), and `status` or the
    partner's own `raw_code`. The same scan twice is one scan. Raises InvalidInput for more than ``MOST``.
    """
    if len(items) > MOST:
        raise InvalidInput(_("At most %(most)d at once.") % {"most": MOST})
    answers: list[Accepted] = []
    rows: list[PushedScan] = []
    for item in items:
        try:
            row = _scan(partner_id, item, now)
        except InvalidInput as error:
            answers.append(Accepted(error=error))
        else:
            rows.append(row)
            answers.append(Accepted(row.key))
    if rows:
        PushedScan.objects.bulk_create(rows)
        nudge(TOPIC)
    return answers


def record_pushed(*, now: datetime, limit: int = 5_000) -> int:
    """Turn waiting scans into tracking events, the oldest first. How many were looked at.

    Workers side by side take different rows; each parcel's scans are recorded in one go, parcels in their order.
    """
    done = 0
    while done < limit and (taken := _record_batch(now)):
        done += taken
    return done


def is_waiting() -> bool:
    """Whether scans wait to be recorded."""
    return PushedScan.objects.filter(refusal="").exists()


def forget_refused(*, now: datetime) -> int:
    """Remove refused scans that were kept long enough."""
    return PushedScan.objects.filter(received_at__lt=now - KEPT).exclude(refusal="").delete()[0]


def source_of(partner_id: int, carrier: Carrier | None) -> str:
    """Whose codes a partner's scans speak in: the name under which administrators map them."""
    return carrier.code[:40] if carrier else f"partner-{partner_id}"


def _scan(partner_id: int, item: Any, now: datetime) -> PushedScan:
    _check_form(item)
    given = item.get
    number, at = _number(given("tracking_number", "")), _moment(given("at", ""), now)
    status, raw_code, reason = given("status", ""), given("raw_code", "").strip(), given("reason", "")
    fault, country = given("fault") or Fault.NOBODY.value, given("country", "")
    wrong = {
        name: [str(sentence)]
        for name, is_right, sentence in (
            ("tracking_number", number, _("This is no tracking number.")),
            ("at", at, _("A moment that has been is expected, with its offset: 2026-11-24T09:30:00+01:00.")),
            (
                "status",
                status in _STATUSES or (raw_code and not status),
                _("A status or your own raw_code is expected."),
            ),
            ("reason", reason in _REASONS, _("This is none of the values that the schema names.")),
            ("fault", fault in _FAULTS, _("This is none of the values that the schema names.")),
            ("country", not country or _COUNTRY.fullmatch(country), _("Two capital letters are expected, like DE.")),
        )
        if not is_right
    }
    if wrong or at is None:
        raise InvalidInput(_("Some of what you sent cannot be used."), data=wrong)
    location, text, own = given("location", "").strip(), given("text", "").strip(), given("id", "").strip()
    told = f"id {own}" if own else f"{at.timestamp()} {status} {reason} {raw_code} {location} {text}"
    return PushedScan(
        partner_id=partner_id,
        tracking_number=number,
        key=hashlib.sha256(f"{partner_id} {number} {told}".encode()).hexdigest(),
        at=at,
        offset_minutes=int((at.utcoffset() or timedelta()).total_seconds() // 60),
        status=status,
        reason=reason,
        fault=fault,
        location=location,
        country=country,
        raw_code=raw_code,
        text=text,
        received_at=now,
    )


def _check_form(item: Any) -> None:
    """Raise InvalidInput unless an item is an object of known texts that fit their columns."""
    if not isinstance(item, dict):
        raise InvalidInput(_("An object is expected."))
    wrong: dict[str, list[str]] = {}
    for name, value in item.items():
        longest = _TEXTS.get(name)
        if longest is None:
            wrong[str(name)[:60]] = [_("There is no such field.")]
        elif not isinstance(value, str):
            wrong[name] = [_("A text is expected.")]
        elif len(value) > longest:
            wrong[name] = [_("At most %(count)d characters.") % {"count": longest}]
    if wrong:
        raise InvalidInput(_("Some of what you sent cannot be used."), data=wrong)


def _number(text: str) -> str:
    """A tracking number without separators, "" for what can be none."""
    number = text.upper() if _NUMBER.fullmatch(text.upper()) else normalise_tracking_number(text)
    return number if _NUMBER.fullmatch(number) else ""


def _moment(text: str, now: datetime) -> datetime | None:
    """A moment with its offset that a scan can have; None for every other text."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.utcoffset() is None or not _EARLIEST_YEAR <= found.year < now.year + 2:
        return None
    return found if found <= now + _AHEAD else None


@transaction.atomic
def _record_batch(now: datetime) -> int:
    waiting = PushedScan.objects.filter(refusal="").order_by("id")
    rows = list(waiting.select_for_update(skip_locked=True, of=("self",))[:_BATCH])
    carriers = {one.partner_id: one for one in Carrier.objects.filter(partner__in={row.partner_id for row in rows})}
    in_order = sorted(rows, key=_whose)
    for (number, partner_id), scans in groupby(in_order, key=_whose):
        _record(partner_id, carriers.get(partner_id), number, list(scans), now)
    PushedScan.objects.filter(pk__in=[row.pk for row in rows], refusal="").delete()
    return len(rows)


def _whose(row: PushedScan) -> tuple[str, int]:
    return row.tracking_number, row.partner_id


def _record(partner_id: int, carrier: Carrier | None, number: str, scans: list[PushedScan], now: datetime) -> None:
    refusal = "not_theirs" if not _take_parcel(partner_id, carrier, number) else ""
    if not refusal:
        try:
            with transaction.atomic():
                source = source_of(partner_id, carrier)
                record_track(source=source, track=_track(number, scans, load_mapping(source)), now=now)
                if carrier is not None:
                    Shipment.objects.filter(tracking_number=number, carrier__isnull=True).update(carrier=carrier)
        except (DomainError, DataError, IntegrityError) as error:
            # One parcel's scans must not hold up everybody else's.
            refusal = error.code[:40] if isinstance(error, DomainError) else type(error).__name__
            logger.warning("pushed scans of one parcel were refused: %s", refusal)
    if refusal:
        PushedScan.objects.filter(pk__in=[scan.pk for scan in scans]).update(refusal=refusal)


def _take_parcel(partner_id: int, carrier: Carrier | None, number: str) -> bool:
    """Whether the parcel is the partner's to scan: their carrier's, or one that they were told to send."""
    parcel = Shipment.objects.filter(tracking_number=number).only("id", "carrier_id").first()
    if carrier is not None and (parcel is None or parcel.carrier_id in (None, carrier.pk)):
        return True
    if parcel is None:
        return False
    return ShipmentInstruction.objects.filter(partner_id=partner_id, shipment_id=parcel.pk).exists()


def _track(number: str, scans: list[PushedScan], mapping: Mapping[str, CodeMeaning]) -> NormalisedTrack:
    events = in_order(_event(scan, mapping.get) for scan in scans)
    unmapped = {event.raw_code for event in events if event.needs_review}
    return NormalisedTrack(
        tracking_number=number,
        carrier_code="",
        status=events[-1].status,
        reason=events[-1].reason,
        events=events,
        unmapped_codes=tuple(sorted(unmapped)),
    )


def _event(scan: PushedScan, meaning_of: Callable[[str], CodeMeaning | None]) -> NormalisedEvent:
    meaning = None if scan.status else meaning_of(scan.raw_code)
    known = meaning or CodeMeaning(
        TrackingStatus(scan.status or TrackingStatus.UNKNOWN), TrackingReason(scan.reason), Fault(scan.fault)
    )
    return NormalisedEvent(
        at=scan.at,
        offset_minutes=scan.offset_minutes,
        status=known.status,
        reason=known.reason,
        fault=known.fault,
        location=scan.location,
        country=scan.country,
        raw_code=scan.raw_code,
        text=scan.text,
        external_key=scan.key,
        needs_review=not scan.status and meaning is None,
    )
