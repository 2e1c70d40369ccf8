"""One ticket as its partner sees it: what is asked, what was said, papers; and everything they can do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from common.errors import DomainError, InvalidInput
from knowledge_base.models.checklist import PaperType
from tickets.choices import Direction, Kind, PaperState, Via
from tickets.errors import AttachmentRefused
from tickets.models import Attachment, Message, Ticket, TicketEvent
from tickets.portal.partner.forms import AnswerForm
from tickets.portal.partner.pages import page
from tickets.portal.partner.queue import due_of
from tickets.portal.partner.reader import Reader, for_partner
from tickets.portal.standing import scans_of
from tickets.services.attachments import attachment_response
from tickets.services.partner_answers import acknowledge as say_acknowledged
from tickets.services.partner_answers import receive_answer
from tickets.services.partner_desk import note_fetched
from tickets.services.partner_facts import facts_for, papers_for, told_summary
from tickets.services.partner_scope import attachments_of, messages_of, tickets_of
from tickets.services.partner_steps import steps_of, take_step
from tickets.services.transitions import find_way

MOST_MESSAGES = 200
SAME_AGAIN = timedelta(minutes=5)
"""So long the same words are a second tap, not a second answer."""


LABELS: Final[dict[tuple[str, str], Any]] = {
    (Kind.CLEARANCE, "receive_documents"): gettext_lazy("Hand in papers"),
    (Kind.INQUIRY, "receive_answer"): gettext_lazy("We have answered"),
    (Kind.DELAY, "carrier_answers"): gettext_lazy("Answer the question"),
}
"""Steps whose names are spoken from our side of the desk, as the partner says them."""


@dataclass(frozen=True, slots=True)
class StepForm:
    """A step that is open, with its form; ``is_open`` where what was sent could not be taken."""

    name: str
    label: str | Promise
    is_main: bool
    form: forms.Form
    has_files: bool
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent and not taken: by which step ("answer" for an answer), with its form."""

    name: str
    form: forms.Form


@require_safe
@for_partner
def ticket(request: HttpRequest, reader: Reader, ticket_id: int) -> HttpResponseBase:
    """The ticket. What we wrote counts as read from now on."""
    return _show(request, reader, _theirs(reader, ticket_id))


@require_POST
@for_partner
def acknowledge(request: HttpRequest, reader: Reader, ticket_id: int) -> HttpResponseBase:
    """Say that they have it."""
    try:
        say_acknowledged(ticket_id=ticket_id, partner_id=reader.partner_id, via=Via.PORTAL, now=reader.now)
    except Ticket.DoesNotExist as error:
        raise Http404 from error
    return _done(ticket_id, "acknowledged")


@require_POST
@for_partner
def answer(request: HttpRequest, reader: Reader, ticket_id: int) -> HttpResponseBase:
    """Words to us, with files."""
    found = _theirs(reader, ticket_id)
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, reader, found, tried=Tried("answer", form), status=400)
    text, files = form.cleaned_data["text"], form.cleaned_data["files"]
    if not files and _is_said(reader, ticket_id, text):
        return _done(ticket_id, "answered")
    return _act(
        request,
        reader,
        found,
        Tried("answer", form),
        lambda: receive_answer(
            ticket_id=ticket_id,
            partner_id=reader.partner_id,
            text=text,
            files=files,
            via=Via.PORTAL,
            now=reader.now,
        ),
    )


@require_POST
@for_partner
def step(request: HttpRequest, reader: Reader, ticket_id: int, step_name: str) -> HttpResponseBase:
    """Take a step that is theirs, with the inputs that it declares."""
    found = _theirs(reader, ticket_id)
    open_steps = {one.way.name: one.way for one in steps_of(found, reader.partner_id)}
    way = open_steps.get(step_name)
    if way is None:
        problem = _("This has changed in the meantime, so what you sent was not taken. Here is how it stands now.")
        return _show(request, reader, found, problem=problem, status=409)
    form = way.form()(request.POST, request.FILES, auto_id=f"id_{step_name}_%s")
    files = {name: request.FILES.getlist(name) for name in request.FILES}
    return _act(
        request,
        reader,
        found,
        Tried(step_name, form),
        lambda: take_step(
            ticket_id=ticket_id,
            partner_id=reader.partner_id,
            step=step_name,
            data=request.POST,
            files=files,
            via=Via.PORTAL,
            now=reader.now,
        ),
    )


@require_safe
@for_partner
def file(request: HttpRequest, reader: Reader, attachment_id: int) -> HttpResponseBase:
    """One of the files that they may see."""
    tickets = tickets_of(reader.partner_id).values("pk")
    found = attachments_of(reader.partner_id).filter(pk=attachment_id, ticket__in=tickets).first()
    if found is None:
        raise Http404
    try:
        return attachment_response(found, download="download" in request.GET)
    except AttachmentRefused as error:
        raise Http404 from error


