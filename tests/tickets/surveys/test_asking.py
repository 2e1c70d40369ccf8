"""Customers are asked how it went: once a ticket, not too often, by day, in their language, when it is wanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common.models import Connection
from tests.tickets.surveys.conftest import HOUR, NOON, Desk, worker
from tickets.models import CustomerLink, SurveyAnswer, SurveyRequest, SurveySettings, Ticket, TicketEvent
from tickets.services import surveys
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db


def test_a_customer_is_asked_two_hours_after_the_end_on_their_channel_in_their_language() -> None:
    desk = Desk()
    ticket = desk.ended()

    assert surveys.work_to_do(now=NOON)
    assert surveys.plan(now=NOON) == 1
    assert surveys.ask_due(now=NOON + HOUR) == 0
    assert surveys.ask_due(now=NOON + 2 * HOUR) == 1

    question = desk.said()[-1]
    assert question.startswith("Guten Tag Anna Graf,")
    assert "/t/" in question
    assert "von 1 (sehr schlecht) bis 5 (sehr gut)" in question
    answer = SurveyAnswer.objects.get()
    assert (answer.ticket_id, answer.asked_at, answer.score) == (ticket.pk, NOON + 2 * HOUR, None)
    assert answer.message is not None
    assert answer.message.text == question
    link = CustomerLink.objects.get()
    assert (link.purpose, link.expires_at - link.created_at) == ("survey", timedelta(days=14))
    assert TicketEvent.objects.filter(ticket=ticket, type="survey_asked").exists()
    assert not Ticket.objects.get(pk=ticket.pk).is_open


def test_a_ticket_is_asked_about_once_however_often_the_clock_comes() -> None:
    desk = Desk()
    desk.asked()
    before = desk.said()

    for hours in (3, 4, 100):
        surveys.plan(now=NOON + hours * HOUR)
        surveys.ask_due(now=NOON + hours * HOUR)

    assert desk.said() == before
    assert SurveyAnswer.objects.count() == 1


@pytest.mark.parametrize(("days", "asked"), [(29, 1), (31, 2)])
def test_a_customer_is_not_asked_again_within_thirty_days(days: int, asked: int) -> None:
    desk = Desk()
    desk.asked()
    later = NOON + timedelta(days=days)

    desk.ended(now=later)
    surveys.plan(now=later)
    surveys.ask_due(now=later + 2 * HOUR)

    assert SurveyAnswer.objects.count() == asked
    if asked == 1:
        assert SurveyRequest.objects.order_by("-id")[0].reason == "lately"


@pytest.mark.parametrize(
    ("zone", "ended", "asked"),
    [
        ("Asia/Kathmandu", datetime(2026, 11, 24, 15, 0, tzinfo=UTC), datetime(2026, 11, 25, 2, 15, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 11, 24, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 16, 0, tzinfo=UTC)),
        # The night in which summer time ends there is an hour longer.
        ("America/New_York", datetime(2026, 11, 1, 3, 0, tzinfo=UTC), datetime(2026, 11, 1, 13, 0, tzinfo=UTC)),
    ],
)
def test_whoever_sleeps_is_asked_in_their_morning(zone: str, ended: datetime, asked: datetime) -> None:
    desk = Desk(zone=zone)
    desk.ended(now=ended)
    surveys.plan(now=ended)

    assert surveys.ask_due(now=ended + 2 * HOUR) == 0
    assert SurveyRequest.objects.get().due_at == asked
    assert surveys.ask_due(now=asked - timedelta(minutes=1)) == 0
    assert surveys.ask_due(now=asked) == 1


def test_nobody_is_asked_while_it_is_switched_off_or_the_kind_is_left_out() -> None:
    desk = Desk()
    SurveySettings.objects.create(pk=1, is_on=False)
    desk.ended()
    assert not surveys.work_to_do(now=NOON)
    assert surveys.plan(now=NOON) == 0

    SurveySettings.objects.update(is_on=True, kinds_left_out=["inquiry"])
    surveys.plan(now=NOON)
    assert surveys.ask_due(now=NOON + 2 * HOUR) == 0
    assert SurveyRequest.objects.get().reason == "kind"


def test_a_ticket_that_was_reopened_is_asked_about_when_it_ends_again() -> None:
    desk = Desk()
    ticket = desk.ended()
    surveys.plan(now=NOON)
    desk.write("Und nach Chile? Das Paket kommt nicht an.", now=NOON + HOUR)
    assert Ticket.objects.get(pk=ticket.pk).is_open

    assert surveys.ask_due(now=NOON + 2 * HOUR) == 0
    assert not SurveyRequest.objects.exists()

    Ticket.objects.filter(pk=ticket.pk).update(unanswered_since=None)
    take_way(ticket_id=ticket.pk, way="resolve", actor=worker(), now=NOON + 3 * HOUR)
    surveys.plan(now=NOON + 3 * HOUR)
    assert surveys.ask_due(now=NOON + 5 * HOUR) == 1


def test_a_dismissed_ticket_and_an_unreachable_customer_are_left_alone() -> None:
    dismissed, unreachable = Desk(), Desk(zone="Europe/Paris")
    first = dismissed.ended()
    unreachable.ended()
    Ticket.objects.filter(pk=first.pk).update(resolution="false_alarm")
    Connection.objects.filter(pk=unreachable.connection.pk).update(is_active=False)
    surveys.plan(now=NOON)

    assert surveys.ask_due(now=NOON + 2 * HOUR) == 0

    reasons = SurveyRequest.objects.order_by("ticket_id").values_list("reason", flat=True)
    assert list(reasons) == ["not_solved", "unreachable"]
    assert not SurveyAnswer.objects.exists()
