"""Every refusal of ours that the API may meet has a line in the catalogue."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework import serializers

import channels_integrations
import knowledge_base
import logistics
import tickets
from common.api.errors import CATALOGUE, answer_to, problem_of
from common.errors import DomainError, InvalidInput
from config import urls

INSIDE = {
    # Raised where no request of the API waits: receiving, sending, reading, the desk's own pages, commands.
    "error", "malformed", "unsupported", "signature_refused", "delivery_failed", "request_failed", "never_open",
    "address_refused", "chain_export_refused", "recipient_unreachable", "file_not_available", "mailbox_failed",
    "template_unusable", "values_missing", "link_refused", "saved_meanwhile", "kpi_refused", "key_refused",
    "letter_refused", "webhook_refused",  # each of its refusals has a code of its own
}  # fmt: skip


def every_class(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for one in base.__subclasses__():
        yield one
        yield from every_class(one)


def test_every_code_is_in_the_catalogue_or_known_to_stay_inside() -> None:
    assert urls.urlpatterns
    for app in (tickets, logistics, channels_integrations, knowledge_base):
        for module in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    codes = {one.code for one in every_class() if not one.__module__.startswith("tests.") and one.code not in INSIDE}

    assert codes - set(CATALOGUE) == set(), "declare it (common.api.errors.declare), or say here why it stays inside"


def test_errors_of_nested_fields_are_named_by_their_path() -> None:
    class Line(serializers.Serializer[Any]):
        quantity = serializers.IntegerField()

    class Order(serializers.Serializer[Any]):
        lines = Line(many=True)

        def validate(self, attrs: Any) -> Any:
            raise serializers.ValidationError("Nothing fits.")

    wrong = Order(data={"lines": [{"quantity": 1}, {"quantity": "x"}]})
    assert not wrong.is_valid()
    whole = Order(data={"lines": [{"quantity": 1}]})
    assert not whole.is_valid()

    assert problem_of(serializers.ValidationError(wrong.errors))[0]["errors"] == {
        "lines.1.quantity": ["A valid integer is required."]
    }
    assert problem_of(serializers.ValidationError(whole.errors))[0]["errors"] == {"body": ["Nothing fits."]}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidInput("No.", data={"a": ["No."]}), 400, "invalid_input"),
        (InvalidInput("No.", data={"limit": 5}), 400, "invalid_input"),
        (DomainError("No.", code="something_of_its_own"), 409, "something_of_its_own"),
        (RuntimeError("x"), 500, "internal_error"),
    ],
)
def test_each_error_has_a_status_and_a_code(error: Exception, status: int, code: str) -> None:
    answer = answer_to(error)

    assert (answer.status_code, answer.data["code"]) == (status, code)