def _act(
    request: HttpRequest, reader: Reader, found: Ticket, tried: Tried, call: Callable[[], Any]
) -> HttpResponseBase:
    """Do it, or show the ticket as it stands with the sentence that says why not."""
    try:
        call()
    except Ticket.DoesNotExist as error:
        raise Http404 from error
    except InvalidInput:
        tried.form.is_valid()
        problem = _("Please look at the fields marked below.")
        return _show(request, reader, found, tried=tried, problem=problem, status=400)
    except DomainError as error:
        again = _theirs(reader, found.pk)
        return _show(request, reader, again, tried=tried, problem=str(error), status=409)
    return _done(found.pk, "answered" if tried.name == "answer" else "done")


def _theirs(reader: Reader, ticket_id: int) -> Ticket:
    """The partner's ticket. Raises Http404, for somebody else's as for none."""
    found = tickets_of(reader.partner_id).select_related("shipment__carrier__partner").filter(pk=ticket_id).first()
    if found is None:
        raise Http404
    return found.typed()


def _done(ticket_id: int, what: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('partner_ticket', args=[ticket_id])}?{what}=1")


def _is_said(reader: Reader, ticket_id: int, text: str) -> bool:
    """Whether the same words have just come: a second tap, or the page sent once more."""
    lately = messages_of(reader.partner_id).filter(
        ticket=ticket_id, direction=Direction.IN, created_at__gt=reader.now - SAME_AGAIN
    )
    return lately.filter(text=text.strip()).exists()


def _show(
    request: HttpRequest,
    reader: Reader,
    found: Ticket,
    *,
    tried: Tried | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponseBase:
    messages = list(
        messages_of(reader.partner_id)
        .filter(ticket=found.pk)
        .select_related("author")
        .order_by("-created_at", "-id")[:MOST_MESSAGES]
    )
    note_fetched(messages, now=reader.now)
    files = list(attachments_of(reader.partner_id).filter(ticket=found.pk).order_by("id")[:MOST_MESSAGES])
    is_answering = tried is not None and tried.name == "answer"
    context = {
        "ticket": found,
        "summary": told_summary(found),
        "due": due_of(reader, found),
        "facts": _facts(found, reader.partner_id),
        "papers": [
            {"label": paper.get_type_display(), "is_received": paper.state == PaperState.RECEIVED, "due": paper.due_at}
            for paper in papers_for(found, reader.partner_id)
        ],
        "messages": [_told(message, files) for message in messages],
        "handed_in": [one for one in files if one.message_id is None],
        "scans": scans_of(found.shipment),
        "steps": _steps(found, reader, tried),
        "answer": tried.form if tried is not None and is_answering else AnswerForm(),
        "is_acknowledged": _is_acknowledged(found, reader, messages),
        "problem": problem,
        "done": next((one for one in ("acknowledged", "answered", "done") if one in request.GET), ""),
    }
    return page(request, "ticket", context, status=status)


def _told(message: Message, files: list[Attachment]) -> dict[str, Any]:
    return {
        "is_ours": message.direction == Direction.OUT,
        "at": message.sent_at,
        "text": message.text,
        "files": [one for one in files if one.message_id == message.pk],
    }


def _is_acknowledged(found: Ticket, reader: Reader, messages: list[Message]) -> bool:
    """Whether they said or wrote anything since we last wrote to them."""
    newest = messages[0] if messages else None
    if newest is not None and newest.direction == Direction.IN:
        return True
    said = TicketEvent.objects.filter(
        ticket=found.pk,
        type="acknowledged",
        data__partner=reader.partner_id,
        at__gte=newest.created_at if newest else found.opened_at,
    )
    return said.exists()


def _steps(found: Ticket, reader: Reader, tried: Tried | None) -> list[StepForm]:
    steps = []
    for one in steps_of(found, reader.partner_id):
        declared = find_way(found, one.way.name)
        is_tried = tried is not None and tried.name == declared.name
        form = tried.form if tried is not None and is_tried else declared.form()(auto_id=f"id_{declared.name}_%s")
        has_files = any(isinstance(field, forms.FileField) for field in form.fields.values())
        _only_asked(form, found)
        label = LABELS.get((found.kind, declared.name), declared.label)
        steps.append(StepForm(declared.name, label, one.is_main, form, has_files, is_tried))
    return steps


def _only_asked(form: forms.Form, found: Ticket) -> None:
    """Of the papers there are, offer those that were asked for and are missing."""
    field = form.fields.get("papers")
    missing = set(found.papers.filter(state=PaperState.MISSING).values_list("type", flat=True)) if field else set()
    if isinstance(field, forms.MultipleChoiceField) and missing:
        field.choices = [(value, label) for value, label in PaperType.choices if value in missing]


def _facts(found: Ticket, partner_id: int) -> list[tuple[str, str]]:
    """The kind's own facts in words; what is empty is left out."""
    said = []
    for name, value in facts_for(found, partner_id).items():
        if value in (None, "", []):
            continue
        field = found.detail._meta.get_field(name)
        shown = getattr(found.detail, f"get_{name}_display", None)
        said.append((capfirst(str(field.verbose_name)), _words(shown() if shown else value)))  # type: ignore[union-attr]
    return said


def _words(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)
