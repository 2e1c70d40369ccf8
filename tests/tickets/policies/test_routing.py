"""Who takes a ticket: never somebody ruled out, always the same, and with a reason for everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tickets.policies.routing import (
    NO_TEAM,
    RULED_OUT,
    Candidate,
    Choice,
    Taker,
    TeamCard,
    Wanted,
    Why,
    against,
    choose,
    fits_lane,
    takes_over,
)

KINDS = ("clearance", "delay", "loss")
LANGUAGES = ("en", "de", "zh-Hans", "zh-Hant")
LANES = ("CN-DE", "CN-*", "*-DE", "US-MX")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def some(*values: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


teams = st.builds(
    TeamCard,
    id=st.integers(1, 4),
    kinds=some(*KINDS),
    languages=some(*LANGUAGES),
    lanes=some(*LANES),
    skills=some(*KINDS),
    is_open=st.booleans(),
)
candidates = st.lists(
    st.builds(
        Candidate,
        user=st.integers(1, 6),
        team=teams,
        languages=some(*LANGUAGES),
        skills=some(*KINDS, "batteries"),
        capacity=st.integers(1, 4),
        load=st.integers(0, 5),
        is_away=st.booleans(),
        may=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: (one.user, one.team.id),
)
wishes = st.builds(
    Wanted,
    kind=st.sampled_from(KINDS),
    language=st.sampled_from(("", *LANGUAGES)),
    lane=st.sampled_from(("", "CN-DE", "US-MX")),
    tags=some("batteries", "fragile"),
    team=st.none() | st.integers(1, 4),
    named=st.none() | st.integers(1, 6),
    stand_in=st.none() | st.integers(1, 6),
)


@given(wishes, candidates)
def test_nobody_is_chosen_whom_something_rules_out(wanted: Wanted, people: list[Candidate]) -> None:
    choice = choose(wanted, people)

    fit = [one for one in people if not against(wanted, one)]
    assert (choice.user is not None) == bool(fit)
    if choice.user is not None:
        assert (choice.user, choice.team) in [(one.user, one.team.id) for one in fit]


@given(wishes, candidates, st.randoms())
def test_the_order_in_which_people_are_looked_at_changes_nothing(
    wanted: Wanted, people: list[Candidate], random: object
) -> None:
    shuffled = list(people)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    one, other = choose(wanted, people), choose(wanted, shuffled)

    assert (one.user, one.team) == (other.user, other.team)
    assert set(one.verdicts) == set(other.verdicts)


@given(wishes, candidates)
def test_everybody_gets_a_verdict_with_a_reason(wanted: Wanted, people: list[Candidate]) -> None:
    choice = choose(wanted, people)

    assert [(one.user, one.team) for one in choice.verdicts] == [(one.user, one.team.id) for one in people]
    assert all(one.why for one in choice.verdicts)
    assert [one.chosen for one in choice.verdicts].count(True) == (choice.user is not None)
    for one in choice.verdicts:
        assert one.chosen == (Why.CHOSEN in one.why)
        assert not (one.chosen and RULED_OUT.intersection(one.why))


@given(wishes, candidates)
def test_of_equals_nobody_has_less_to_do_than_the_chosen(wanted: Wanted, people: list[Candidate]) -> None:
    choice = choose(wanted, people)

    for verdict, one in zip(choice.verdicts, people, strict=True):
        if Why.MORE_TO_DO in verdict.why:
            chosen = next(other for other in people if (other.user, other.team.id) == (choice.user, choice.team))
            assert one.load / one.capacity > chosen.load / chosen.capacity


def why(choice: Choice, user: int) -> tuple[Why, ...]:
    return next(one.why for one in choice.verdicts if one.user == user)


def test_the_vips_person_comes_first_whatever_their_team_works_on() -> None:
    team = TeamCard(1, kinds=frozenset({"loss"}))
    people = [Candidate(1, team, load=5), Candidate(2, TeamCard(2))]

    choice = choose(Wanted("clearance", named=1), people)

    assert choice.user == 1
    assert why(choice, 1) == (Why.CHOSEN, Why.NAMED)
    assert why(choice, 2) == (Why.FITS_LESS,)


def test_the_stand_in_comes_when_the_vips_person_is_away() -> None:
    people = [Candidate(1, TeamCard(1), is_away=True), Candidate(2, TeamCard(1), load=9), Candidate(3, TeamCard(1))]

    choice = choose(Wanted("clearance", named=1, stand_in=2), people)

    assert choice.user == 2
    assert why(choice, 1) == (Why.AWAY,)
    assert why(choice, 2) == (Why.CHOSEN, Why.STANDS_IN)


def test_a_person_outside_all_teams_leaves_the_ticket_with_the_team_it_has() -> None:
    choice = choose(Wanted("clearance", team=3, named=1), [Candidate(1, NO_TEAM)])
    assert (choice.user, choice.team) == (1, 3)


def test_members_without_skills_have_those_of_their_team() -> None:
    team = TeamCard(1, skills=frozenset({"loss"}))
    choice = choose(Wanted("clearance"), [Candidate(1, team), Candidate(2, team, skills=frozenset({"clearance"}))])
    assert (choice.user, why(choice, 1)) == (2, (Why.NO_SKILL,))


def test_whoever_reads_simplified_chinese_takes_what_is_written_in_traditional() -> None:
    team = TeamCard(1)
    people = [Candidate(1, team), Candidate(2, team, languages=frozenset({"zh-Hans"}), load=3)]
    assert choose(Wanted("delay", language="zh-Hant"), people).user == 2


def test_a_lane_may_leave_an_end_open() -> None:
    assert fits_lane("CN-DE", frozenset({"CN-*"}))
    assert fits_lane("CN-DE", frozenset({"*-DE"}))
    assert not fits_lane("CN-DE", frozenset({"DE-CN", "US-*"}))
    assert fits_lane("", frozenset())
    assert not fits_lane("", frozenset({"CN-*"}))


def test_without_anybody_there_the_team_that_opens_first_keeps_it() -> None:
    closed = [Candidate(1, TeamCard(1, is_open=False)), Candidate(2, TeamCard(2, is_open=False))]
    assert choose(Wanted("delay"), closed, opens_next=(2, 1)).team == 2


BERLIN = Taker(TeamCard(1, languages=frozenset({"de"})), NOW, NOW + timedelta(hours=8))
NEW_YORK = Taker(TeamCard(2), NOW, NOW + timedelta(hours=9))
LATER = Taker(TeamCard(3), NOW + timedelta(hours=3), NOW + timedelta(hours=12))


def taken_by(wanted: Wanted, *takers: Taker, hours: int = 15, follows: int | None = None) -> int | None:
    card = takes_over(wanted, takers, before=NOW + timedelta(hours=hours), follows=follows)
    return card.id if card else None


def test_a_shift_goes_to_whoever_names_the_language_then_to_whoever_stays_longest() -> None:
    assert taken_by(Wanted("delay", language="de"), NEW_YORK, BERLIN) == 1
    assert taken_by(Wanted("delay", language="es"), BERLIN, NEW_YORK, LATER) == 2


def test_a_shift_goes_to_the_team_that_follows_if_it_is_there_in_time() -> None:
    assert taken_by(Wanted("delay"), NEW_YORK, LATER, follows=3) == 3
    assert taken_by(Wanted("delay"), NEW_YORK, LATER, follows=3, hours=2) == 2


def test_a_ticket_nobody_can_take_before_the_team_is_back_stays() -> None:
    assert taken_by(Wanted("delay"), LATER, hours=2) is None
    assert taken_by(Wanted("delay", language="es"), BERLIN) is None
