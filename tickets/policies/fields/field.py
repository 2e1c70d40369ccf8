"""What a field is, how its value is read, and how the fields of facts, messages and events are declared."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets.policies.operators import OPERATORS, FieldType, Label, Operator

ABSENT = object()
"""The value of a field that a moment does not have: it is left out of the values."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a set of values is read from. ``facts`` is a row of facts or a mapping with its columns."""

    facts: Any
    message: Any = None
    event: Any = None
    opened_at: datetime | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. ``sql`` is its expression, ``guard`` says in SQL when it is there at all, ``read`` is its value.

    ``options`` lists the values of a choice. ``empty`` and ``filled`` are whole sentences in place of "… is empty".
    ``column`` names the facts' column that a ``changed`` leaf compares. ``has_zone``: a leaf may name its time zone.
    ``lower``: in a sentence the value's label begins small in languages that tell.
    """

    name: str
    label: Label
    type: FieldType
    sql: str
    read: Callable[[Moment], Any]
    options: Callable[[], list[tuple[Any, Label]]] | None = None
    guard: str = ""
    empty: Label = ""
    filled: Label = ""
    yes: Label = ""
    no: Label = ""
    column: str = ""
    may_be_empty: bool = True
    has_zone: bool = False
    lower: bool = False

    @property
    def group(self) -> str:
        """``ticket``, ``message``, ``event`` or ``now``."""
        return self.name.partition(".")[0]

    @property
    def operators(self) -> dict[str, Operator]:
        """The operators of its type; those about emptiness only where it may be empty."""
        operators = OPERATORS[self.type]
        if self.may_be_empty:
            return operators
        return {name: one for name, one in operators.items() if name not in ("is_empty", "is_not_empty")}


def of_facts(column: str) -> Callable[[Moment], Any]:
    def read(moment: Moment) -> Any:
        facts = moment.facts
        return facts[column] if isinstance(facts, Mapping) else getattr(facts, column)

    return read


def of_message(read: Callable[[Any], Any]) -> Callable[[Moment], Any]:
    return lambda moment: ABSENT if moment.message is None else read(moment.message)


def of_event(read: Callable[[Any], Any]) -> Callable[[Moment], Any]:
    return lambda moment: ABSENT if moment.event is None else read(moment.event)


def of_data(key: str, *types: str) -> Callable[[Moment], Any]:
    def read(moment: Moment) -> Any:
        event = moment.event
        value = event.data.get(key) if event is not None and event.type in types else None
        return value if isinstance(value, str) else ABSENT

    return read


def has_attachments(message: Any) -> bool:
    known = getattr(message, "has_attachments", None)
    return bool(message.attachments.exists() if known is None else known)


def channel_of(message: Any) -> str:
    return str(message.connection.provider) if message.connection_id else ""


def age_of(moment: Moment) -> Any:
    if moment.opened_at is None or moment.at is None:
        return ABSENT
    return (moment.at - moment.opened_at).total_seconds()


def lane_of(moment: Moment) -> str:
    origin, destination = of_facts("origin")(moment), of_facts("destination")(moment)
    return f"{origin}-{destination}" if origin and destination else ""


def local_hour(at: datetime, zone: str) -> int:
    """The hour (0 to 23) that clocks show in a zone."""
    return at.astimezone(zoneinfo.ZoneInfo(zone)).hour


def local_weekday(at: datetime, zone: str) -> int:
    """The weekday in a zone, Monday is 0."""
    return at.astimezone(zoneinfo.ZoneInfo(zone)).weekday()


def fact(name: str, label: Label, kind: FieldType, *, column: str = "", **more: Any) -> Field:
    column = column or name
    return Field(
        name=f"ticket.{name}",
        label=label,
        type=kind,
        sql=f"f.{column}",
        read=of_facts(column),
        column=column,
        **more,
    )


def said(name: str, label: Label, kind: FieldType, read: Callable[[Any], Any], *, sql: str = "", **more: Any) -> Field:
    return Field(
        name=f"message.{name}",
        label=label,
        type=kind,
        sql=sql or f"m.{name}",
        guard="m.id IS NOT NULL",
        read=of_message(read),
        **more,
    )


def datum(name: str, label: Label, key: str, types: tuple[str, ...], options: Any) -> Field:
    listed = ", ".join(f"'{one}'" for one in types)
    return Field(
        name=f"event.data.{name}",
        label=label,
        type=FieldType.CHOICE,
        sql=f"(e.data->>'{key}')",
        guard=f"e.type IN ({listed}) AND jsonb_typeof(e.data->'{key}') = 'string'",
        read=of_data(key, *types),
        options=options,
        may_be_empty=False,
    )
