"""One page a link. GET shows, POST sends; looking at a page changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.signing import BadSignature
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common.errors import InvalidInput
from tickets.choices import Kind, LinkPurpose, PaperState, Via, WaitingOn
from tickets.errors import AttachmentRefused, LinkRefused, TransitionRefused
from tickets.models import Attachment, CustomerLink, PaperRequest, Ticket
from tickets.policies.actor import Actor
from tickets.portal import limits, notices, repeats
from tickets.portal.drawing import (
    FORM_LIFE_SECONDS,
    draw,
    plain_page,
    query,
    sentences,
    signer,
    too_many_page,
    with_headers,
)
from tickets.portal.forms import InstructionsForm, PapersForm
from tickets.portal.reader import Zone, choose_language, zone_of
from tickets.portal.standing import scans_of, standing_of
from tickets.portal.survey import SurveyPage
from tickets.services.customer_links import mark_used, open_link
from tickets.services.transitions import find_way, take_way

WAYS: dict[tuple[str, str], str] = {
    (LinkPurpose.DOCUMENTS, Kind.CLEARANCE): "receive_documents",
    (LinkPurpose.DOCUMENTS, Kind.RETURN): "receive_papers",
    (LinkPurpose.EVIDENCE, Kind.LOSS): "receive_evidence",
    (LinkPurpose.INSTRUCTIONS, Kind.FAILED_DELIVERY): "receive_instructions",
}
"""What a link of a purpose lets its customer do with a ticket of a kind."""


# No cookie rides along with these requests: whoever posts has to know the token in the address, and a form of ours,
# signed for that link. (Django's own check wants a referrer or an origin, which no-referrer takes away.)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def customer_page(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link, in its customer's language and time. Whatever is wrong with a link, it gives the same 404."""
    now = timezone.now()
    language = choose_language(request, "")
    if limits.too_many_looks(request, now=now):
        return too_many_page(request, language)
    try:
        link = open_link(token=token, now=now)
    except LinkRefused:
        limits.note_wrong(request, now=now)
        return plain_page(request, "gone", language, status=404)
    language = choose_language(request, link.language)
    zone = zone_of(link.ticket, now=now)
    with translation.override(language), timezone.override(zone.info):
        kind = SurveyPage if link.purpose == LinkPurpose.SURVEY else _Page
        page = kind(request, link, language, zone, now)
        if request.method == "POST":
            if limits.too_many_sends(request, link.pk, now=now):
                return too_many_page(request, language)
            return page.send()
        return page.show()


