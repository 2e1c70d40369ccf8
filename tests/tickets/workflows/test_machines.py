"""Every machine as a graph: no dead state, a resolved end in reach from everywhere, nothing undeclared."""

from __future__ import annotations

import pytest
from django.db import models

from common.inputs import Money
from tickets.choices import ActorKind, Kind
from tickets.models import DETAILS, Ticket
from tickets.policies.states import CLOSED, DISMISSED, STATES, initial_state, main_state
from tickets.services.effects import EFFECTS
from tickets.workflows import WORKFLOWS
from tickets.workflows.way import Way

KINDS = [kind.value for kind in Kind]


def ways(kind: str, *, own: bool = False) -> dict[str, Way]:
    found: dict[str, Way] = WORKFLOWS[kind].ways()  # type: ignore[attr-defined]
    return {name: way for name, way in found.items() if name in vars(WORKFLOWS[kind])} if own else found


def graph(kind: str, *, own: bool = False) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {name: set() for name in STATES[kind]}
    for way in ways(kind, own=own).values():
        for source in way.sources(kind):
            edges[source] |= set(way.ends(kind))
    return edges


def reach(edges: dict[str, set[str]], start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for end in edges[waiting.pop()] - seen:
            seen.add(end)
            waiting.append(end)
    return seen


def test_every_kind_has_its_workflow_and_its_details() -> None:
    assert set(WORKFLOWS) == set(DETAILS) == set(KINDS)
    assert all(WORKFLOWS[kind].workflow_kind == kind for kind in KINDS)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_is_reached_by_the_kinds_own_ways(kind: str) -> None:
    own = set(STATES[kind]) - {DISMISSED.name, CLOSED.name}

    assert reach(graph(kind, own=True), initial_state(kind).name) >= own


@pytest.mark.parametrize("kind", KINDS)
def test_resolved_end_is_in_reach_from_every_open_state_without_dismissing(kind: str) -> None:
    edges = graph(kind, own=True)
    ends = {name for name, state in STATES[kind].items() if state.phase == "resolved" and name != DISMISSED.name}

    for name, state in STATES[kind].items():
        if state.is_open:
            assert reach(edges, name) & ends, name


@pytest.mark.parametrize("kind", KINDS)
def test_every_resolved_end_is_reached(kind: str) -> None:
    ends = {name for name, state in STATES[kind].items() if state.phase == "resolved"}

    assert reach(graph(kind), initial_state(kind).name) >= ends


@pytest.mark.parametrize("kind", KINDS)
def test_ways_name_states_of_their_kind_alone(kind: str) -> None:
    for way in ways(kind).values():
        assert {*way.sources(kind), *way.ends(kind)} <= set(STATES[kind]), way.name


@pytest.mark.parametrize("kind", KINDS)
def test_strip_leads_from_the_beginning_to_a_resolved_end(kind: str) -> None:
    strip = WORKFLOWS[kind].strip  # type: ignore[attr-defined]

    assert strip[0] == initial_state(kind).name
    assert STATES[kind][strip[-1]].phase == "resolved"
    assert len(set(strip)) == len(strip)


@pytest.mark.parametrize("kind", KINDS)
def test_reopening_leads_to_where_the_ball_is_ours(kind: str) -> None:
    assert main_state(kind).waiting_on == ("us",)
    assert main_state(kind).is_open


@pytest.mark.parametrize("kind", KINDS)
def test_permissions_are_declared_and_ways_of_scans_need_no_input(kind: str) -> None:
    declared = {f"tickets.{codename}" for codename, _label in Ticket._meta.permissions}

    for way in ways(kind).values():
        assert way.permission in declared, way.name
        if way.scan:
            assert ActorKind.SCAN in way.by
            assert not [entry.name for entry in way.inputs if entry.required], way.name


@pytest.mark.parametrize("kind", KINDS)
def test_inputs_are_stored_in_fields_that_can_hold_them(kind: str) -> None:
    fields = {field.name: field for field in DETAILS[kind]._meta.get_fields() if isinstance(field, models.Field)}

    for way in ways(kind).values():
        for entry in way.inputs:
            names = [entry.stores, entry.stores_currency] if isinstance(entry, Money) else [entry.stores]
            for name in filter(None, names):
                assert name in fields, f"{way.name}.{entry.name}"
                longest = getattr(entry, "max_length", None)
                room = getattr(fields[name], "max_length", None)
                if longest and room and not getattr(entry, "long", False):
                    assert longest <= room, f"{way.name}.{entry.name}"
                assert not (getattr(entry, "long", False) and room), f"{way.name}.{entry.name}"


def test_effects_belong_to_declared_ways() -> None:
    assert [key for key in EFFECTS if key[1] not in ways(key[0])] == []
