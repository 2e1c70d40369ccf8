"""Every figure is what the slow, obvious query over raw rows says, whatever happened, wherever one looks from."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.tickets.kpi.slow import Bit, Raw, nearest_rank, total
from tests.tickets.kpi.story import BEGINS, Story
from tickets.models import KpiMark, KpiRollup
from tickets.policies.kpi import CUTS, FIGURES, Period
from tickets.policies.kpi.cuts import OF_PARCELS
from tickets.policies.kpi.histogram import bucket_of, lower_edge
from tickets.policies.states import STATES
from tickets.services import kpi

pytestmark = pytest.mark.django_db

ZONES = [ZoneInfo(name) for name in ("UTC", "Asia/Kathmandu", "Asia/Kolkata", "Europe/Berlin", "Australia/Lord_Howe")]
LEVELS = ("backlog", "backlog_age")
Look = tuple[Period, dict[str, list[str]]]


@pytest.fixture(scope="module", params=[3, 7])
def played(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> object:
    """One story, counted by and by while it goes on; what it wrote goes with the module's transaction."""
    from django.db import transaction

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        around = transaction.atomic()
        around.__enter__()
        story = Story(request.param)
        story.play(330, each=lambda: kpi.refresh(now=story.now))
        kpi.refresh(now=story.now)
        yield story
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(scope="module")
def raw(played: Story) -> Raw:
    return Raw()


def looks(story: Story, seed: int = 1) -> list[Look]:
    """Periods of some zones and lengths, with some filters, all of which end before the story does or with it."""
    chance = random.Random(seed)
    first, last = BEGINS.date(), story.now.date()
    length = (last - first).days
    found: list[Look] = [(Period.between(first, last + timedelta(days=1), zone=zone), {}) for zone in ZONES]
    filters = (
        {"kind": ["delay", "loss"]},
        {"priority": ["3"]},
        {"tier": ["vip"]},
        {"lane": ["CN-DE", "?-FR"]},
        {"agent": [str(story.people[0].id), ""]},
        {"team": [str(story.teams[0].pk)]},
        {"carrier": [""], "kind": ["clearance", "failed_delivery", "delay"]},
        {"lane": ["CN-BR"], "tier": ["standard"], "team": [""]},
    )
    for chosen in filters:
        zone = chance.choice(ZONES)
        begin = first + timedelta(days=chance.randint(0, length // 2))
        end = min(begin + timedelta(days=chance.randint(0, length)), last)
        found.append((Period.between(begin, end, zone=zone), dict(chosen)))
    return found


def held(bits: list[Bit], since: datetime, until: datetime, filters: dict[str, list[str]], *, of: str) -> list[Bit]:
    """The bits of a span that fit the filters; a cut that parcels do not have says nothing of them."""
    return [
        bit
        for bit in bits
        if since <= bit.at < until
        and all(bit.parts[cut] in parts for cut, parts in filters.items() if cut in bit.parts)
    ]


def assert_same(name: str, value: kpi.Value, bits: list[Bit]) -> None:
    """A figure's value and percentiles are those of the bits."""
    figure = FIGURES[name]
    top, over, money = total(bits)
    if figure.is_money:
        below = over if figure.over else 1
        expected = {key: float(amount) / below for key, amount in money.items()} if below else {}
        assert {key: float(amount) for key, amount in value.by_currency.items()} == pytest.approx(expected, abs=6e-4)
        return
    if not figure.over:
        assert value.value == top, name
        return
    if over == 0:
        assert value.value is None, name
        return
    factor = 1_000 if figure.unit == "per_thousand" else 1
    assert value.value == pytest.approx(top / over * factor), name
    if figure.histogram:
        seconds = [bit.seconds for bit in bits if bit.seconds is not None]
        assert value.count == len(seconds)
        for share, found in ((0.5, value.median), (0.9, value.p90)):
            bucket = bucket_of(nearest_rank(seconds, share))
            assert found is not None
            assert lower_edge(bucket) - 1e-6 <= found <= lower_edge(bucket + 1) + 1e-6, name


def test_the_story_has_something_to_say_for_every_figure(raw: Raw) -> None:
    assert set(raw.figures) | set(LEVELS) == set(FIGURES)

    silent = {name for name, bits in raw.figures.items() if not any(bit.top for bit in bits())}

    # A loss named "lost", or a partner who answers in time, are rare among so few tickets; everything else happened.
    rare = {"promises_kept_partner_answer", "promises_kept_carrier_answer", "partner_answer", "carrier_answer"}
    assert silent <= {"lost_per_thousand", "refunds", *rare}


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in LEVELS])
def test_figure_equals_slow_query(name: str, raw: Raw, played: Story) -> None:
    bits = list(raw.figures[name]())

    for period, filters in looks(played):
        value = kpi.figures([name], period, filters)[name]

        assert_same(name, value, held(bits, period.since, period.until, filters, of=name))


