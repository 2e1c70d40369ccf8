"""Promises as calculation, against references that are slow and obvious."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.policies.business_time import Hours, Interval
from tickets.choices import BreachCause, Target
from tickets.policies.promises import AtTheDeadline, Standing, cause_of, deadline, next_warning, pauses, percent_reached

START = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)  # the Friday before Europe's clocks change
MINUTE = timedelta(minutes=1)
OFFICE = Hours(
    ZoneInfo("Europe/Berlin"), dict.fromkeys(range(5), (Interval(time(9), time(12)), Interval(time(13), time(18))))
)
PARTIES = ("us", "customs", "carrier", "customer")


def history(steps: Sequence[tuple[int, str]]) -> list[tuple[datetime, datetime | None, str]]:
    """Facts, one after the other: minutes each lasted, and whom the ticket waited on. The last one is current."""
    at, found = START, []
    for minutes, party in steps:
        found.append((at, at + minutes * MINUTE, party))
        at += minutes * MINUTE
    return [*found, (at, None, "us")]


def slow_due(hours: Hours, facts: list[tuple[datetime, datetime | None, str]], duration: timedelta) -> datetime | None:
    """Walk minute by minute; a minute counts when it is open and the ball is ours."""
    at, left = START, duration
    while left > timedelta(0):
        party = next(party for since, until, party in facts if since <= at and (until is None or at < until))
        if party == "us" and hours.is_open(at):
            left -= MINUTE
        at += MINUTE
    return at


@given(
    steps=st.lists(st.tuples(st.integers(1, 2_000), st.sampled_from(PARTIES)), max_size=6),
    minutes=st.integers(1, 900),
    is_office=st.booleans(),
)
def test_deadline_by_facts_is_the_one_that_counting_minutes_finds(
    steps: list[tuple[int, str]], minutes: int, is_office: bool
) -> None:
    facts = history(steps)
    now = facts[-1][0]
    hours, duration = OFFICE if is_office else Hours.always(), minutes * MINUTE

    stood_still = pauses(facts, start=START, now=now, paused_now=False)
    found = deadline(hours, start=START, duration=duration, stood_still=stood_still, now=now)

    assert found.due_at == slow_due(hours, facts, duration)
    assert all(before[1] < after[0] for before, after in pairwise(stood_still))  # type: ignore[operator]


@given(steps=st.lists(st.tuples(st.integers(1, 2_000), st.sampled_from(PARTIES)), min_size=1, max_size=6))
def test_pausing_never_shortens_and_an_open_pause_has_no_deadline(steps: list[tuple[int, str]]) -> None:
    facts = history(steps)
    now = facts[-1][0]
    duration = timedelta(days=60)

    without = deadline(OFFICE, start=START, duration=duration, now=now)
    ended = deadline(
        *(OFFICE,),
        start=START,
        duration=duration,
        stood_still=pauses(facts, start=START, now=now, paused_now=False),
        now=now,
    )
    lasting = pauses(facts, start=START, now=now, paused_now=True)
    paused = deadline(OFFICE, start=START, duration=duration, stood_still=lasting, now=now)

    assert ended.due_at is not None
    assert without.due_at is not None
    assert ended.due_at >= without.due_at
    assert (paused.due_at, paused.paused_since) == (None, lasting[-1][0])


def test_pause_before_the_start_counts_only_from_the_start() -> None:
    facts = [(START, START + 60 * MINUTE, "customs"), (START + 60 * MINUTE, None, "us")]

    found = pauses(facts, start=START + 20 * MINUTE, now=START + 90 * MINUTE, paused_now=False)

    assert found == [(START + 20 * MINUTE, START + 60 * MINUTE)]


@given(minutes=st.integers(10, 3_000), later=st.integers(0, 4_000), shares=st.sets(st.integers(1, 99), max_size=4))
def test_every_warning_is_given_before_the_deadline_and_none_twice(minutes: int, later: int, shares: set[int]) -> None:
    duration = minutes * MINUTE
    due = OFFICE.add(START, duration)
    warn_at, warned, now = sorted(shares), 0, START
    given_at: list[int] = []
    for _ in range(later // 50 + 1):
        now += 50 * MINUTE
        moment = next_warning(OFFICE, due=due, duration=duration, warn_at=warn_at, warned=warned, now=now)
        if now >= due:
            assert moment is None
            break
        if moment is not None and moment <= now:
            reached = percent_reached(OFFICE, due=due, duration=duration, warn_at=warn_at, now=now)
            assert reached is not None
            assert reached > warned
            assert OFFICE.between(START, now) >= duration * reached / 100
            given_at.append(reached)
            warned = reached
        elif moment is not None:
            assert now < moment < due
    assert given_at == sorted(set(given_at))


@pytest.mark.parametrize(
    ("standing", "targets"),
    [
        (Standing(False, True, "nobody", START, None), ()),
        (Standing(True, False, "us", START, None), ("resolution",)),
        (Standing(True, True, "us", START, START), ("resolution", "first_response", "next_update")),
        (Standing(True, False, "broker", START, None), ("resolution", "partner_answer")),
        (Standing(True, False, "warehouse", START, None), ("resolution", "partner_answer")),
        (Standing(True, False, "carrier", START, None), ("resolution", "carrier_answer")),
        (Standing(True, False, "customs", START, None), ("resolution",)),
    ],
)
def test_what_is_owed_follows_from_how_the_ticket_stands(standing: Standing, targets: tuple[str, ...]) -> None:
    assert standing.targets == targets


@pytest.mark.parametrize(
    ("target", "stood", "cause"),
    [
        (Target.PARTNER_ANSWER, AtTheDeadline(is_snoozed=True), BreachCause.PARTNER_SILENT),
        (Target.CARRIER_ANSWER, AtTheDeadline(), BreachCause.CARRIER_SILENT),
        (Target.NEXT_RESPONSE, AtTheDeadline(delivery_failed=True, is_snoozed=True), BreachCause.NOT_DELIVERED),
        (Target.NEXT_UPDATE, AtTheDeadline(is_snoozed=True, nobody_at_work=True), BreachCause.SNOOZED),
        (Target.RESOLUTION, AtTheDeadline(nobody_at_work=True, assignee_id=1), BreachCause.OUT_OF_HOURS),
        (Target.RESOLUTION, AtTheDeadline(assignee_id=1), BreachCause.OWNER),
        (Target.RESOLUTION, AtTheDeadline(), BreachCause.NO_OWNER),
    ],
)
def test_cause_is_what_explains_most(target: Target, stood: AtTheDeadline, cause: BreachCause) -> None:
    assert cause_of(target, stood) == cause
