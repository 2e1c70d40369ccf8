"""Taking a step of a ticket's workflow through its form, as a page of its own or inside the ticket's page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError, InvalidInput, PermissionRefused
from common.inputs import Amounts, Day, Files, Moment, Money, Several
from knowledge_base.models import CountryChecklist
from logistics.workflows.inputs import PartnerChoice
from tickets.admin import access
from tickets.admin.workflow import workflow_of
from tickets.choices import Kind, PaperState, WaitingOn
from tickets.models import Ticket
from tickets.policies.states import STATES
from tickets.services.transitions import take_way
from tickets.workflows.way import Way

_DAYS_TO_ANSWER = 2
_ASKING = {"request_documents", "request_evidence", "request_papers"}
_RECEIVING = {"receive_documents", "receive_evidence", "receive_papers"}


def way_view(model_admin: Any, request: HttpRequest, object_id: str, way_name: str) -> HttpResponse:
    """The step's form (GET) and the step itself (POST). Errors stand beside their fields; nothing changes then."""
    ticket = access.ticket_or_404(request, object_id, "customer", "shipment")
    way = workflow_of(ticket.kind).ways().get(way_name)
    actor = access.actor(request)
    if way is None or actor.kind not in way.by:
        raise Http404
    access.refuse_unless(request, way.permission)
    form_class = way.form()
    if request.method != "POST":
        form = form_class(initial=initial_values(ticket, way))
        return _show(model_admin, request, ticket, way, form)
    form = form_class(request.POST, request.FILES)
    files = dict(request.FILES.lists())
    try:
        moved = take_way(
            ticket_id=ticket.pk, way=way.name, data=request.POST, files=files, actor=actor, now=timezone.now()
        )
    except InvalidInput as error:
        _add_errors(form, error)
        return _show(model_admin, request, ticket, way, form, status=422)
    except PermissionRefused as error:
        raise PermissionDenied from error
    except DomainError as error:
        form.is_valid()
        form.add_error(None, str(error))
        return _show(model_admin, request, ticket, way, form, status=409)
    messages.success(
        request, _("%(reference)s is now “%(state)s”.") % {"reference": moved.reference, "state": moved.state_label}
    )
    return access.go(request, access.page_of(ticket.pk, request))


def _add_errors(form: forms.Form, error: InvalidInput) -> None:
    """Put what a guard found wrong beside its fields; what no field of the form is named for stands on top."""
    if not form.is_valid():
        return
    named = {name: sentences for name, sentences in error.data.items() if name in form.fields}
    for name, sentences in named.items():
        form.add_error(name, [str(sentence) for sentence in sentences])
    if not named:
        form.add_error(None, access.sentence(error))


def _show(
    model_admin: Any, request: HttpRequest, ticket: Ticket, way: Way, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    is_part = access.is_fetched(request)
    context = {
        **({} if is_part else model_admin.admin_site.each_context(request)),
        "title": f"{ticket.reference} · {way.label}",
        "heading": way.label,
        "intro": _leads_to(ticket, way),
        "opts": model_admin.opts,
        "is_fullwidth": "1",
        "ticket": ticket,
        "form": form,
        "has_files": any(isinstance(entry, Files) for entry in way.inputs),
        "submit": way.label,
        "address": access.page_of(ticket.pk, request),
        "zone": timezone.get_current_timezone_name(),
        "has_moment": any(isinstance(entry, Moment) for entry in way.inputs),
    }
    template = "admin/tickets/_form.html" if is_part else "admin/tickets/form.html"
    return TemplateResponse(request, template, context, status=status)


def _leads_to(ticket: Ticket, way: Way) -> str:
    """Where the ticket stands afterwards, so that nobody has to try it out."""
    states = " / ".join(f"“{STATES[ticket.kind][name].label}”" for name in way.ends(ticket.kind))
    return _("Leads to %(states)s.") % {"states": states}


def initial_values(ticket: Ticket, way: Way) -> dict[str, Any]:
    """What a form begins with: what is known already, the usual, and a deadline that can be met."""
    values: dict[str, Any] = {}
    detail = ticket.detail
    for entry in way.inputs:
        if isinstance(entry, Money | Amounts):
            values.update(_currency(ticket, entry))
        elif isinstance(entry, Moment):
            values[entry.name] = _in_working_time(_DAYS_TO_ANSWER)
        elif isinstance(entry, Day):
            if entry.required:  # an optional day of an earlier step would end a range before this one begins
                values[entry.name] = (timezone.localdate() + timedelta(days=_DAYS_TO_ANSWER + 1)).isoformat()
        elif isinstance(entry, PartnerChoice) and entry.stores:
            values[entry.name] = getattr(detail, f"{entry.stores}_id", None) or _carrier_partner(ticket, entry)
        elif isinstance(entry, Several):
            values[entry.name] = _papers(ticket, way, entry)
        elif entry.stores and (known := getattr(detail, entry.stores, None)):
            values[entry.name] = known
    if way.name in _ASKING:
        values.setdefault("asked_of", WaitingOn.CUSTOMER)
    return values


def _papers(ticket: Ticket, way: Way, entry: Several) -> list[str]:
    """Asking: what the country's customs usually want and is not here yet. Receiving: what is missing."""
    asked = dict(ticket.papers.values_list("type", "state"))
    if way.name in _RECEIVING:
        return [name for name, state in asked.items() if state == PaperState.MISSING]
    if way.name not in _ASKING or ticket.kind != Kind.CLEARANCE:
        return []
    country = ticket.shipment.destination_country if ticket.shipment else ticket.destination
    lists = {one.country: one.papers for one in CountryChecklist.objects.filter(country__in={country, ""})}
    usual = lists.get(country) or lists.get("") or []
    return [name for name in usual if asked.get(name) != PaperState.RECEIVED and (not entry.only or name in entry.only)]


def _currency(ticket: Ticket, entry: Money | Amounts) -> dict[str, Any]:
    currency = ticket.shipment.declared_currency if ticket.shipment else ""
    values: dict[str, Any] = {f"{entry.name}_currency": currency} if currency else {}
    if isinstance(entry, Money) and entry.stores:
        known = getattr(ticket.detail, entry.stores, None)
        if known is not None:
            values[entry.name] = f"{known.normalize():f}"  # 180.000 reads as a hundred and eighty thousand to many
            values[f"{entry.name}_currency"] = getattr(ticket.detail, entry.stores_currency, "") or currency
        elif entry.name == "value" and ticket.shipment:
            values[entry.name] = ticket.shipment.declared_value
    return values


def _carrier_partner(ticket: Ticket, entry: PartnerChoice) -> int | None:
    carrier = ticket.shipment.carrier if ticket.shipment else None
    return carrier.partner_id if carrier and entry.kind == "carrier" else None


def _in_working_time(days: int) -> Any:
    """The end of a working day some days ahead, in the reader's zone, never on a weekend."""
    day = timezone.localtime() + timedelta(days=days)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day.replace(hour=18, minute=0, second=0, microsecond=0)
