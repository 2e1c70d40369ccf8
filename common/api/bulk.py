"""Many at once, with an answer for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from rest_framework import serializers

from common.api.errors import problem_of
from common.errors import InvalidInput


def items_of(body: Any, *, most: int, name: str = "items") -> list[Any]:
    """The list that a bulk body holds. Raises InvalidInput when there is none, or when it is too long."""
    items = body.get(name) if isinstance(body, dict) else None
    if not isinstance(items, list) or not items:
        raise InvalidInput(data={name: [_("A list with at least one item is expected.")]})
    if isinstance(body, dict) and (unknown := sorted(set(map(str, body)) - {name})):
        raise InvalidInput(data={unknown[0]: [_("There is no such field.")]})
    if len(items) > most:
        raise InvalidInput(data={name: [_("At most %(most)d at once.") % {"most": most}]})
    return items


def answer_each(items: Sequence[Any], run: Callable[[Any], dict[str, Any]], *, status: int = 200) -> dict[str, Any]:
    """`{"results": [{"index", "status", …}], "accepted", "refused"}`; each item has a savepoint of its own.

    ``run`` answers what goes into the item's answer, such as its `id`; what it raises becomes the item's `error`.
    """
    results: list[dict[str, Any]] = []
    refused = 0
    for index, item in enumerate(items):
        try:
            with transaction.atomic():
                results.append({"index": index, "status": status, **run(item)})
        except Exception as error:
            body, _headers = problem_of(error)
            if body["status"] >= 500 or (isinstance(error, DatabaseError) and body["status"] != 400):
                raise  # nothing is wrong with the item
            results.append({"index": index, "status": body["status"], "error": body})
            refused += 1
    return {"results": results, "accepted": len(results) - refused, "refused": refused}


def refuse_item(index: int, error: Exception) -> dict[str, Any]:
    """The answer to one item that cannot be taken, for views that write many rows in one statement."""
    body, _headers = problem_of(error)
    return {"index": index, "status": body["status"], "error": body}


class ItemAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """One item's answer, for the schema."""

    index = serializers.IntegerField(help_text="Place in the request, from 0.")
    status = serializers.IntegerField(help_text="What the item alone would have been answered.")
    id = serializers.CharField(required=False)
    error = serializers.DictField(required=False, help_text="A problem, when the item was refused.")


class BulkAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """Answers in the order of the items, for the schema."""

    results = ItemAnswer(many=True)
    accepted = serializers.IntegerField()
    refused = serializers.IntegerField()
