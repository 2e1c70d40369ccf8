"""What partners have not done in time: work past its time, and stock that was not reported."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from common.policies.business_time import first_instant
from logistics.choices import WorkVia
from logistics.models import Agreement, Incident, StockSync
from logistics.policies.who import Who
from logistics.services.warehouse import noticing
from logistics.services.warehouse.terms import Terms, terms_from
from logistics.services.warehouse.work import append_event
from logistics.workflows import MACHINES, Machine

BATCH = 200
LATEST = timedelta(hours=24)
"""So long after its hour a missing report is still noticed: a clock that stood still must not raise old ones."""


def notice_overdue(*, now: datetime) -> int:
    """Say once of each piece of work that its partner should have acted. Costs what is due. Returns how many."""
    return sum(_of_machine(machine, now=now) for machine in MACHINES.values())


def _of_machine(machine: Machine, *, now: datetime) -> int:
    found = 0
    while True:
        with transaction.atomic():
            rows: list[Any] = list(
                machine.flow._default_manager.newly_late(now=now).select_for_update(skip_locked=True)[:BATCH]  # type: ignore[attr-defined]
            )
            for work in rows:
                work.overdue_at = now
                append_event(
                    machine=machine,
                    work=work,
                    type_="overdue",
                    content={"due": work.answer_due_at},
                    by=Who.system(via=WorkVia.CLOCK),
                    now=now,
                )
                work.save(update_fields=["overdue_at", "event_sequence"])
        found += len(rows)
        if len(rows) < BATCH:
            return found


def notice_missing_reports(*, now: datetime) -> int:
    """Write an incident for each partner whose stock report of a working day has not come. Returns how many are new."""
    missing = []
    for agreement in Agreement.objects.filter(daily_sync_at__isnull=False, partner__is_active=True).select_related(
        "partner", "calendar"
    ):
        terms = terms_from(agreement)
        today = now.astimezone(terms.zone).date()
        missing += [
            (f"sync:{agreement.partner_id}:{day.isoformat()}", agreement, day, terms)
            for day in (today - timedelta(days=1), today)
            if _is_past(terms, day, agreement.valid_from, now=now)
        ]
    if not missing:
        return 0
    known = set(
        Incident.objects.filter(dedupe_key__in=[key for key, *_rest in missing]).values_list("dedupe_key", flat=True)
    )
    reported = set(
        StockSync.objects.filter(
            partner__in=[agreement.partner_id for _key, agreement, *_rest in missing],
            day__in={day for _key, _agreement, day, _terms in missing},
            completed_at__isnull=False,
        ).values_list("partner_id", "day")
    )
    return sum(
        noticing.notice_silence(
            partner=agreement.partner,
            key=key,
            evidence={"day": day.isoformat(), "due": _hour(terms, day).isoformat()},
            now=now,
        )
        for key, agreement, day, terms in missing
        if key not in known and (agreement.partner_id, day) not in reported
    )


def _is_past(terms: Terms, day: date, valid_from: date | None, *, now: datetime) -> bool:
    """Whether a report for that day should be here: it is a working day, agreed on by then, and its hour has passed."""
    if valid_from is not None and day < valid_from:
        return False
    if not terms.hours.is_always and not terms.hours.intervals_on(day):
        return False
    latest = _hour(terms, day) + terms.sync_grace
    return latest <= now < latest + LATEST


def _hour(terms: Terms, day: date) -> datetime:
    assert terms.sync_at is not None
    return first_instant(day, terms.sync_at, terms.zone)
