"""What was agreed with partners, as whoever counts their time asks for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models

from common.errors import InvalidInput
from common.policies.business_time import Hours
from common.services.calendars import hours_of
from logistics.models import Partner
from logistics.policies.office_hours import office_hours


class Agreed(NamedTuple):
    """How a partner's time counts. ``answer`` is working time; None where no answer time was agreed."""

    answer: timedelta | None
    calendar_id: int | None
    zone: str

    @property
    def hours(self) -> Hours:
        """The partner's working time: of its calendar, else office hours in its zone."""
        if self.calendar_id is None:
            return office_hours(self.zone)
        try:
            return hours_of(self.calendar_id)
        except InvalidInput:  # deleted since this was read
            return office_hours(self.zone)


def agreed_with(partner_ids: Collection[int] | None = None) -> dict[int, Agreed]:
    """How the time of these partners counts, of all when none are named: one query."""
    partners = Partner.objects.all() if partner_ids is None else Partner.objects.filter(pk__in=partner_ids)
    rows = partners.values_list(
        *("pk", "calendar_id", "time_zone"),
        *("agreement__answer_minutes", "agreement__calendar_id", "agreement__time_zone"),
    )
    return {
        number: Agreed(
            answer=None if minutes is None else timedelta(minutes=minutes),
            calendar_id=agreed_calendar or calendar_id,
            zone=agreed_zone or zone,
        )
        for number, calendar_id, zone, minutes, agreed_calendar, agreed_zone in rows
    }


def answer_due(partner_id: int, *, since: datetime, otherwise: timedelta) -> datetime:
    """By when a partner answers what it was asked at ``since``: in the time agreed, else in ``otherwise``.

    Both are working time of the partner's. Raises InvalidInput for an unknown partner, NeverOpen for a calendar that
    has no open time.
    """
    agreed = agreed_with([partner_id]).get(partner_id)
    if agreed is None:
        raise InvalidInput(f"There is no partner {partner_id}.", data={"partner": partner_id})
    return agreed.hours.add(since, agreed.answer or otherwise)


def languages_of(partner: Partner) -> list[str]:
    """What may be written to a partner, the best first: as agreed, else its own language."""
    agreed: models.QuerySet[Partner, list[str]] = Partner.objects.filter(pk=partner.pk).values_list(
        "agreement__languages", flat=True
    )
    return next((languages for languages in agreed if languages), None) or [partner.language]
