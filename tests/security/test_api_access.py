"""Every address of the API, asked by everybody: the answer is the table's, a refusal does and tells nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from common.api.documented import Documented
from common.api.views import ApiView, ListView
from tests.security import api_walking as walking
from tests.security.api_walking import CALLERS, STRANGERS, Case, Route, World
from tickets.services.roles import set_up_roles

walking.load_cases()
ROUTES = list(walking.routes())
TABLE = walking.read_table()


@pytest.fixture
def world(db: None, settings: Any) -> World:
    set_up_roles()
    settings.API_REQUESTS_PER_MINUTE = settings.API_STAFF_REQUESTS_PER_MINUTE = 1_000_000
    return walking.build_world()


def test_every_address_has_a_case_and_a_line_and_declares_its_scopes() -> None:
    patterns = {route.pattern for route in ROUTES}

    assert patterns == set(walking.CASES), "register it in tests/security/api_cases"
    assert {(f"/api/v1/{route.pattern}", method) for route in ROUTES for method in route.methods} == set(TABLE)
    for route in ROUTES:
        assert issubclass(route.view, ApiView), route.pattern
        for method in route.methods:
            handler = getattr(route.view, method.lower())
            assert isinstance(handler.documented, Documented), (route.pattern, method)


def test_everybody_is_answered_as_the_table_says_and_refusals_do_and_tell_nothing(world: World) -> None:
    cases = [(route, walking.CASES[route.pattern](world, world.own)) for route in ROUTES]
    others = [walking.CASES[route.pattern](world, world.foreign) for route in ROUTES]
    secret = [mark.encode() for other in others for mark in other.marks]
    seen: dict[tuple[str, str], str] = {}
    wrong: list[str] = []

    for (route, own), foreign in zip(cases, others, strict=True):
        answers: dict[tuple[str, str], Any] = {}
        for method, caller, answer in walking.walk(route, world, own, foreign):
            key = (f"/api/v1/{route.pattern}", method)
            seen[key] = seen.get(key, "") + (answer.letter if answer else "-")
            if answer is None:
                continue
            answers[method, caller] = answer
            where = f"{method} {route.pattern} as {caller}"
            if answer.written and (method == "GET" or answer.status >= 400):
                wrong.append(f"{where}: {answer.status}, but wrote {answer.written}")
            if answer.status >= 500:
                wrong.append(f"{where}: {answer.body[:300]!r}")
            if caller not in {"st", "sn"}:
                wrong += [f"{where}: told {mark!r}" for mark in secret if mark in answer.body]
        wrong += _foreign_is_as_none(route, answers)
        wrong += _conditions_and_feelers(route, world, own, foreign, secret)

    lines = [
        f"{method} {key} {letters}"
        for (key, method), letters in sorted(seen.items())
        if TABLE.get((key, method)) != letters
    ]
    assert wrong == []
    assert lines == [], "lines of api_table.txt that would be true"


def test_the_table_lets_no_stranger_in_and_no_partner_at_what_is_not_theirs() -> None:
    order = list(CALLERS)
    for key, letters in TABLE.items():
        said = dict(zip(order, letters, strict=True))
        assert {said[caller] for caller in STRANGERS} == {"K"}, key
        assert said["ps"] == "F", key
        assert said["pf"] in "NFI-", key
        assert said["pn"] in "NFI-", key


def _foreign_is_as_none(route: Route, answers: dict[tuple[str, str], Any]) -> list[str]:
    """What is another's is answered in the same words, after the same work, as what is not there."""
    wrong = []
    for method in route.methods:
        foreign, none = answers.get((method, "pf")), answers.get((method, "pn"))
        if foreign is None or none is None:
            continue
        if (foreign.status, foreign.told) != (none.status, none.told):
            wrong.append(f"{method} {route.pattern}: {foreign.told[:200]!r} is not {none.told[:200]!r}")
        if foreign.queries != none.queries:
            wrong.append(f"{method} {route.pattern}: {foreign.queries} queries, not {none.queries}")
    return wrong


def _conditions_and_feelers(route: Route, world: World, own: Case, foreign: Case, secret: list[bytes]) -> list[str]:
    """Neither ETags nor filters say anything of another's."""
    wrong = []
    if own.kwargs:
        for method in route.methods:
            header = "if-none-match" if method == "GET" else "if-match"
            answer = walking.ask(route, method, "pf", world, own, foreign, **{header: "*"})
            if answer is None or answer.status not in {403, 404}:
                wrong.append(f"{method} {route.pattern} with {header}: {answer and answer.status}")
    if issubclass(route.view, ListView) and "GET" in route.methods:
        queries = [f"ordering={name}" for name in route.view.orderings] + list(foreign.feelers)
        for query in queries:
            path = f"{walking.address(route, own.kwargs)}?{query}"
            headers = {"authorization": f"Bearer {world.keys['po']}"}
            answer = walking.knock(Client(), "GET", path, None, headers)
            wrong += [f"{query} of {route.pattern} told {mark!r}" for mark in secret if mark in answer.body]
            if query in foreign.feelers and answer.status == 200 and json.loads(answer.body)["results"]:
                wrong.append(f"{query} of {route.pattern} found {answer.body[:200]!r}")
            if answer.status not in {200, 403}:
                wrong.append(f"{query} of {route.pattern}: {answer.status} {answer.body[:200]!r}")
    return wrong