@pytest.mark.parametrize("cut", list(CUTS))
def test_parts_of_every_figure_equal_slow_query_and_make_the_whole(cut: str, raw: Raw, played: Story) -> None:
    period = looks(played)[1][0]
    names = [name for name in FIGURES if name not in LEVELS and cut in FIGURES[name].cuts]
    rows = kpi.breakdown(names, period, cut, limit=10_000)
    whole = kpi.figures(names, period)

    for name in names:
        bits = held(list(raw.figures[name]()), period.since, period.until, {}, of=name)
        per_parcel = cut not in OF_PARCELS and not FIGURES[name].of_parcels
        for row in rows:
            mine = [bit for bit in bits if bit.parts.get(cut, row.part if per_parcel else None) == row.part]
            assert_same(name, row.values[name], mine)
        if not FIGURES[name].over and not FIGURES[name].is_money:
            assert sum(row.values[name].value or 0 for row in rows) == whole[name].value


@pytest.mark.parametrize("step", ["hour", "day", "week", "month"])
def test_series_equal_slow_query_in_every_zone(step: str, raw: Raw, played: Story) -> None:
    names = ["opened", "first_response", "promises_kept", "messages_in", "parcels", "net_cost"]
    for zone in ZONES:
        last = BEGINS.date() + timedelta(days=3 if step == "hour" else 40)
        period = Period.between(BEGINS.date(), last, zone=zone)

        found = kpi.series(names, period, step)  # type: ignore[arg-type]

        ends = [*(start.astimezone(UTC) for start in found.starts), period.until.astimezone(UTC)]
        for name in names:
            bits = list(raw.figures[name]())
            for number, value in enumerate(found.lines[name][""]):
                assert_same(name, value, held(bits, ends[number], ends[number + 1], {}, of=name))


def test_series_by_parts_add_up_to_the_series(played: Story) -> None:
    period = Period.between(BEGINS.date(), played.now.date(), zone=ZONES[1])

    whole = kpi.series(["messages_out"], period).lines["messages_out"][""]
    parts = kpi.series(["messages_out"], period, by="agent").lines["messages_out"]

    assert len(parts) >= 3
    for number, value in enumerate(whole):
        assert sum(line[number].value or 0 for line in parts.values()) == value.value


def test_backlog_equals_what_facts_say_was_open_then(raw: Raw, played: Story) -> None:
    for period, filters in looks(played):
        until = period.until.astimezone(UTC)
        stood = [one for one in raw.open_at(until) if all(one[0][cut] in parts for cut, parts in filters.items())]

        found = kpi.figures(LEVELS, period, filters)

        assert found["backlog"].value == len(stood)
        ages = [(until - opened).total_seconds() for _parts, opened, _ticket in stood]
        assert found["backlog_age"].value == (pytest.approx(sum(ages) / len(ages), abs=1) if ages else None)


