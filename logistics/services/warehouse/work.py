"""Opening warehouse work and taking its steps: who may, whether it stands right, and all that follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from common.errors import InvalidInput, PermissionRefused
from common.inputs import Input, WayForm
from common.lines import Lines
from logistics.choices import Awaiting, WhoKind
from logistics.errors import NoSuchWork, StepRefused
from logistics.models import Carrier, WarehouseWork, WorkEvent
from logistics.policies.who import Who
from logistics.services.warehouse.effects import EFFECTS
from logistics.services.warehouse.terms import due_at, terms_of
from logistics.workflows import Machine, Step


@transaction.atomic
def open_work(*, machine: Machine, data: Mapping[str, Any], by: Who, now: datetime) -> WarehouseWork:
    """Announce goods, ask for a count, or send an instruction, from raw inputs as a form or an API sent them.

    Raises PermissionRefused for whoever may not (partners open nothing), InvalidInput with sentences per field.
    """
    if by.kind == WhoKind.PARTNER or not by.may(machine.permission):
        raise PermissionRefused(_("You may not do this here."))
    inputs = _cleaned(machine.opening_form(), machine.opening, data)
    rows = inputs.pop("lines")
    if "carrier" in inputs:
        inputs["carrier"] = Carrier.objects.get(code=inputs["carrier"]) if inputs["carrier"] else None
    first = next(iter(machine.states.values()))
    work = machine.flow(**inputs, awaiting=first.awaiting, state_since=now, created_at=now, event_sequence=1)
    work.answer_due_at = due_at(work, first, terms_of(work.partner), now=now)
    _refuse_invalid(work)
    work.save(force_insert=True)
    units = {"booking": "expected_units", "instruction": "units"}.get(machine.name)
    machine.line.objects.bulk_create(
        machine.line(
            work_id=work.pk,
            item=row["item"],
            description=row["description"],
            **({units: row["units"]} if units else {}),
        )
        for row in rows
    )
    _append(machine, work, "opened", {"lines": rows}, by=by, now=now, before="")
    return work


@transaction.atomic
def take_step(
    *, machine: Machine, work_id: int, step: str, data: Mapping[str, Any] | None = None, by: Who, now: datetime
) -> WarehouseWork:
    """Take a step with raw inputs, as a form or an API sent them. Two at once: one wins, the other is told.

    Raises NoSuchWork (also for another partner's), PermissionRefused, StepRefused with a sentence that says what
    happened meanwhile, InvalidInput with sentences per field. Nothing is changed then.
    """
    work = locked(machine=machine, work_id=work_id, by=by)
    declared = machine.steps().get(step)
    if declared is None:
        raise StepRefused(_("There is no such step."))
    if by.kind not in declared.by or not by.may(machine.permission):
        raise PermissionRefused(_("You may not do this here."))
    _refuse_elsewhere(work, declared)
    inputs = _cleaned(declared.form(), declared.inputs, data or {})
    if declared.guard:
        declared.guard(work, inputs, now)
    effect = EFFECTS.get((machine.name, declared.name))
    told = dict(inputs)
    inputs |= effect(work, inputs, now) if effect else {}
    before = cast("Any", work).state
    getattr(work, declared.name)(**inputs)
    _settle(machine, work, now=now)
    work.event_sequence += 1
    _refuse_invalid(work)
    work.save()
    _append(machine, work, declared.name, told, by=by, now=now, before=before)
    return work


def locked(*, machine: Machine, work_id: int, by: Who) -> WarehouseWork:
    """The work, held until the transaction ends. Raises NoSuchWork, also when it is another partner's."""
    rows = machine.flow._default_manager.select_for_update(of=("self",)).select_related("partner")
    if by.partner_id is not None:
        rows = rows.filter(partner_id=by.partner_id)
    work = rows.filter(pk=work_id).first()
    if work is None:
        raise NoSuchWork(_("There is no such work."))
    return work


def open_steps(*, machine: Machine, work: WarehouseWork, by: Who) -> list[Step]:
    """The steps open to somebody from where the work stands, in the order they are declared."""
    state = cast("Any", work).state
    return [
        step
        for step in machine.steps().values()
        if by.kind in step.by and state in step.source and by.may(machine.permission)
    ]


def append_event(
    *, machine: Machine, work: WarehouseWork, type_: str, content: dict[str, Any], by: Who, now: datetime
) -> None:
    """Write down something that happened to locked work without moving it; the caller saves the work."""
    work.event_sequence += 1
    _append(machine, work, type_, content, by=by, now=now, before=cast("Any", work).state)


def _settle(machine: Machine, work: WarehouseWork, *, now: datetime) -> None:
    state = machine.states[cast("Any", work).state]
    work.awaiting = state.awaiting
    work.state_since = now
    work.answer_due_at = due_at(work, state, terms_of(work.partner), now=now)
    work.overdue_at = None
    work.ended_at = now if state.awaiting == Awaiting.NOBODY else None


def _refuse_elsewhere(work: WarehouseWork, step: Step) -> None:
    row = cast("Any", work)
    if row.state in step.source:
        return
    last = row.events.filter(to_state=row.state).order_by("-sequence").first()
    raise StepRefused(
        _("“%(step)s” is not possible: %(reference)s is “%(state)s” since %(who)s moved it. Look at it again.")
        % {
            "step": step.label,
            "reference": work.reference,
            "state": row.get_state_display(),
            "who": (last.who_name or last.get_who_kind_display()) if last else "—",
        }
    )


def _cleaned(form_class: type[WayForm], inputs: tuple[Input, ...], data: Mapping[str, Any]) -> dict[str, Any]:
    form = form_class(data=data)
    if not form.is_valid():
        raise InvalidInput(
            _("Some of what you sent cannot be used."),
            data={name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()},
        )
    return {entry.name: form.cleaned_data[entry.name] for entry in inputs}


def _refuse_invalid(work: WarehouseWork) -> None:
    """Raise InvalidInput for what no form has looked at, as a slot that lies beyond its own end."""
    try:
        work.clean_fields(exclude={"state", "partner", "carrier", "shipment"})
    except ValidationError as error:
        raise InvalidInput(_("Some of what you sent cannot be used."), data=error.message_dict) from error


def _append(
    machine: Machine, work: WarehouseWork, type_: str, content: dict[str, Any], *, by: Who, now: datetime, before: str
) -> WorkEvent:
    event: WorkEvent = machine.event(
        work_id=work.pk,  # type: ignore[misc]
        sequence=work.event_sequence,
        at=now,
        type=type_,
        from_state=before,
        to_state=cast("Any", work).state,
        who_kind=by.kind,
        who_id=by.id,
        who_name=by.name,
        via=by.via,
        content={name: _plain(value) for name, value in content.items() if value not in (None, "", [])},
    )
    event.save(force_insert=True)
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.pk if isinstance(value, Model) else value


def lines_for(machine: Machine, work: WarehouseWork, step: Step) -> list[dict[str, Any]]:
    """The rows a step's form begins with: the work's items, each with what is known of it as a hint."""
    entry = next((one for one in step.inputs if isinstance(one, Lines)), None)
    if entry is None:
        return []
    rows = []
    for line in cast("Any", work).lines.all():
        if step.name == "explain" and not line.differs:
            continue
        rows.append({"item": line.item, "hint": _hint(line, step)})
    return rows


def _hint(line: Any, step: Step) -> str:
    parts = [line.description]
    if step.name == "receive":
        parts.append(_("announced: %(units)s") % {"units": line.expected_units})
    elif step.name == "explain":
        parts.append(
            _("expected %(expected)s, counted %(counted)s")
            % {"expected": line.expected_units, "counted": line.counted_units}
        )
    return " · ".join(part for part in parts if part)
