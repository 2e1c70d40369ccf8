"""What an event of the log holds, as names and values that people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import words
from common.inputs import Amounts, Choice, Day, Input, Moment, Several
from common.models import User
from logistics.choices import IncidentType
from logistics.models import Partner
from logistics.models.advisory import AdvisoryCause
from tickets.admin.event_words import state_label
from tickets.admin.routing import why_words
from tickets.admin.workflow import workflow_of
from tickets.choices import (
    Audience,
    BreachCause,
    CallBy,
    ClaimState,
    CompensationState,
    EscalationEnd,
    HandoverWhy,
    Kind,
    LinkType,
    MessageStatus,
    Priority,
    RunOutcome,
    Target,
    WaitingOn,
    WhomKind,
)
from tickets.models import EscalationPolicy, Rule, Team, TicketEvent
from tickets.policies.channel_names import channel_label

Names = dict[str, dict[int, str]]
_NUMBERS = {
    "assignee": "user",
    "assignee_before": "user",
    "user": "user",
    "team": "team",
    "team_before": "team",
    "policy": "ladder",
    "partner": "partner",
    "rule": "rule",
}
_TABLES: dict[str, type[Model]] = {"ladder": EscalationPolicy, "partner": Partner, "rule": Rule}
_MOMENTS = ("at", "until", "opens_at", "promise_at", "due_at")
_ONLY_NUMBERS = {"clock", "page", "escalation", "escalations", "advisory", "handover", "compensation", "claim"}
"""Rows of other tables by number alone: they say nothing to people."""
_LABELS: dict[str, Any] = {
    "way": gettext_lazy("step"),
    "from": gettext_lazy("from"),
    "to": gettext_lazy("to"),
    "waiting_on": gettext_lazy("waiting on"),
    "kind": gettext_lazy("kind"),
    "score": gettext_lazy("mark"),
    "state": gettext_lazy("state"),
    "priority": gettext_lazy("priority"),
    "text": gettext_lazy("text"),
    "note": gettext_lazy("note"),
    "message": gettext_lazy("message"),
    "channel": gettext_lazy("channel"),
    "audience": gettext_lazy("audience"),
    "assignee": gettext_lazy("owner"),
    "assignee_before": gettext_lazy("owner before"),
    "team": gettext_lazy("team"),
    "team_before": gettext_lazy("team before"),
    "user": gettext_lazy("person"),
    "attachments": gettext_lazy("files"),
    "names": gettext_lazy("names"),
    "incident": gettext_lazy("incident"),
    "type": gettext_lazy("type"),
    "subject": gettext_lazy("subject"),
    "at": gettext_lazy("happened"),
    "until": gettext_lazy("until"),
    "by": gettext_lazy("by"),
    "shipment": gettext_lazy("shipment"),
    "customer": gettext_lazy("customer"),
    "partner": gettext_lazy("partner"),
    "ticket": gettext_lazy("ticket"),
    "messages": gettext_lazy("messages"),
    "connection": gettext_lazy("connection"),
    "detail": gettext_lazy("why"),
    "code": gettext_lazy("why"),
    "before": gettext_lazy("before"),
    "after": gettext_lazy("after"),
    "instead_of": gettext_lazy("instead of message"),
    "tags": gettext_lazy("tags"),
    "why": gettext_lazy("why"),
    "candidates": gettext_lazy("candidates"),
    "opens_at": gettext_lazy("at work again"),
    "promise_at": gettext_lazy("promised by then"),
    "policy": gettext_lazy("escalation"),
    "level": gettext_lazy("level"),
    "end": gettext_lazy("how it ended"),
    "whom": gettext_lazy("whom"),
    "by_hand": gettext_lazy("told by hand"),
    "target": gettext_lazy("promise"),
    "due_at": gettext_lazy("due"),
    "percent": gettext_lazy("percent of the time gone"),
    "cause": gettext_lazy("cause"),
    "lane": gettext_lazy("lane"),
    "rule": gettext_lazy("rule"),
    "outcome": gettext_lazy("outcome"),
    "template": gettext_lazy("template"),
    "missing": gettext_lazy("missing"),
    "tells": gettext_lazy("counts as an update"),
    "compensation_state": gettext_lazy("compensation"),
    "claim_state": gettext_lazy("claim"),
}
_CHOICES: dict[str, Any] = {
    "waiting_on": WaitingOn,
    "kind": Kind,
    "audience": Audience,
    "priority": Priority,
    "target": Target,
    "end": EscalationEnd,
    "whom": WhomKind,
    "outcome": RunOutcome,
    "compensation_state": CompensationState,
    "claim_state": ClaimState,
}


def named_in(events: Iterable[TicketEvent]) -> Names:
    """The names of what some events know by number: at most a query for each kind, however many events."""
    numbers: dict[str, set[int]] = {table: set() for table in ("user", "team", *_TABLES)}
    for event in events:
        for name, table in _NUMBERS.items():
            if isinstance(number := event.data.get(name), int):
                numbers[table].add(number)
        for one in _candidates(event):
            numbers["user"].add(one["user"])
    people = {one.pk: str(one) for one in User.objects.filter(pk__in=numbers["user"]).only("full_name", "email")}
    teams = dict(Team.objects.filter(pk__in=numbers["team"]).values_list("pk", "name"))
    named = {
        table: {one.pk: str(one) for one in model._default_manager.filter(pk__in=numbers[table])}
        for table, model in _TABLES.items()
    }
    return {"user": people, "team": teams, **named}


def event_details(event: TicketEvent, kind: str, names: Names) -> list[tuple[str, str]]:
    """What the event holds besides, as names and values. ``names`` come from ``named_in``."""
    rows = []
    inputs = _inputs_of(event, kind)
    for name, value in event.data.items():
        if name in _ONLY_NUMBERS or (name == "level" and not value):
            continue
        table = _NUMBERS.get(name)
        known = names.get(table, {}).get(value, "") if table and isinstance(value, int) else ""
        if name == "candidates":
            known = _said_of(event, names) or "—"
        rows.append((_label(name, inputs), known or _value(name, value, event, kind, inputs)))
    return rows


def _candidates(event: TicketEvent) -> list[dict[str, Any]]:
    """Those of whom somebody thought when an owner was looked for."""
    found = event.data.get("candidates") if event.type == "routed" else None
    return [one for one in found or () if isinstance(one, dict) and isinstance(one.get("user"), int)]


def _said_of(event: TicketEvent, names: Names) -> str:
    said = [(names["user"].get(one["user"], str(one["user"])), why_words(one)) for one in _candidates(event)]
    return "; ".join(f"{name}: {why}" for name, why in said)


def content_details(event: TicketEvent, kind: str, content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An event's personal content, as names and values."""
    inputs = _inputs_of(event, kind)
    return [(_label(name, inputs), _value(name, value, event, kind, inputs)) for name, value in content.items()]