class _Page:
    """One request to a link's page."""

    def __init__(self, request: HttpRequest, link: CustomerLink, language: str, zone: Zone, now: datetime) -> None:
        self.request, self.link, self.language, self.zone, self.now = request, link, language, zone, now
        self._look_at(link.ticket.typed())

    def _look_at(self, ticket: Ticket) -> None:
        """How the ticket stands: its papers, and the way this link takes, "" when it does not begin there."""
        self.ticket = ticket
        self.papers = list(PaperRequest.objects.filter(ticket_id=ticket.pk, asked_of=WaitingOn.CUSTOMER).order_by("id"))
        name = WAYS.get((self.link.purpose, ticket.kind), "")
        self.way = name if name and ticket.state in find_way(ticket, name).sources(ticket.kind) else ""

    def show(self, *, form: forms.Form | None = None, problem: str = "", status: int = 200) -> HttpResponse:
        """Render the page, with a form that was not accepted or a new one."""
        form = form or self._form()
        files: dict[int, list[str]] = {}
        choice = notices.choice_of(self.ticket)
        if self.papers and self.link.purpose in (LinkPurpose.DOCUMENTS, LinkPurpose.EVIDENCE):
            kept = Attachment.objects.filter(paper__in=self.papers, refusal="").order_by("id")
            for paper_id, name in kept.values_list("paper_id", "name"):
                files.setdefault(paper_id or 0, []).append(name)
        context = {
            "ticket": self.ticket,
            "standing": standing_of(self.ticket, self.papers, now=self.now),
            "scans": scans_of(self.ticket.shipment),
            "purpose": self.link.purpose,
            "papers": [
                {
                    "label": paper.get_type_display(),
                    "is_received": paper.state == PaperState.RECEIVED,
                    "due_at": paper.due_at,
                    "files": files.get(paper.pk, []),
                    "field": form[f"paper_{paper.type}"] if isinstance(form, PapersForm) else None,
                }
                for paper in self.papers
            ],
            "form": form,
            "form_token": signer(self.link).sign("form") if form or choice else "",
            "notices": choice,
            "has_chosen": self.request.method == "GET" and "chosen" in self.request.GET,
            "problem": problem,
            "is_done": self.request.method == "GET" and "done" in self.request.GET,
            "expires_at": self.link.expires_at,
            "zone": self.zone.label,
        }
        return draw(self.request, "page", self.language, context, status=status)

    def send(self) -> HttpResponse:
        """Take what a customer sent. What cannot be taken comes back with words beside its field."""
        try:
            data, files = self.request.POST, self.request.FILES
        except (SuspiciousOperation, MultiPartParserError, BadRequest):
            return self.show(problem=_("What you sent could not be read. Send fewer or smaller files."), status=400)
        try:
            signer(self.link).unsign(data.get("form_token", ""), max_age=FORM_LIFE_SECONDS)
        except BadSignature:
            problem = _("This page was open for too long. Please send it once more.")
            return self.show(problem=problem, status=403)
        if notices.FIELD in data:
            return self._choose_notices(data[notices.FIELD])
        return self._send_form(self._form(data, files))

    def _send_form(self, form: forms.Form | None) -> HttpResponse:
        """What was taken already is thanked for once more: whoever taps twice sees the answer to the second tap."""
        if form is not None and not self.way and form.is_valid() and self._is_repeated(form):
            return self._thank()
        if form is None or not self.way:
            return self.show(problem=_("Nothing is needed from you here right now."), status=409)
        if not form.is_valid():
            return self.show(form=form, problem=_("Please look at the fields marked below."), status=400)
        try:
            self._take(form)
        except TransitionRefused:
            self._look_at(Ticket.objects.get_typed(self.ticket.pk))
            if self._is_repeated(form):
                return self._thank()
            problem = _("This has changed in the meantime, so what you sent was not taken. Here is how it stands now.")
            return self.show(problem=problem, status=409)
        except (InvalidInput, AttachmentRefused) as error:
            return self.show(form=form, problem=" ".join(sentences(error)), status=400)
        return self._thank()

    def _choose_notices(self, value: str) -> HttpResponse:
        if not notices.choose(self.ticket, value):
            return self.show(problem=_("Nothing is needed from you here right now."), status=409)
        address = f"{self.request.path}?{query(self.request)}chosen=1#notices"
        return with_headers(HttpResponseRedirect(address), self.language)

    def _thank(self) -> HttpResponse:
        return with_headers(HttpResponseRedirect(f"{self.request.path}?{query(self.request)}done=1"), self.language)

    def _form(self, data: Any = None, files: Any = None) -> forms.Form | None:
        """The form of the link's purpose, None when there is nothing to send. What is sent is read in any state."""
        if not self.way and (data is None or (self.link.purpose, self.ticket.kind) not in WAYS):
            return None
        if self.link.purpose == LinkPurpose.INSTRUCTIONS:
            today = self.now.astimezone(self.zone.info).date()
            return InstructionsForm(data, today=today)
        return PapersForm(self.papers, data, files) if self.papers else None

    def _is_repeated(self, form: forms.Form) -> bool:
        """Whether all of a valid form was taken before."""
        if isinstance(form, PapersForm):
            return not repeats.without_kept(self.ticket.pk, form.files_by_paper())
        return repeats.is_instructed(self.ticket, form.cleaned_data)

    @transaction.atomic
    def _take(self, form: forms.Form) -> None:
        actor = Actor.customer(self.ticket.customer_id, via=Via.LINK)
        if isinstance(form, PapersForm):
            Ticket.objects.for_update().get(pk=self.ticket.pk)  # whoever sends the same now finds what we keep
            by_paper = repeats.without_kept(self.ticket.pk, form.files_by_paper())
            if not by_paper:
                return
            files = [file for of_paper in by_paper.values() for file in of_paper]
            self._take_way({"papers": list(by_paper)}, files, actor)
            self._file_under_papers(by_paper)
        else:
            cleaned = form.cleaned_data
            day = cleaned.get("wished_date")
            self._take_way({**cleaned, "wished_date": day.isoformat() if day else ""}, [], actor)
        mark_used(link=self.link, now=self.now)

    def _take_way(self, data: Mapping[str, Any], files: list[Any], actor: Actor) -> None:
        take_way(ticket_id=self.ticket.pk, way=self.way, data=data, files={"files": files}, actor=actor, now=self.now)

    def _file_under_papers(self, by_paper: Mapping[str, list[Any]]) -> None:
        """The files came in one go, in the order of their fields: tell them apart by paper."""
        count = sum(map(len, by_paper.values()))
        newest = list(Attachment.objects.filter(ticket_id=self.ticket.pk).order_by("-id")[:count])[::-1]
        ids = {paper.type: paper.pk for paper in self.papers}
        owners = [ids[paper] for paper, files in by_paper.items() for _file in files]
        for attachment, paper_id in zip(newest, owners, strict=True):
            attachment.paper_id = paper_id
        Attachment.objects.bulk_update(newest, ["paper"])
