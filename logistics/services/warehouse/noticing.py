"""Differences and refusals as incidents: tickets decides what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from common.jobs import nudge
from logistics.choices import IncidentType
from logistics.models import Incident, Partner

MOST_TOLD = 500
MOST_SINGLE = 20
"""More differences at once than this are one matter: somebody counted another shelf."""

STOCK_DIFFERS = gettext_noop("Stock differs")
RECEIVED_OTHERWISE = gettext_noop("Received otherwise than announced")
RECEIVED_DAMAGED = gettext_noop("Received damaged")
COUNTED_OTHERWISE = gettext_noop("Counted otherwise than expected")
MANY_DIFFER = gettext_noop("Many items differ")
REFUSED = gettext_noop("Instruction refused")
NOT_REPORTED = gettext_noop("Stock not reported")


@dataclass(frozen=True, slots=True)
class Difference:
    """One item of which there is more or less than expected. ``what`` is one of the sentences above, in English."""

    item: str
    expected: int
    found: int
    what: str = STOCK_DIFFERS


@dataclass(frozen=True, slots=True)
class _About:
    """Whose matter it is, of which work, and when it was noticed."""

    partner: Partner
    reference: str
    now: datetime

    def incident(self, type_: IncidentType, key: str, subject: str, evidence: dict[str, Any]) -> Incident:
        known = {"partner": self.partner.pk, "warehouse": self.partner.name, "reference": self.reference}
        return Incident(
            type=type_,
            subject=subject[:200],
            evidence=known | evidence,
            dedupe_key=key[:160],
            happened_at=self.now,
            noticed_at=self.now,
        )


def notice_differences(
    differences: Sequence[Difference], *, partner: Partner, key: str, reference: str = "", now: datetime
) -> int:
    """Write an incident for each difference, once each, or one for all when there are many. Returns how many are new.

    ``key`` names the occasion: the same difference told again on the same occasion is the same incident.
    """
    about = _About(partner, reference, now)
    if len(differences) > MOST_SINGLE:
        told = [[one.item, one.expected, one.found] for one in differences[:MOST_TOLD]]
        evidence = {"items": told, "number": len(differences)}
        subject = f"{MANY_DIFFER} · {partner.name} {reference}".strip()
        return _write([about.incident(IncidentType.STOCK_DIFFERENCE, f"{key}:many", subject, evidence)])
    return _write(
        [
            about.incident(
                IncidentType.STOCK_DIFFERENCE,
                f"{key}:{one.item}",
                f"{one.what} · {one.item} {one.expected} → {one.found}",
                {"item": one.item, "expected": one.expected, "counted": one.found},
            )
            for one in differences
        ]
    )


def notice_refusal(*, partner: Partner, key: str, reference: str, reason: str, note: str, now: datetime) -> int:
    """Write an incident for an instruction that a warehouse refused."""
    evidence = {"reason": reason, "note": note}
    subject = f"{REFUSED} · {reference}"
    return _write([_About(partner, reference, now).incident(IncidentType.INSTRUCTION_REFUSED, key, subject, evidence)])


def notice_silence(*, partner: Partner, key: str, evidence: dict[str, Any], now: datetime) -> int:
    """Write an incident for a partner that has not reported its stock."""
    subject = f"{NOT_REPORTED} · {partner.name}"
    return _write([_About(partner, "", now).incident(IncidentType.STOCK_NOT_REPORTED, key, subject, evidence)])


def _write(rows: list[Incident]) -> int:
    keys = [row.dedupe_key for row in rows]
    known = set(Incident.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)) if keys else set()
    fresh = [row for row in rows if row.dedupe_key not in known]
    Incident.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh:
        nudge("incident_noticed")
    return len(fresh)
