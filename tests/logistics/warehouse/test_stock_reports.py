"""A partner reports its stock each day; what differs beyond what was agreed is noticed, and so is silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from logistics.errors import NoSuchWork, StockRefused
from logistics.models import Incident, Partner, StockLevel, StockReading, StockSync
from logistics.services.warehouse import overdue, shelves
from logistics.services.warehouse.reports import Level, report_stock
from tests.logistics.warehouse.orders import NOW, theirs, warehouse

pytestmark = pytest.mark.django_db


def report(partner: Partner, now: datetime = NOW, *, whole: bool = True, day: date | None = None, **units: int) -> None:
    levels = [Level(item, number) for item, number in units.items()]
    report_stock(partner_id=partner.pk, levels=levels, day=day, is_complete=whole, by=theirs(partner), now=now)


def subjects() -> list[str]:
    return list(Incident.objects.order_by("id").values_list("subject", flat=True))


def test_first_report_is_believed_and_the_next_is_compared_with_what_moved_since() -> None:
    partner = warehouse(stock_tolerance_units=2)
    report(partner, CUP=10, PLATE=5)
    shelves.move(partner_id=partner.pk, units={"CUP": 20, "PLATE": -3})

    report(partner, NOW + timedelta(days=1), CUP=28, PLATE=5)

    assert subjects() == ["Stock differs · PLATE 2 → 5"]
    assert dict(StockLevel.objects.values_list("item", "expected_units")) == {"CUP": 28, "PLATE": 5}


def test_same_difference_told_again_is_not_told_again() -> None:
    partner = warehouse()
    report(partner, CUP=10)
    later = NOW + timedelta(days=1)

    report(partner, later, CUP=7)
    report(partner, later + timedelta(hours=1), CUP=7)
    report(partner, later + timedelta(hours=2), CUP=6)
    report(partner, NOW + timedelta(days=2), CUP=6)

    assert subjects() == ["Stock differs · CUP 10 → 7"]
    assert list(
        StockReading.objects.filter(item="CUP").order_by("sync__day").values_list("units", "expected_units")
    ) == [
        (10, None),
        (6, 10),
        (6, 6),
    ]


def test_what_a_whole_report_does_not_mention_is_not_there() -> None:
    partner = warehouse()
    report(partner, CUP=10, PLATE=5, BOWL=0)
    tomorrow = NOW + timedelta(days=1)

    report(partner, tomorrow, whole=False, CUP=10)
    assert (subjects(), StockSync.objects.get(day="2026-11-25").completed_at) == ([], None)
    report(partner, tomorrow, whole=True)

    assert subjects() == ["Stock differs · PLATE 5 → 0"]
    assert StockLevel.objects.get(item="PLATE").expected_units == 0


def test_day_is_the_partners_own_and_neither_ahead_nor_behind_the_latest() -> None:
    partner = warehouse()
    near_midnight = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    report(partner, near_midnight, CUP=1)
    assert StockSync.objects.get().day == date(2026, 11, 25)

    with pytest.raises(StockRefused):
        report(partner, near_midnight, day=date(2026, 11, 26), CUP=1)
    with pytest.raises(StockRefused):
        report(partner, near_midnight, day=date(2026, 11, 24), CUP=1)

    assert StockReading.objects.count() == 1


def test_nobody_reports_for_another_partner() -> None:
    partner, other = warehouse(), warehouse("Other")

    with pytest.raises(NoSuchWork):
        report_stock(partner_id=partner.pk, levels=[], is_complete=True, by=theirs(other), now=NOW)

    assert not StockSync.objects.exists()


def test_missing_report_is_noticed_once_after_its_hour_on_working_days_only() -> None:
    partner = warehouse(daily_sync_at=time(9, 0), daily_sync_tolerance=30, valid_from=date(2026, 11, 27))
    half_past_nine = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)  # Friday in Berlin

    assert overdue.notice_missing_reports(now=half_past_nine - timedelta(minutes=1)) == 0
    assert overdue.notice_missing_reports(now=half_past_nine) == 1
    assert overdue.notice_missing_reports(now=half_past_nine + timedelta(hours=2)) == 0
    assert overdue.notice_missing_reports(now=half_past_nine + timedelta(days=1, hours=2)) == 0  # Saturday
    assert subjects() == ["Stock not reported · Lagerhaus Nord"]

    monday = half_past_nine + timedelta(days=3)
    report(partner, monday - timedelta(minutes=10), CUP=1)
    assert overdue.notice_missing_reports(now=monday) == 0


def test_part_of_a_report_is_no_report() -> None:
    partner = warehouse(daily_sync_at=time(9, 0))
    report(partner, NOW, whole=False, CUP=1)

    assert overdue.notice_missing_reports(now=NOW + timedelta(hours=1)) == 1


def test_switched_off_partner_and_one_not_yet_agreed_with_are_not_missed() -> None:
    off = warehouse("Off", daily_sync_at=time(9, 0))
    Partner.objects.filter(pk=off.pk).update(is_active=False)
    warehouse("Later", daily_sync_at=time(9, 0), valid_from=date(2026, 12, 1))

    assert overdue.notice_missing_reports(now=NOW + timedelta(hours=2)) == 0
