"""What conditions can be about: every field with its type, its words, its SQL and its value in Python.

Fields read history: the ticket's facts at a moment, the message and the event of that moment, and the moment itself. In
SQL ``f`` is the row of facts, ``m`` the message, ``e`` the event, ``t`` the ticket (for what never changes) and ``k``
the key with the moment ``k.at``; see ``tickets.services.rules.statement``.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from logistics.choices import IncidentType, Tier
from tickets.choices import (
    ActorKind,
    Audience,
    DelayCause,
    DeliveryProblem,
    Direction,
    Kind,
    LossWhat,
    Phase,
    Priority,
    RefusalReason,
    Resolution,
    RuleTrigger,
    Target,
    Via,
    WaitingOn,
)
from tickets.policies.events import EVENT_LABELS
from tickets.policies.operators import OPERATORS, FieldType, Label, Operator
from tickets.policies.states import STATES

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


def _of_facts(column: str) -> Callable[[Moment], Any]:
    def read(moment: Moment) -> Any:
        facts = moment.facts
        return facts[column] if isinstance(facts, Mapping) else getattr(facts, column)

    return read


def _of_message(read: Callable[[Any], Any]) -> Callable[[Moment], Any]:
    return lambda moment: ABSENT if moment.message is None else read(moment.message)


def _of_event(read: Callable[[Any], Any]) -> Callable[[Moment], Any]:
    return lambda moment: ABSENT if moment.event is None else read(moment.event)


def _of_data(key: str, *types: str) -> Callable[[Moment], Any]:
    def read(moment: Moment) -> Any:
        event = moment.event
        value = event.data.get(key) if event is not None and event.type in types else None
        return value if isinstance(value, str) else ABSENT

    return read


def _has_attachments(message: Any) -> bool:
    known = getattr(message, "has_attachments", None)
    return bool(message.attachments.exists() if known is None else known)


def _channel(message: Any) -> str:
    return str(message.connection.provider) if message.connection_id else ""


def _age(moment: Moment) -> Any:
    if moment.opened_at is None or moment.at is None:
        return ABSENT
    return (moment.at - moment.opened_at).total_seconds()


def _lane(moment: Moment) -> str:
    origin, destination = _of_facts("origin")(moment), _of_facts("destination")(moment)
    return f"{origin}-{destination}" if origin and destination else ""


def local_hour(at: datetime, zone: str) -> int:
    """The hour (0 to 23) that clocks show in a zone."""
    return at.astimezone(zoneinfo.ZoneInfo(zone)).hour


def local_weekday(at: datetime, zone: str) -> int:
    """The weekday in a zone, Monday is 0."""
    return at.astimezone(zoneinfo.ZoneInfo(zone)).weekday()


def _choices(enum: Any, *, but: tuple[Any, ...] = ()) -> Callable[[], list[tuple[Any, Label]]]:
    return lambda: [(member.value, member.label) for member in enum if member.value not in but]


@lru_cache(maxsize=1)
def _states() -> list[tuple[Any, Label]]:
    labels: dict[str, Label] = {}
    for states in STATES.values():
        for state in states.values():
            labels.setdefault(state.name, state.label)
    return list(labels.items())


@lru_cache(maxsize=1)
def _causes() -> list[tuple[Any, Label]]:
    labels: dict[str, Label] = {}
    for enum in (DelayCause, DeliveryProblem, LossWhat, RefusalReason):
        for member in enum:
            labels.setdefault(member.value, member.label)
    return list(labels.items())


def _events() -> list[tuple[Any, Label]]:
    return list(EVENT_LABELS.items())


_WEEKDAYS: tuple[Promise, ...] = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def _fact(name: str, label: Label, kind: FieldType, *, column: str = "", **more: Any) -> Field:
    column = column or name
    return Field(
        name=f"ticket.{name}",
        label=label,
        type=kind,
        sql=f"f.{column}",
        read=_of_facts(column),
        column=column,
        **more,
    )


def _said(name: str, label: Label, kind: FieldType, read: Callable[[Any], Any], *, sql: str = "", **more: Any) -> Field:
    return Field(
        name=f"message.{name}",
        label=label,
        type=kind,
        sql=sql or f"m.{name}",
        guard="m.id IS NOT NULL",
        read=_of_message(read),
        **more,
    )


def _datum(name: str, label: Label, key: str, types: tuple[str, ...], options: Any) -> Field:
    listed = ", ".join(f"'{one}'" for one in types)
    return Field(
        name=f"event.data.{name}",
        label=label,
        type=FieldType.CHOICE,
        sql=f"(e.data->>'{key}')",
        guard=f"e.type IN ({listed}) AND jsonb_typeof(e.data->'{key}') = 'string'",
        read=_of_data(key, *types),
        options=options,
        may_be_empty=False,
    )


T = FieldType
_ALL: tuple[Field, ...] = (
    _fact("kind", _("kind"), T.CHOICE, options=_choices(Kind), may_be_empty=False),
    _fact("state", _("state"), T.CHOICE, options=_states, may_be_empty=False),
    _fact("phase", _("phase"), T.CHOICE, options=_choices(Phase), may_be_empty=False, lower=True),
    _fact("waiting_on", _("waiting on"), T.CHOICE, options=_choices(WaitingOn), may_be_empty=False, lower=True),
    _fact("priority", _("priority"), T.LEVEL, options=_choices(Priority), may_be_empty=False, lower=True),
    _fact("tier", _("tier"), T.CHOICE, options=_choices(Tier), lower=False, empty=_("the customer is not known")),
    _fact("cause", _("cause"), T.CHOICE, options=_causes, lower=True, empty=_("no cause is known")),
    _fact(
        "resolution",
        _("resolution"),
        T.CHOICE,
        options=_choices(Resolution, but=("",)),
        lower=True,
        empty=_("it is not resolved"),
        filled=_("it is resolved"),
    ),
    _fact("team", _("team"), T.TEAM, column="team_id", empty=_("no team has it"), filled=_("a team has it")),
    _fact(
        "assignee", _("owner"), T.PERSON, column="assignee_id", empty=_("nobody owns it"), filled=_("somebody owns it")
    ),
    _fact(
        "customer",
        _("customer"),
        T.CUSTOMER,
        column="customer_id",
        empty=_("the customer is not known"),
        filled=_("the customer is known"),
    ),
    _fact(
        "shipment",
        _("shipment"),
        T.SHIPMENT,
        column="shipment_id",
        empty=_("no shipment is known"),
        filled=_("the shipment is known"),
    ),
    _fact("carrier", _("carrier"), T.CARRIER, column="carrier_id", empty=_("no carrier is known")),
    _fact("language", _("language"), T.LANGUAGE, empty=_("the language is not known")),
    _fact("country", _("customer's country"), T.COUNTRY, empty=_("the customer's country is not known")),
    _fact("channel", _("channel"), T.TEXT),
    _fact("origin", _("origin"), T.COUNTRY, empty=_("the origin is not known")),
    _fact("destination", _("destination"), T.COUNTRY, empty=_("the destination is not known")),
    Field(
        name="ticket.lane",
        label=_("lane"),
        type=T.LANE,
        sql="(CASE WHEN f.origin <> '' AND f.destination <> '' THEN f.origin || '-' || f.destination ELSE '' END)",
        read=_lane,
        empty=_("the lane is not known"),
    ),
    _fact("tags", _("tags"), T.WORDS, empty=_("it has no tag"), filled=_("it has a tag")),
    _fact(
        "word_hits",
        _("words found"),
        T.WORDS,
        empty=_("no listed word was found"),
        filled=_("a listed word was found"),
    ),
    _fact(
        "is_unanswered",
        _("a customer waits for an answer"),
        T.BOOLEAN,
        yes=_("a customer waits for an answer"),
        no=_("no customer waits for an answer"),
    ),
    _fact("is_snoozed", _("it is snoozed"), T.BOOLEAN, yes=_("it is snoozed"), no=_("it is not snoozed")),
    _fact("reopened_count", _("times reopened"), T.NUMBER),
    _fact("recent_tickets", _("customer's other tickets of the last 7 days"), T.NUMBER),
    Field(
        name="ticket.age",
        label=_("time since it was opened"),
        type=T.DURATION,
        sql="extract(epoch FROM (k.at - t.opened_at))",
        read=_age,
    ),
    _said(
        "audience",
        _("the message's audience"),
        T.CHOICE,
        lambda m: m.audience,
        options=_choices(Audience),
        lower=True,
        may_be_empty=False,
    ),
    _said(
        "direction",
        _("the message's direction"),
        T.CHOICE,
        lambda m: m.direction,
        options=_choices(Direction),
        lower=True,
        may_be_empty=False,
    ),
    _said("language", _("the message's language"), T.LANGUAGE, lambda m: m.language),
    _said(
        "channel",
        _("the message's channel"),
        T.TEXT,
        _channel,
        sql="coalesce((SELECT c.provider FROM common_connection c WHERE c.id = m.connection_id), '')",
    ),
    _said(
        "is_automatic",
        _("the message is automatic"),
        T.BOOLEAN,
        lambda m: m.is_automatic,
        yes=_("the message is automatic"),
        no=_("a person wrote the message"),
    ),
    _said(
        "has_attachments",
        _("the message has files"),
        T.BOOLEAN,
        _has_attachments,
        sql="EXISTS (SELECT 1 FROM tickets_attachment a WHERE a.message_id = m.id)",
        yes=_("the message has files"),
        no=_("the message has no files"),
    ),
    _said(
        "word_hits",
        _("words found in the message"),
        T.WORDS,
        lambda m: m.word_hits,
        empty=_("no listed word was found in the message"),
        filled=_("a listed word was found in the message"),
    ),
    _said(
        "tracking_numbers",
        _("tracking numbers in the message"),
        T.WORDS,
        lambda m: m.tracking_numbers,
        empty=_("the message names no tracking number"),
        filled=_("the message names a tracking number"),
    ),
    Field(
        name="event.type",
        label=_("what happened"),
        type=T.CHOICE,
        sql="e.type",
        guard="e.id IS NOT NULL",
        read=_of_event(lambda e: e.type),
        options=_events,
        may_be_empty=False,
    ),
    Field(
        name="event.actor",
        label=_("who did it"),
        type=T.CHOICE,
        sql="e.actor_kind",
        guard="e.id IS NOT NULL",
        read=_of_event(lambda e: e.actor_kind),
        options=_choices(ActorKind),
        may_be_empty=False,
        lower=True,
    ),
    Field(
        name="event.via",
        label=_("through what"),
        type=T.CHOICE,
        sql="e.via",
        guard="e.id IS NOT NULL",
        read=_of_event(lambda e: e.via),
        options=_choices(Via),
        may_be_empty=False,
    ),
    _datum(
        "target", _("the promise"), "target", ("promise_warned", "promise_breached", "promise_kept"), _choices(Target)
    ),
    _datum("incident", _("what logistics noticed"), "type", ("incident",), _choices(IncidentType)),
    Field(
        name="now.hour",
        label=_("the hour"),
        type=T.NUMBER,
        sql="extract(hour FROM k.at AT TIME ZONE {zone})",
        read=lambda moment: ABSENT if moment.at is None else moment.at,
        has_zone=True,
    ),
    Field(
        name="now.weekday",
        label=_("the weekday"),
        type=T.CHOICE,
        sql="(extract(isodow FROM k.at AT TIME ZONE {zone}) - 1)",
        read=lambda moment: ABSENT if moment.at is None else moment.at,
        options=lambda: list(enumerate(_WEEKDAYS)),
        may_be_empty=False,
        has_zone=True,
    ),
)

FIELDS: dict[str, Field] = {field.name: field for field in _ALL}
"""Name → field, in the order in which a form offers them."""

CHANGEABLE: dict[str, Field] = {
    field.name.removeprefix("ticket."): field for field in _ALL if field.group == "ticket" and field.column
}
"""What a ``changed`` leaf can be about, by its short name."""

GROUP_LABELS: dict[str, Label] = {
    "ticket": _("Ticket"),
    "message": _("Message"),
    "event": pgettext_lazy("what happened", "Event"),
    "now": pgettext_lazy("moment", "Time"),
}

_GROUPS: dict[str, frozenset[str]] = {
    RuleTrigger.EVENT: frozenset(("ticket", "message", "event", "now")),
    RuleTrigger.SENDING: frozenset(("ticket", "message", "now")),
    RuleTrigger.TIME: frozenset(("ticket", "now")),
    RuleTrigger.SCHEDULE: frozenset(("ticket", "now")),
}


def fields_for(trigger: str) -> dict[str, Field]:
    """The fields that rules of a trigger may ask about."""
    return {name: field for name, field in FIELDS.items() if field.group in _GROUPS[trigger]}


PROMISE_FIELDS: dict[str, Field] = {
    name: field for name, field in FIELDS.items() if field.column or name == "ticket.lane"
}
"""The fields that promises are chosen by: how the ticket stands, whatever the time."""


def facts_values(
    facts: Any,
    message: Any = None,
    *,
    event: Any = None,
    opened_at: datetime | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """The values of all fields that this moment has, by name, for ``matches`` and ``explain``.

    ``facts`` is a row of facts or a mapping with its columns. ``now.*`` holds the moment itself: the leaf has the zone.
    """
    moment = Moment(facts, message, event, opened_at, at)
    values = {}
    for field in _ALL:
        if (field.group == "message" and message is None) or (field.group == "event" and event is None):
            continue
        value = field.read(moment)
        if value is not ABSENT:
            values[field.name] = value
    return values
