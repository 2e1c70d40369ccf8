"""Whatever the API is sent, it answers as its schema says and never breaks: schemathesis over every operation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from tests.security import api_walking as walking
from tests.security.api_walking import World
from tickets.services.roles import set_up_roles

walking.load_cases()
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 12
"""For each operation and caller: with some hundred operations, two thousand requests."""


@pytest.fixture(autouse=True)
def _connection_stays() -> Iterator[None]:
    """The test's transaction is the requests' too: as Django's own test client does, keep its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(db: None, settings: Any) -> World:
    set_up_roles()
    settings.API_REQUESTS_PER_MINUTE = settings.API_STAFF_REQUESTS_PER_MINUTE = 1_000_000
    settings.ALLOWED_HOSTS = ["*"]
    return walking.build_world()


@pytest.mark.slow
@pytest.mark.parametrize("caller", ["po", "st"], ids=lambda short: walking.CALLERS[short])
def test_api_answers_whatever_is_sent_as_its_schema_says(world: World, caller: str) -> None:
    ours = {
        "/api/v1/" + re.sub(r"<[^>]+>", "{}", route.pattern): _in_order(route.pattern, world)
        for route in walking.routes()
    }
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
    headers = {"Authorization": f"Bearer {world.keys[caller]}"}
    failures: list[str] = []
    known = 0

    for result in schema.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr] # what is no operation breaks the test
        known += 1
        try:
            _send_all(operation, headers=headers, ours=_named(operation.path, ours))
        except BaseExceptionGroup as failure:  # schemathesis raises groups; all operations are tried in one run
            failures.append(f"{operation.method.upper()} {operation.path}: {failure}")

    assert failures == [], "\n\n".join(failures)
    assert known == len(walking.read_table())


def _in_order(pattern: str, world: World) -> list[Any]:
    """What an object of the partner's own puts into an address."""
    kwargs = walking.CASES[pattern](world, world.own).kwargs
    return [kwargs[name] for name in re.findall(r"<(?:\w+:)?(\w+)>", pattern)]


def _named(path: str, ours: dict[str, list[Any]]) -> dict[str, Any]:
    """The same under the names that the schema has for them."""
    return dict(zip(re.findall(r"{(\w+)}", path), ours[re.sub(r"{\w+}", "{}", path)], strict=True))


def _send_all(operation: Any, *, headers: dict[str, str], ours: dict[str, Any]) -> None:
    """Send an operation what its schema allows, and what it does not, at our object and at others."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of(operation.as_strategy(), operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)),
        at_ours=st.booleans(),
    )
    def send(case: Any, at_ours: bool) -> None:
        if at_ours and ours:
            case.path_parameters = {**(case.path_parameters or {}), **ours}
        if case.query:
            case.query.pop("fields", None)  # who asks for some fields is answered less than the schema requires
        with transaction.atomic():  # each request finds the same world
            case.call_and_validate(headers=headers, checks=CHECKS)
            assert not connection.needs_rollback
            transaction.set_rollback(True)

    send()