def _inputs_of(event: TicketEvent, kind: str) -> dict[str, Input]:
    """What the form of the step asked for, by name; empty for everything but steps."""
    way = workflow_of(kind).ways().get(str(event.data.get("way", ""))) if event.type == "transition" else None
    return {entry.name: entry for entry in way.inputs} if way else {}


def _label(name: str, inputs: Mapping[str, Input]) -> str:
    if name in inputs and name not in ("from", "to"):
        return str(inputs[name].label)
    if name.endswith("_currency"):
        return _("Currency")
    return str(_LABELS.get(name, name.replace("_", " ")))


def _value(name: str, value: Any, event: TicketEvent, kind: str, inputs: Mapping[str, Input]) -> str:
    """A value as people say it."""
    if name in ("from", "to", "state"):
        return _place(value, kind)
    if name == "way":
        way = workflow_of(kind).ways().get(str(value))
        return str(way.label) if way else str(value)
    if name == "channel":
        return channel_label(value) if value else "—"
    if name in inputs:
        return _filled_in(inputs[name], value)
    if name in _MOMENTS:
        return _time(value)
    choices = _choices_of(name, event.type)
    return _of_choices(choices, value) if choices else _plain(value)


def _choices_of(name: str, event_type: str) -> Any:
    """Of which choices a value is one, or a list of some; None when of none."""
    if name == "type":
        return LinkType if event_type == "linked" else IncidentType
    if name == "cause":
        return AdvisoryCause if event_type.startswith("advisory") else BreachCause
    if name == "by":
        return CallBy if event_type in ("paged", "call_not_delivered") else None
    if name == "why":
        return HandoverWhy if event_type == "handed_over" else None
    return _CHOICES.get(name)


def _place(value: Any, kind: str) -> str:
    """Where something came from or went to: a state, a message's status or a priority."""
    for choices in (MessageStatus, Priority):
        if value in choices.values:
            return str(choices(value).label)
    return state_label(kind, value)


def _filled_in(entry: Input, value: Any) -> str:
    """What somebody filled into the form of a step."""
    if isinstance(entry, (Choice, Several)):
        return _of_choices(entry.choices, value)
    if isinstance(entry, Amounts) and isinstance(value, dict):
        return ", ".join(f"{_of_choices(entry.choices, one)}: {_plain(amount)}" for one, amount in value.items())
    return _time(value) if isinstance(entry, (Moment, Day)) else _plain(value)


def _of_choices(choices: Any, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_of_choices(choices, one) for one in value) or "—"
    return str(choices(value).label) if value in choices.values else _plain(value)


def _time(value: Any) -> str:
    """An ISO moment in the reader's zone, an ISO day as it is; what is neither stays what it is."""
    try:
        return words.moment(datetime.fromisoformat(value)) if "T" in value else words.day(date.fromisoformat(value))
    except (TypeError, ValueError):
        return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value in (None, "") else str(value)
