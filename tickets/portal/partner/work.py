"""Warehouse work: bookings, counts and instructions of the partner's own, each moved by the steps it declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from common.api.caller import Caller
from common.errors import DomainError, InvalidInput
from logistics.choices import Awaiting
from logistics.errors import NoSuchWork
from logistics.models import WarehouseWork
from logistics.services.warehouse.scope import bookings_of, counts_of, instructions_of
from logistics.services.warehouse.work import lines_for, open_steps, take_step
from logistics.workflows import MACHINES, Machine
from tickets.portal.partner.pages import page
from tickets.portal.partner.reader import Reader, for_partner
from tickets.portal.partner.tickets import StepForm, Tried

LISTED = 50
SCOPES: Final[dict[str, Callable[[Caller], QuerySet[Any]]]] = {
    "booking": bookings_of,
    "count": counts_of,
    "instruction": instructions_of,
}


@require_safe
@for_partner
def work(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """What waits for them at the warehouse, due first; on the other tab everything else, newest first."""
    is_all = request.GET.get("tab") == "all"
    groups = []
    for name, machine in MACHINES.items():
        rows = SCOPES[name](reader.caller)
        rows = (
            rows.exclude(awaiting=Awaiting.PARTNER).order_by("-pk")
            if is_all
            else rows.filter(awaiting=Awaiting.PARTNER).order_by(F("answer_due_at").asc(nulls_last=True), "pk")
        )
        found = list(rows[:LISTED])
        if found:
            label = machine.flow._meta.verbose_name_plural
            rows_shown = [{"work": row, "is_late": _is_late(row, reader)} for row in found]
            groups.append({"name": name, "label": label, "rows": rows_shown})
    return page(request, "work", {"groups": groups, "tab": "all" if is_all else "waiting"})


@require_safe
@for_partner
def one(request: HttpRequest, reader: Reader, kind: str, work_id: int) -> HttpResponseBase:
    """One piece of work."""
    machine = _machine(kind)
    return _show(request, reader, machine, _theirs(reader, machine, work_id))


@require_POST
@for_partner
def step(request: HttpRequest, reader: Reader, kind: str, work_id: int, step_name: str) -> HttpResponseBase:
    """Take a step of it."""
    machine = _machine(kind)
    row = _theirs(reader, machine, work_id)
    declared = machine.steps().get(step_name)
    if declared is None:
        raise Http404
    form = declared.form()(request.POST, auto_id=f"id_{step_name}_%s")
    try:
        take_step(machine=machine, work_id=row.pk, step=step_name, data=request.POST, by=reader.who, now=reader.now)
    except NoSuchWork as error:
        raise Http404 from error
    except InvalidInput as error:
        return _refused(request, reader, machine=machine, row=row, tried=Tried(step_name, form), error=error)
    except DomainError as error:
        again = _theirs(reader, machine, work_id)
        return _show(request, reader, machine, again, problem=str(error), status=409)
    return HttpResponseRedirect(f"{reverse('partner_work_one', args=[kind, work_id])}?done=1")


def _refused(
    request: HttpRequest, reader: Reader, *, machine: Machine, row: WarehouseWork, tried: Tried, error: InvalidInput
) -> HttpResponseBase:
    """Show the form again, each sentence beside its field; those of guards stand where they belong, too."""
    tried.form.is_valid()
    rest = []
    for name, sentences in error.data.items():
        said = list(map(str, sentences)) if isinstance(sentences, list | tuple) else [str(sentences)]
        if name not in tried.form.fields:
            rest += said
        elif name not in tried.form.errors:
            tried.form.add_error(name, said)
    problem = " ".join(rest) or (_("Please look at the fields marked below.") if tried.form.errors else str(error))
    return _show(request, reader, machine, row, tried=tried, problem=problem, status=400)


def _machine(kind: str) -> Machine:
    if kind not in MACHINES:
        raise Http404
    return MACHINES[kind]


def _theirs(reader: Reader, machine: Machine, work_id: int) -> WarehouseWork:
    """The partner's own work. Raises Http404, for somebody else's as for none."""
    found: WarehouseWork | None = SCOPES[machine.name](reader.caller).filter(pk=work_id).first()
    if found is None:
        raise Http404
    return found


def _is_late(row: WarehouseWork, reader: Reader) -> bool:
    return row.answer_due_at is not None and row.answer_due_at <= reader.now


def _show(
    request: HttpRequest,
    reader: Reader,
    machine: Machine,
    row: Any,
    *,
    tried: Tried | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponseBase:
    steps = []
    for place, declared in enumerate(open_steps(machine=machine, work=row, by=reader.who)):
        is_tried = tried is not None and tried.name == declared.name
        known = lines_for(machine, row, declared)
        if tried is not None and is_tried:
            form: forms.Form = tried.form
            _keep_hints(form, known)
        else:
            form = declared.form()(auto_id=f"id_{declared.name}_%s", initial={"lines": known} if known else {})
        steps.append(StepForm(declared.name, declared.label, place == 0, form, has_files=False, is_open=is_tried))
    context = {
        "kind": machine.name,
        "label": machine.flow._meta.verbose_name,
        "work": row,
        "is_late": _is_late(row, reader),
        "is_theirs": row.awaiting == Awaiting.PARTNER,
        "lines": list(row.lines.all()),
        "events": [{"at": event.at, "what": _what(machine, event), "who": event} for event in _events(row)],
        "steps": steps,
        "problem": problem,
        "is_done": "done" in request.GET,
    }
    return page(request, "work_one", context, status=status)


def _keep_hints(form: forms.Form, known: list[dict[str, Any]]) -> None:
    """What was typed in stays, and the items that were given stay fixed with their hints."""
    hints = {line["item"]: line["hint"] for line in known}
    field = form.fields.get("lines")
    if field is None or not hints:
        return
    rows = [dict(row) for row in field.widget.value_from_datadict(form.data, {}, "lines") if isinstance(row, dict)]
    for row in rows:
        if row.get("item") in hints:
            row["hint"] = hints[row["item"]]
    form.data = {**form.data.dict(), "lines": rows}  # type: ignore[attr-defined]


def _events(row: Any) -> list[Any]:
    return list(row.events.order_by("-sequence")[:LISTED])


def _what(machine: Machine, event: Any) -> str:
    if event.type == "opened":
        return pgettext("warehouse work", "Opened")
    if event.type == "overdue":
        return _("Overdue")
    declared = machine.steps().get(event.type)
    return str(declared.label) if declared else event.type
