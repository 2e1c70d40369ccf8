"""Moving compensations and claims: who may, whether it stands right, and what the ticket's log says of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _
from django_fsm import can_proceed

from common.errors import InvalidInput, PermissionRefused
from common.steps import Step, steps_of
from tickets.choices import ClaimState, CompensationState
from tickets.errors import TransitionRefused
from tickets.models import Claim, Compensation
from tickets.policies.actor import Actor
from tickets.services.journal import changing
from tickets.services.money.opening import terms_of
from tickets.workflows.money import MONEY, ClaimFlow, CompensationFlow

BATCH = 200


class Machine(Enum):
    """The two machines of money."""

    COMPENSATION = CompensationFlow
    CLAIM = ClaimFlow

    @property
    def event(self) -> str:
        """What the ticket's log calls it."""
        return self.name.lower()

    @property
    def steps(self) -> dict[str, Step]:
        """Its declared steps by name."""
        return steps_of(self.value)


def next_steps(machine: Machine, row: Compensation | Claim, actor: Actor) -> list[Step]:
    """The steps open to an actor from where a row stands."""
    if not actor.may(MONEY):
        return []
    return [one for one in machine.steps.values() if actor.kind in one.by and row.state in one.source]


def take_step(
    *, machine: Machine, row_id: int, step: str, data: Mapping[str, Any] | None = None, actor: Actor, now: datetime
) -> Compensation | Claim:
    """Take a step with raw inputs. Nothing is changed when it is refused.

    Raises PermissionRefused, TransitionRefused (it does not stand there, or by another person), InvalidInput with
    sentences per field, DoesNotExist.
    """
    declared = machine.steps.get(step)
    if declared is None:
        raise TransitionRefused(_("There is no such step."))
    if actor.kind not in declared.by or not actor.may(MONEY):
        raise PermissionRefused(_("You may not do this here."))
    found: Any = machine.value._default_manager.get(pk=row_id)
    with changing(found.ticket_id, actor=actor, now=now) as change:
        # Under the ticket's lock: what happened to the row meanwhile counts.
        row: Any = machine.value._default_manager.select_for_update(no_key=True).get(pk=row_id)
        inputs = _cleaned(declared, data or {})
        if not can_proceed(getattr(row, declared.name)):
            raise TransitionRefused(
                _("“%(step)s” is not possible while it is “%(state)s”.")
                % {"step": declared.label, "state": row.get_state_display()}
            )
        if declared.guard:
            declared.guard(row, inputs, actor, now)
        for entry in declared.inputs:
            for name, value in entry.stored(inputs).items():
                setattr(row, name, "" if value is None and not row._meta.get_field(name).null else value)
        getattr(row, declared.name)(now=now, **inputs)
        _after(machine, row, declared, actor, now)
        row.save()
        change.record(
            machine.event,
            {machine.event: row.pk, f"{machine.event}_state": row.state},
            personal={name: str(value) for name, value in inputs.items() if value not in (None, "")} or None,
        )
    return row  # type: ignore[no-any-return]


def expire_offers(*, now: datetime) -> int:
    """End the offers whose time is over, at most a batch. Returns how many."""
    due = CompensationFlow.objects.filter(state=CompensationState.OFFERED, expires_at__lte=now).order_by("expires_at")
    count = 0
    for row_id in list(due.values_list("pk", flat=True)[:BATCH]):
        try:
            take_step(machine=Machine.COMPENSATION, row_id=row_id, step="expire", actor=Actor.clock("offers"), now=now)
            count += 1
        except TransitionRefused:  # answered this very moment
            continue
    return count


def _cleaned(step: Step, data: Mapping[str, Any]) -> dict[str, Any]:
    form = step.form()(data=data)
    if not form.is_valid():
        raise InvalidInput(
            _("Some of what you sent cannot be used."),
            data={name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()},
        )
    return dict(form.cleaned_data)


def _after(machine: Machine, row: Any, step: Step, actor: Actor, now: datetime) -> None:
    """What follows from where it stands now: who approved it, and by when somebody has to do something."""
    if machine is Machine.COMPENSATION:
        if step.name == "offer":
            row.approved_by = actor.user
        return
    terms = terms_of(row.carrier_id)
    today: date = now.astimezone(UTC).date()
    if row.state in (ClaimState.FILED, ClaimState.APPEALED) and terms is not None:
        row.answer_by = today + timedelta(days=terms.answer_within_days)
    if row.state in (ClaimState.DENIED, ClaimState.PARTLY_APPROVED):
        row.appeal_by = today + timedelta(days=terms.appeal_within_days) if terms is not None else None