def test_backlog_series_stands_as_it_did_at_the_end_of_each_day(raw: Raw, played: Story) -> None:
    period = Period.between(BEGINS.date(), played.now.date(), zone=ZONES[4])

    found = kpi.series(["backlog"], period, by="team")

    ends = [*(start.astimezone(UTC) for start in found.starts[1:]), period.until.astimezone(UTC)]
    for number, end in enumerate(ends):
        expected: dict[str, int] = defaultdict(int)
        for parts, _opened, _ticket in raw.open_at(end):
            expected[parts["team"]] += 1
        lines = {part: line[number].value for part, line in found.lines["backlog"].items()}
        assert {part: value for part, value in lines.items() if value} == dict(expected)


def test_heat_map_equals_slow_query(raw: Raw, played: Story) -> None:
    for zone in ZONES:
        period = Period.between(BEGINS.date(), played.now.date(), zone=zone)
        expected: dict[tuple[int, int], int] = defaultdict(int)
        for bit in held(list(raw.figures["messages_in"]()), period.since, period.until, {}, of=""):
            local = bit.at.astimezone(zone)
            expected[local.weekday(), local.hour] += 1

        found = kpi.heat_map("messages_in", period)

        cells = {(day, hour): value.value for day, row in enumerate(found) for hour, value in enumerate(row)}
        assert {cell: value for cell, value in cells.items() if value} == dict(expected)


def test_funnel_equals_slow_query(raw: Raw, played: Story) -> None:
    period = Period.between(BEGINS.date(), played.now.date(), zone=ZONES[2])
    seen = 0
    for kind in STATES:
        for step in kpi.funnel(kind, period):
            stays = raw.stays(kind, step.state, period.since, period.until)
            assert step.count == len(stays)
            assert step.average == (pytest.approx(sum(stays) / len(stays)) if stays else None)
            assert step.now == sum(
                one.ticket.state == step.state and one.ticket.kind == kind for one in raw.stories.values()
            )
            behind = set(kpi.tickets_behind_state(kind, step.state, period).values_list("pk", flat=True))
            assert len(behind) <= step.count
            seen += step.count
    assert seen > 20


@pytest.mark.parametrize("name", [name for name in FIGURES if not FIGURES[name].of_parcels])
def test_tickets_behind_a_figure_are_those_it_counts(name: str, raw: Raw, played: Story) -> None:
    figure = FIGURES[name]
    for period, filters in looks(played):
        if name in LEVELS:
            expected = {
                ticket
                for parts, _opened, ticket in raw.open_at(period.until.astimezone(UTC))
                if all(parts[cut] in chosen for cut, chosen in filters.items())
            }
        else:
            bits = held(list(raw.figures[name]()), period.since, period.until, filters, of=name)
            mine = [bit for bit in bits if bit.ticket is not None]
            expected = {bit.ticket for bit in mine if bit.over or bit.top or bit.currency}  # type: ignore[misc]
            if figure.is_money:
                expected = {bit.ticket for bit in mine if bit.currency}  # type: ignore[misc]
        found = set(kpi.tickets_behind(name, period, filters).values_list("pk", flat=True))
        assert found == expected, (name, filters)


def test_misses_and_hits_of_promises_are_the_two_sides(raw: Raw, played: Story) -> None:
    period = Period.between(BEGINS.date(), played.now.date(), zone=ZONES[0])
    bits = held(list(raw.figures["promises_kept"]()), period.since, period.until, {}, of="")

    hits = set(kpi.tickets_behind("promises_kept", period, only="hits").values_list("pk", flat=True))
    misses = set(kpi.tickets_behind("promises_kept", period, only="misses").values_list("pk", flat=True))

    assert hits == {bit.ticket for bit in bits if bit.top}
    assert misses == {bit.ticket for bit in bits if not bit.top}
    assert misses


def test_rebuilding_finds_what_counting_by_and_by_has_found(played: Story) -> None:
    def rows() -> tuple[list[object], list[object]]:
        return (
            list(KpiMark.objects.order_by("ticket_id", "measure", "source").values()),
            list(KpiRollup.objects.order_by("measure", "cut", "day", "part").values()),
        )

    before = rows()
    kpi.rebuild(now=played.now)

    assert rows() == before
    assert len(before[0]) > 500
