"""What the page of a booking, a count or an instruction shows."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.admin import words
from common.inputs import Input
from common.lines import Lines
from logistics.admin.incidents import became, places_of
from logistics.choices import Awaiting
from logistics.models import Incident, WarehouseWork
from logistics.policies.who import Who
from logistics.services.warehouse.work import open_steps
from logistics.workflows import Machine

EVENTS = 200
_NOT_FACTS = frozenset(
    {"id", "partner", "state", "awaiting", "overdue_at", "answer_due_at", "event_sequence", "is_handed_on"}
)
_LAST_FACTS = ("note", "created_at", "state_since", "ended_at")
_NOT_COLUMNS = frozenset({"id", "work", "differs"})
_EVENT_WORDS = {"opened": pgettext_lazy("warehouse work", "Opened"), "overdue": gettext_lazy("Overdue")}


def due_of(work: WarehouseWork, *, now: datetime) -> dict[str, Any] | None:
    """By when the partner has to act, in words; None when it has not to."""
    if work.answer_due_at is None:
        return None
    seconds = (work.answer_due_at - now).total_seconds()
    text = _("late by %(span)s") if seconds <= 0 else _("due in %(span)s")
    return {
        "text": text % {"span": words.span(abs(seconds))},
        "is_late": seconds <= 0,
        "when": words.moment(work.answer_due_at),
    }


def context_of(machine: Machine, work: Any, *, by: Who, now: datetime) -> dict[str, Any]:
    """Everything the template draws of it."""
    name = work._meta.concrete_model._meta.model_name
    incidents = list(Incident.objects.filter(dedupe_key__startswith=f"{machine.name}:{work.pk}:").order_by("id")[:50])
    places = places_of(incidents)
    columns = [field for field in machine.line._meta.concrete_fields if field.name not in _NOT_COLUMNS]
    return {
        "work": work,
        "partner_time": words.clock_time(now, zoneinfo.ZoneInfo(work.partner.time_zone)),
        "due": due_of(work, now=now),
        "is_ours": work.awaiting == Awaiting.US,
        "steps": [
            {
                "label": step.label,
                "has_inputs": bool(step.inputs),
                "address": reverse(f"admin:logistics_{name}_step", args=[work.pk, step.name]),
            }
            for step in open_steps(machine=machine, work=work, by=by)
        ],
        "columns": [{"label": field.verbose_name, "is_number": _is_number(field)} for field in columns],
        "lines": [
            {
                "differs": getattr(line, "differs", False),
                "cells": [
                    {"text": _told(getattr(line, field.name)), "is_number": _is_number(field)} for field in columns
                ],
            }
            for line in work.lines.all()
        ],
        "events": list(_events(machine, work)),
        "facts": list(_facts(work)),
        "incidents": [{"incident": one, "became": became(one), "places": places.get(one.pk, [])} for one in incidents],
        "list_address": reverse(f"admin:logistics_{name}_changelist"),
    }


def _is_number(field: Any) -> bool:
    return "Integer" in field.get_internal_type()


def _told(value: Any) -> str:
    if isinstance(value, datetime):
        return words.moment(value)
    return "" if value is None else str(value)


def _facts(work: Any) -> Iterator[tuple[str, str]]:
    fields = {field.name: field for field in work._meta.concrete_fields}
    own = [field for name, field in fields.items() if name not in _LAST_FACTS]
    for field in [*own, *(fields[name] for name in _LAST_FACTS)]:
        value = getattr(work, field.name) if field.name not in _NOT_FACTS else None
        if value in (None, ""):
            continue
        shown = getattr(work, f"get_{field.name}_display")() if field.choices else value
        yield str(field.verbose_name), _told(shown)


def _events(machine: Machine, work: Any) -> Iterator[dict[str, Any]]:
    steps = machine.steps()
    states = dict(work._meta.get_field("state").flatchoices)
    for event in work.events.order_by("-sequence")[:EVENTS]:
        step = steps.get(event.type)
        yield {
            "sequence": event.sequence,
            "when": words.moment(event.at),
            "what": step.label if step else _EVENT_WORDS.get(event.type, event.type),
            "state": states.get(event.to_state, "") if event.from_state != event.to_state else "",
            "who": event.who_name or event.get_who_kind_display(),
            "via": event.get_via_display(),
            "content": list(_content(event.content, step.inputs if step else machine.opening)),
        }


def _content(content: dict[str, Any], inputs: Sequence[Input]) -> Iterator[tuple[str, str]]:
    """What was entered, in the order in which it is asked for: the database keeps none."""
    entries = {entry.name: entry for entry in inputs}
    for name in [*(name for name in entries if name in content), *(name for name in content if name not in entries)]:
        entry, value = entries.get(name), content[name]
        if isinstance(value, list):
            for row in value:
                yield str(row.get("item", "")), _told_row(row, entry)
            continue
        yield str(entry.label) if entry else str(_due_label(name)), _value(value, entry)


def _told_row(row: dict[str, Any], entry: Input | None) -> str:
    """A line in words; what may be left out is left out when it is 0."""
    columns = entry.columns if isinstance(entry, Lines) else ()
    parts = []
    for column in columns:
        part = row.get(column.name)
        if column.name != "item" and part not in (None, "") and (part != 0 or column.required):
            parts.append(_("%(name)s: %(value)s") % {"name": column.label, "value": part})
    return " · ".join(parts)


def _due_label(name: str) -> Any:
    return _("Due") if name == "due" else name


def _value(value: Any, entry: Any) -> str:
    choices = getattr(entry, "choices", None)
    if choices is not None:
        return str(dict(choices.choices).get(value, value))
    moment = parse_datetime(value) if isinstance(value, str) and len(value) < 40 else None
    return words.moment(moment) if moment else str(value)
