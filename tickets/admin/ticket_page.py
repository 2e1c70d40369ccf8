"""The ticket's page: where it stands and what comes next, the conversation, and beside it all that bears on it."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.admin import words
from common.errors import DomainError
from tickets.admin import access, countdowns, templates
from tickets.admin.audiences import audiences
from tickets.admin.call_views import calls_bar
from tickets.admin.event_words import people_text
from tickets.admin.incidents import cause_of
from tickets.admin.promise_card import promises_of
from tickets.admin.queue import (
    Chip,
    kept_query,
    lane_of,
    people_and_teams,
    priority_chip,
    snooze_choices,
)
from tickets.admin.routing import why_this_owner
from tickets.admin.rules.on_ticket import rule_lines
from tickets.admin.surveys import survey_of
from tickets.admin.thread import strip_of, thread, told_events
from tickets.admin.workflow import workflow_of
from tickets.choices import Kind, LinkType, PaperState, Priority
from tickets.models import Ticket
from tickets.policies.channel_names import channel_label
from tickets.services import queue
from tickets.services.drafts import suggested_reply
from tickets.services.transitions import next_steps

SCANS = 8
OTHERS = 6
MAIN_STEPS = 3


def ticket_view(
    model_admin: Any, request: HttpRequest, object_id: str, *, draft: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page. ``draft`` is what somebody tried to send and could not, shown again with its reason."""
    ticket = access.ticket_or_404(
        request, object_id, "customer", "shipment", "shipment__carrier", "assignee", "team", "incident"
    )
    now = timezone.now()
    actor = access.actor(request)
    events = told_events(ticket)
    zone = customer_zone(ticket)
    steps = next_steps(ticket, actor)
    may_work = request.user.has_perm("tickets.work_ticket")
    people, teams = people_and_teams(request) if may_work else ([], [])
    suggested = suggested_reply(ticket) if may_work else ""
    context = {
        **model_admin.admin_site.each_context(request),
        **_place_in_queue(request, ticket, now=now),
        "title": f"{ticket.reference} {ticket.subject}",
        "opts": model_admin.opts,
        "is_fullwidth": "1",
        "ticket": ticket,
        "strip": strip_of(ticket, events, workflow_of(ticket.kind).strip),
        "main_steps": [step for step in steps if step.is_main][:MAIN_STEPS],
        "other_steps": [step for step in steps if not step.is_main] + [s for s in steps if s.is_main][MAIN_STEPS:],
        "waited": words.span((now - ticket.waiting_since).total_seconds()),
        "priority_chip": priority_chip(ticket),
        "snoozed": countdowns.snoozed(ticket, now),
        "ended_ago": words.age(ticket.resolved_at, now),
        "time_words": countdowns.page_words(now),
        **promises_of(request, ticket, now=now, zone=zone),
        "thread": thread(ticket, events, zone=zone, before=request.GET.get("before", "")),
        "audiences": audiences(ticket) if may_work else [],
        "draft": draft or _begun(request, ticket, suggested, may_work=may_work),
        "suggested": suggested,
        "templates": templates.offered() if may_work else [],
        "may_work": may_work,
        "calls": calls_bar(request, ticket.pk, may_work=may_work),
        "people": people,
        "teams": teams,
        "kinds": [(value, label) for value, label in Kind.choices if value != ticket.kind],
        "priorities": Priority.choices,
        "snooze_choices": snooze_choices(now),
        "query": request.GET.urlencode(),
        "address": reverse("admin:tickets_ticket_change", args=[ticket.pk]),
        **_side(request, ticket, now=now, zone=zone),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/tickets/ticket.html", context, status=status)


def _begun(request: HttpRequest, ticket: Ticket, suggested: str, *, may_work: bool) -> dict[str, Any]:
    """What the composer begins with: the due message, or a template that the reader chose."""
    if not may_work:
        return {}
    if "suggest" in request.GET:
        return {"text": suggested}
    key = request.GET.get("template", "")
    if not key:
        return {}
    try:
        return {"text": templates.filled(ticket, key[:60])}
    except DomainError as error:
        return {"error": access.sentence(error)}


def customer_zone(ticket: Ticket) -> zoneinfo.ZoneInfo | None:
    """The customer's zone, None when it is not known."""
    return ticket.customer.zone if ticket.customer and ticket.customer.time_zone else None


def _place_in_queue(request: HttpRequest, ticket: Ticket, *, now: datetime) -> dict[str, Any]:
    """Where the ticket stands in the queue the reader came from, and its neighbours' pages."""
    kept = kept_query(QueryDict(request.GET.get("queue", "")[:2000]))
    chosen = queue.read_filter(kept, request.user)
    place, before, after = queue.neighbours(ticket, chosen, request.user, now=now)
    query = QueryDict(mutable=True)
    if kept:
        query["queue"] = kept.urlencode()
    suffix = f"?{query.urlencode()}" if query else ""

    def page(number: int | None) -> str:
        return reverse("admin:tickets_ticket_change", args=[number]) + suffix if number else ""

    return {
        "queue_address": reverse("admin:tickets_ticket_changelist") + (f"?{kept.urlencode()}" if kept else ""),
        "place": "" if place > queue.COUNT_LIMIT else str(place),
        "previous_ticket": page(before),
        "next_ticket": page(after),
        "suffix": suffix,
    }


def _side(request: HttpRequest, ticket: Ticket, *, now: datetime, zone: zoneinfo.ZoneInfo | None) -> dict[str, Any]:
    customer = ticket.customer
    participants = list(ticket.participants.select_related("user", "identity", "partner")[:30])
    others = (
        [
            {"ticket": one, "address": access.page_of(one.pk), "age": words.age(one.opened_at, now)}
            for one in access.readable(request)
            .filter(customer=customer)
            .exclude(pk=ticket.pk)
            .order_by("-opened_at")[:OTHERS]
        ]
        if customer
        else []
    )
    return {
        "papers": [
            {
                "label": paper.get_type_display(),
                "received": paper.state == PaperState.RECEIVED,
                "when": words.moment(paper.received_at) if paper.received_at else "",
                "due": words.moment(paper.due_at) if paper.due_at and not paper.received_at else "",
                "is_late": bool(paper.due_at and not paper.received_at and paper.due_at < now),
                "asked_of": paper.get_asked_of_display(),
            }
            for paper in ticket.papers.all()
        ],
        "duties": _duties(ticket) if ticket.kind == Kind.CLEARANCE else [],
        "bookings": list(ticket.bookings.all()) if ticket.kind == Kind.FAILED_DELIVERY else [],
        "scans": _scans(ticket),
        "expected": _expected(ticket),
        "lane": ticket.shipment.lane if ticket.shipment else lane_of(ticket),
        "customer": customer,
        "country_code": (customer.country if customer else "") or ticket.country,
        "customer_time": words.clock_time(now, zone) if zone else "",
        "customer_zone": zone.key.rpartition("/")[2].replace("_", " ") if zone else "",
        "customer_language": words.language((customer.language if customer else "") or ticket.language),
        "customer_country": words.country((customer.country if customer else "") or ticket.country),
        "identities": [
            {"channel": channel_label(one.connection.provider), "identity": one, "chip": _reachable(one)}
            for one in customer.identities.select_related("connection")[:10]
        ]
        if customer
        else [],
        "others": others,
        "participants": participants,
        "people_text": people_text(len(participants)),
        "links": _links(request, ticket),
        "owner_why": why_this_owner(ticket),
        "detail_rows": _detail_rows(ticket),
        "cause": cause_of(request, ticket.incident),
        **rule_lines(request, ticket),
        **survey_of(ticket),
    }


def _reachable(identity: Any) -> Chip:
    if identity.is_blocked:
        return Chip(_("cannot be reached"), "red")
    return Chip(_("agreed"), "green") if identity.has_consent else Chip(_("no consent"), "amber")


def _scans(ticket: Ticket) -> list[dict[str, Any]]:
    if not ticket.shipment:
        return []
    return [
        {
            "when": words.offset_time(scan.at, scan.offset_minutes),
            "exact": scan.time_exact,
            "status": scan.get_status_display(),
            "reason": scan.get_reason_display() if scan.reason else "",
            "fault": scan.get_fault_display() if scan.fault != "nobody" else "",
            "location": scan.location,
            "text": scan.text,
            "strong": bool(scan.reason),
        }
        for scan in ticket.shipment.events.all()[:SCANS]
    ]


def _expected(ticket: Ticket) -> str:
    shipment = ticket.shipment
    if not shipment or shipment.delivered_at:
        return ""
    if shipment.estimated_to or shipment.estimated_from:
        days = [timezone.localdate(at) for at in (shipment.estimated_from, shipment.estimated_to) if at]
        return words.day(days[0]) if len(set(days)) == 1 else f"{words.day(days[0])} – {words.day(days[-1])}"
    return words.day(shipment.promised_date) if shipment.promised_date else ""


def _links(request: HttpRequest, ticket: Ticket) -> list[dict[str, Any]]:
    rows = [(link.type, link.to_ticket) for link in ticket.links_out.select_related("to_ticket")[:10]]
    rows += [(link.type, link.from_ticket) for link in ticket.links_in.select_related("from_ticket")[:10]]
    may_see = request.user.has_perm("tickets.view_safety")
    return [
        {"label": LinkType(type_).label, "reference": other.reference, "address": access.page_of(other.pk)}
        for type_, other in rows
        if may_see or other.kind != Kind.SAFETY
    ]


def _duties(ticket: Ticket) -> list[tuple[str, str]]:
    return [(duty.get_type_display(), words.money(duty.amount, duty.currency)) for duty in ticket.duties.all()]


def _detail_rows(ticket: Ticket) -> list[tuple[str, str]]:
    """What the steps have gathered: the filled fields of the kind's own table."""
    detail = ticket.detail
    rows = []
    for field in detail._meta.concrete_fields:
        value = getattr(detail, field.name)
        if field.primary_key or field.name.endswith("_currency") or value in (None, "", []):
            continue
        if isinstance(value, datetime):
            text = words.moment(value)
        elif hasattr(value, "year"):
            text = words.day(value)
        elif field.choices:
            text = str(dict(field.flatchoices).get(value, value))
        else:
            currency = getattr(detail, f"{field.name.removesuffix('_amount')}_currency", "")
            text = words.money(value, currency) if currency else str(value)
        rows.append((str(field.verbose_name), text))
    return rows
