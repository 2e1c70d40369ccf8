"""A partner's figures: what counts, whose hours, and that they are the same by API."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from common.errors import InvalidInput
from logistics.choices import Scope
from logistics.models import Agreement, Partner, StockSync
from logistics.services.api_keys import issue_key
from tests.tickets.partner_pages.conftest import asked, partner
from tickets.choices import Via
from tickets.services.partner_answers import receive_answer
from tickets.services.partner_performance import performance
from tickets.services.promises import sweep

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday, ten o'clock in Lisbon
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
AROUND = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=7)}


def answered(of: Partner, after: timedelta) -> None:
    number = asked(of, now=NOW).pk
    if after > 2 * HOUR:
        sweep(now=NOW + 2 * HOUR)
    receive_answer(ticket_id=number, partner_id=of.pk, text="Yes.", via=Via.PORTAL, now=NOW + after)


@pytest.fixture
def agreed(broker: Partner) -> Partner:
    Agreement.objects.create(partner=broker, answer_minutes=120)
    return broker


def test_answers_are_counted_in_time_or_late_by_what_was_agreed(agreed: Partner) -> None:
    answered(agreed, 30 * MINUTE)
    answered(agreed, 90 * MINUTE)
    answered(agreed, 24 * HOUR)  # nine working hours later: Tuesday 10 to 18, Wednesday 9 to 10
    asked(agreed, now=NOW)

    answers = performance(agreed.pk, **AROUND)["answers"]

    assert (answers["asked"], answers["in_time"], answers["late"], answers["open"]) == (4, 2, 1, 1)
    assert answers["in_time_percent"] == 66.7
    assert (answers["median_minutes"], answers["slowest_minutes"]) == (90, 9 * 60)


def test_nobody_elses_answers_count(agreed: Partner) -> None:
    answered(partner("Rival"), 30 * MINUTE)

    answers = performance(agreed.pk, **AROUND)["answers"]

    assert (answers["asked"], answers["in_time_percent"], answers["median_minutes"]) == (0, None, None)


def test_daily_reports_are_in_time_late_or_missing_on_working_days(broker: Partner) -> None:
    Agreement.objects.create(partner=broker, daily_sync_at=time(18), daily_sync_tolerance=60)
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    for day, hour in ((0, 17), (1, 23)):
        at = monday + timedelta(days=day, hours=hour)
        StockSync.objects.create(
            partner=broker, day=(monday + timedelta(days=day)).date(), begun_at=at, completed_at=at, via="api"
        )

    sync = performance(broker.pk, since=monday, until=monday + timedelta(days=3))["daily_sync"]

    assert sync == {"expected": 3, "in_time": 1, "late": 1, "missed": 1}


def test_period_that_ends_before_it_begins_or_is_endless_is_refused(broker: Partner) -> None:
    for since, until in ((NOW, NOW), (NOW - timedelta(days=500), NOW)):
        with pytest.raises(InvalidInput):
            performance(broker.pk, since=since, until=until)


def test_api_gives_a_partner_its_own_figures_and_nobody_elses(agreed: Partner) -> None:
    _key, text = issue_key(partner=agreed, name="System", scopes=[Scope.READ], now=timezone.now())
    _other, foreign = issue_key(partner=partner("Rival"), name="System", scopes=[Scope.READ], now=timezone.now())
    answered(agreed, 30 * MINUTE)
    period = {"since": "2026-11-23T00:00:00Z", "until": "2026-11-30T00:00:00+00:00"}

    def ask(key: str, **query: str) -> tuple[int, dict[str, object]]:
        answer = Client().get("/api/v1/me/performance/", query, headers={"Authorization": f"Bearer {key}"})
        return answer.status_code, answer.json()

    status, mine = ask(text, **period)
    assert status == 200
    assert mine["answers"]["asked"] == 1  # type: ignore[index]
    assert mine["agreement"]["answer_minutes"] == 120  # type: ignore[index]
    assert ask(foreign, **period)[1]["answers"]["asked"] == 0  # type: ignore[index]
    assert ask(text, since="yesterday")[0] == 400
    assert ask(text, since="2026-11-24T00:00:00Z", until="2026-11-23T00:00:00Z")[0] == 400
    assert ask("cw_live_wrong_key")[0] == 401
