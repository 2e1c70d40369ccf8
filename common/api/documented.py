"""What a view's method tells its readers: the schema is drawn from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

type Described = Any
"""A Serializer class, an instance of one, or a JSON Schema as a mapping; None: no body."""


@dataclass(frozen=True, slots=True)
class Documented:
    """See ``documented``."""

    operation_id: str
    summary: str = ""
    body: Described = None
    answer: Described = None
    many: bool = False
    status: int = 200
    problems: Sequence[str] = ()
    versioned: bool = False
    body_example: Any = None
    answer_example: Any = None
    media_type: str = "application/json"
    other_media_type: str = ""
    body_media_type: str = "application/json"
    more_answers: Mapping[int, Described] = field(default_factory=dict)
    tag: str = ""


def documented(operation_id: str, **named: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a method of a view for the schema; the method's docstring is its description.

    ``operation_id`` reads like `tickets_messages_create`: path, then list, read, create, update, delete or
    what it does.
    ``body`` and ``answer`` are what is sent and answered with ``status``; with ``many`` the answer is a page of it.
    ``problems`` names codes of the catalogue beyond those that every address has (key, scope, rate, form,
    Idempotency-Key). ``versioned`` says that answers have an ETag, and that a write looks at `If-Match`. Examples are
    plain values. ``media_type`` is set where the answer is no JSON (``other_media_type`` where it may be another one),
    ``body_media_type`` to multipart/form-data for files.
    """

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        method.documented = Documented(operation_id, **named)  # type: ignore[attr-defined]
        return method

    return mark
