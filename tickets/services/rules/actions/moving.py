"""Taking a ticket's own ways, and opening another ticket beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.inputs import Choice, Day, Files, Input, Moment, Pick, Span, Text
from tickets.choices import ActorKind, Kind, LinkType
from tickets.errors import TransitionRefused
from tickets.services.journal import changing
from tickets.services.linking import open_linked
from tickets.services.rules.actions.registry import Doing, Raw, action
from tickets.services.transitions import apply_way, find_way
from tickets.workflows import WORKFLOWS
from tickets.workflows.way import Way


def _offered() -> dict[str, Way]:
    """The ways a rule can take, by ``kind.way``: those that rules may take and that need no file."""
    ways = {}
    for kind, workflow in WORKFLOWS.items():
        for name, way in workflow.ways().items():  # type: ignore[attr-defined]
            needs_file = any(isinstance(entry, Files) and entry.required for entry in way.inputs)
            if ActorKind.RULE in way.by and not needs_file:
                ways[f"{kind}.{name}"] = way
    return ways


def _rows() -> list[tuple[str, str]]:
    return [(key, f"{Kind(key.partition('.')[0]).label}: {way.label}") for key, way in _offered().items()]


def _variants() -> Mapping[str, tuple[Input, ...]]:
    return {key: _inputs(way) for key, way in _offered().items()}


def _inputs(way: Way) -> tuple[Input, ...]:
    """A way's inputs for a rule: days and moments are counted from when it happens, files stay away."""
    return tuple(_from_then(entry) for entry in way.inputs if not isinstance(entry, Files))


def _from_then(entry: Input) -> Input:
    if isinstance(entry, (Day, Moment)):
        return Span(name=entry.name, label=entry.label, required=entry.required, help=gettext_lazy("Counted from then"))
    return replace(entry)


def _says_transition(raw: Raw) -> str:
    return _("take the step “%(step)s”") % {"step": dict(_rows()).get(str(raw.get("way", "")), raw.get("way", ""))}


@action(
    "transition",
    gettext_lazy("Take a step"),
    inputs=[Pick(name="way", label=gettext_lazy("Step"), rows=_rows)],
    variant_by="way",
    variants=_variants,
    says=_says_transition,
)
def transition(doing: Doing) -> str:
    kind, _dot, name = doing.inputs["way"].partition(".")
    with changing(doing.ticket_id, actor=doing.actor, now=doing.now) as change:
        if change.ticket.kind != kind:
            raise TransitionRefused(_("The ticket is of another kind."))
        way = find_way(change.ticket, name)
        apply_way(change, way, _clean(way, doing))
    return f"moved to {change.ticket.state}"


def _clean(way: Way, doing: Doing) -> dict[str, Any]:
    inputs = {name: value for name, value in doing.inputs.items() if name != "way" and not name.endswith("_unit")}
    for entry in way.inputs:
        span = inputs.get(entry.name)
        if isinstance(entry, Moment) and span is not None:
            inputs[entry.name] = doing.now + span
        if isinstance(entry, Day) and span is not None:
            inputs[entry.name] = timezone.localdate(doing.now + span, doing.ticket().zone_of_customer)
    if way.check:
        way.check(inputs)
    return inputs


@action(
    "open_linked",
    gettext_lazy("Open a linked ticket"),
    inputs=[
        Choice(name="kind", label=gettext_lazy("Kind"), choices=Kind),
        Text(name="summary", label=gettext_lazy("Short summary"), required=False),
    ],
    says=lambda raw: (
        _("open a linked ticket: %(kind)s") % {"kind": dict(Kind.choices).get(str(raw.get("kind")), raw.get("kind"))}
    ),
)
def open_linked_ticket(doing: Doing) -> str:
    fields = {"summary": doing.inputs["summary"]} if doing.inputs["summary"] else {}
    with changing(doing.ticket_id, actor=doing.actor, now=doing.now) as change:
        new = open_linked(change, doing.inputs["kind"], link=LinkType.OPENED_BY, **fields)
    return f"opened {new.reference}"
