"""Taking a way: who may, whether the ticket stands right, and everything that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django_fsm import can_proceed

from common.errors import InvalidInput, PermissionRefused
from common.inputs import Files
from logistics.workflows.inputs import PartnerChoice
from tickets.choices import ENDED_PHASES, Resolution
from tickets.errors import TransitionRefused
from tickets.models import Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.policies.states import state_of
from tickets.services.attachments import store_uploads
from tickets.services.effects import EFFECTS
from tickets.services.journal import Change, changing
from tickets.services.partner_scope import admit_awaited
from tickets.workflows import WORKFLOWS
from tickets.workflows.way import Way

CAUSES = ("cause", "problem", "what", "refusal_reason")
"""The details' fields that say what is behind a ticket: its ``cause`` follows them."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """A way an actor may take from where a ticket stands."""

    way: Way
    is_main: bool


def next_steps(ticket: Ticket, actor: Actor) -> list[NextStep]:
    """The ways open to this actor from the ticket's state, the usual next one first (it leads along the strip)."""
    workflow = WORKFLOWS[ticket.kind]
    open_ways = [
        one
        for one in workflow.ways().values()  # type: ignore[attr-defined]
        if actor.kind in one.by and actor.may(one.permission) and ticket.state in one.sources(ticket.kind)
    ]
    strip = workflow.strip  # type: ignore[attr-defined]
    later = set(strip[strip.index(ticket.state) + 1 :]) if ticket.state in strip else set(strip)
    steps = [NextStep(one, any(end in later for end in one.ends(ticket.kind))) for one in open_ways]
    return sorted(steps, key=lambda step: not step.is_main)


def take_way(
    *,
    ticket_id: int,
    way: str,
    data: Mapping[str, Any] | None = None,
    files: Mapping[str, list[UploadedFile[Any]]] | None = None,
    actor: Actor,
    now: datetime,
) -> Ticket:
    """Take a ticket's way with raw inputs, as a form or an API sent them.

    Raises PermissionRefused when this actor may not, TransitionRefused when the ticket's state or a guard forbids it
    (the sentence says what happened meanwhile), InvalidInput with sentences per field. Nothing is changed then.
    """
    with changing(ticket_id, actor=actor, now=now) as change:
        declared = find_way(change.ticket, way)
        if actor.kind not in declared.by or not actor.may(declared.permission):
            raise PermissionRefused(_("You may not do this here."))
        refuse_unless_open_to(change.ticket, declared)
        inputs = clean_inputs(declared, data or {}, files or {})
        apply_way(change, declared, inputs)
    return change.ticket


def find_way(ticket: Ticket, name: str) -> Way:
    """The declared way of that name. Raises TransitionRefused when the kind has none."""
    declared: Way | None = WORKFLOWS[ticket.kind].ways().get(name)  # type: ignore[attr-defined]
    if declared is None:
        raise TransitionRefused(_("A ticket of this kind has no such step."))
    return declared


def refuse_unless_open_to(ticket: Ticket, way: Way) -> None:
    """Raise TransitionRefused, naming who moved the ticket last, when it does not stand where the way begins."""
    if can_proceed(getattr(ticket, way.name)):
        return
    last = TicketEvent.objects.filter(ticket=ticket, type="transition").order_by("-sequence").first()
    who = (last.actor_name or last.get_actor_kind_display()) if last else ""
    message = (
        _("“%(step)s” is not possible: the ticket is “%(state)s” since %(who)s moved it. Look at it again.")
        if last
        else _("“%(step)s” is not possible while the ticket is “%(state)s”.")
    )
    raise TransitionRefused(message % {"step": way.label, "state": ticket.state_label, "who": who})


def clean_inputs(way: Way, data: Mapping[str, Any], files: Mapping[str, list[UploadedFile[Any]]]) -> dict[str, Any]:
    """Check raw inputs against the way's declaration. Raises InvalidInput."""
    form = way.form()(data=data, files=files)  # type: ignore[arg-type]
    if not form.is_valid():
        raise InvalidInput(
            _("Some of what you sent cannot be used."),
            data={name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()},
        )
    return {name: value for name, value in form.cleaned_data.items() if name in _names(way)}


def apply_way(change: Change, way: Way, inputs: dict[str, Any]) -> None:
    """Move a locked ticket along a way with clean inputs: details, effects, state, event. Who may is not asked.

    Optional inputs may be missing: a scan knows few of them.
    """
    ticket = change.ticket
    inputs = {name: value for entry in way.inputs for name, value in entry.empty().items()} | inputs
    refuse_unless_open_to(ticket, way)
    if way.guard:
        way.guard(ticket, inputs, change.now)
    before = ticket.state
    attachments = {
        entry.name: store_uploads(change, inputs.get(entry.name) or [])
        for entry in way.inputs
        if isinstance(entry, Files)
    }
    _store_inputs(ticket, way, inputs)
    effect = EFFECTS.get((ticket.kind, way.name))
    if effect:
        effect(change, {**inputs, **attachments})
    method_inputs = {entry.name: inputs.get(entry.name) for entry in way.inputs}
    try:
        getattr(ticket, way.name)(**method_inputs)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages)) from error
    settle_state(ticket, now=change.now)
    named = [inputs[entry.name] for entry in way.inputs if isinstance(entry, PartnerChoice) and inputs[entry.name]]
    admit_awaited(ticket, now=change.now, named=[partner.pk for partner in named])
    change.record(
        "transition",
        {"way": way.name, "from": before, "to": ticket.state, "waiting_on": ticket.waiting_on},
        personal=_told(way, inputs) or None,
    )


def settle_state(ticket: Ticket, *, now: datetime) -> None:
    """Bring phase, waiting_on and the ends' fields in line with a state just entered."""
    state = state_of(ticket.kind, ticket.state)
    ticket.phase = state.phase
    if ticket.waiting_on not in state.waiting_on:
        ticket.waiting_on = state.waiting_on[0]
    ticket.state_since = now
    ticket.snoozed_until = None
    if state.phase in ENDED_PHASES:
        ticket.resolution = ticket.resolution or Resolution.SOLVED
        ticket.resolved_at = ticket.resolved_at or now
        ticket.closed_at = now if state.name == "closed" else None
        ticket.unanswered_since = None
    else:
        ticket.resolution = Resolution.NONE
        ticket.resolved_at = ticket.closed_at = None


def _names(way: Way) -> set[str]:
    names = set()
    for entry in way.inputs:
        names |= {entry.name, *entry.form_fields()}
    return names


def _store_inputs(ticket: Ticket, way: Way, inputs: dict[str, Any]) -> None:
    stored: dict[str, Any] = {}
    for entry in way.inputs:
        stored.update(entry.stored(inputs))
    if not stored:
        return
    detail = ticket.detail
    ticket.cause = next((stored[name] for name in CAUSES if stored.get(name)), ticket.cause)
    for name, value in stored.items():
        setattr(detail, name, "" if value is None and not detail._meta.get_field(name).null else value)
    detail.save(update_fields=list(stored))


def _told(way: Way, inputs: dict[str, Any]) -> dict[str, Any]:
    """What was typed in, as the event's erasable content: it may hold names, addresses, amounts."""
    told: dict[str, Any] = {}
    for name, value in inputs.items():
        if value in (None, "", [], {}):
            continue
        if name in {entry.name for entry in way.inputs if isinstance(entry, Files)}:
            told[name] = [file.name for file in value]
        else:
            told[name] = str(value) if hasattr(value, "_meta") else value
    return told
