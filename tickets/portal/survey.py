"""The page that asks how it went: five large buttons, one tap; then room for a comment. Looking changes nothing."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from knowledge_base.errors import TemplateUnusable, ValuesMissing
from tickets.choices import Via
from tickets.errors import SurveyRefused
from tickets.models import CustomerLink, SurveyAnswer, SurveySettings
from tickets.policies.actor import Actor
from tickets.policies.marks import BAD
from tickets.portal.drawing import FORM_LIFE_SECONDS, draw, query, signer, with_headers
from tickets.portal.reader import Zone
from tickets.services.customer_links import mark_used
from tickets.services.letters import letter
from tickets.services.surveys.answering import LONGEST_COMMENT, comment, give_mark, is_open
from tickets.services.surveys.replies import SORRY, THANKS

MARKS: tuple[tuple[int, str | Promise], ...] = (
    (5, pgettext_lazy("mark", "Very good")),
    (4, pgettext_lazy("mark", "Good")),
    (3, pgettext_lazy("mark", "So-so")),
    (2, pgettext_lazy("mark", "Bad")),
    (1, pgettext_lazy("mark", "Very bad")),
)


class SurveyPage:
    """One request to the page of a survey's link."""

    def __init__(self, request: HttpRequest, link: CustomerLink, language: str, zone: Zone, now: datetime) -> None:
        self.request, self.link, self.language, self.zone, self.now = request, link, language, zone, now

    def show(self, *, problem: str = "", status: int = 200) -> HttpResponse:
        """The buttons while a mark is waited for; afterwards thanks, and a field for a comment until there is one."""
        answer = SurveyAnswer.objects.filter(ticket=self.link.ticket_id).first()
        settings = SurveySettings.current()
        may_mark = answer is not None and is_open(answer, now=self.now, settings=settings)
        has_mark = answer is not None and answer.answered_at is not None
        context = {
            "ticket": self.link.ticket,
            "marks": MARKS if may_mark else [],
            "score": answer.score if answer else None,
            "has_mark": has_mark,
            "thanks": self._thanks(answer) if answer is not None and has_mark else "",
            "may_comment": has_mark and answer is not None and not answer.comment,
            "has_comment": has_mark and answer is not None and bool(answer.comment),
            "longest": LONGEST_COMMENT,
            "form_token": signer(self.link).sign("form"),
            "problem": problem,
        }
        return draw(self.request, "survey", self.language, context, status=status)

    def send(self) -> HttpResponse:
        """Take a mark, or the comment after it. Whoever taps twice sees the thanks once more."""
        try:
            data = self.request.POST
        except (SuspiciousOperation, MultiPartParserError, BadRequest):
            return self.show(problem=_("What you sent could not be read."), status=400)
        try:
            signer(self.link).unsign(data.get("form_token", ""), max_age=FORM_LIFE_SECONDS)
        except BadSignature:
            return self.show(problem=_("This page was open for too long. Please send it once more."), status=403)
        actor = Actor.customer(self.link.ticket.customer_id, via=Via.LINK)
        ticket_id = self.link.ticket_id
        try:
            if "comment" in data:
                comment(ticket_id=ticket_id, words=data["comment"], actor=actor, now=self.now)
            else:
                score = data.get("score", "")
                mark = int(score) if score in {"1", "2", "3", "4", "5"} else 0
                give_mark(ticket_id=ticket_id, score=mark, actor=actor, now=self.now)
        except SurveyRefused as error:
            if error.code != "already_answered":
                return self.show(problem=str(error), status=400 if error.code in {"bad_mark", "empty"} else 409)
        else:
            mark_used(link=self.link, now=self.now)
        return with_headers(HttpResponseRedirect(f"{self.request.path}?{query(self.request)}done=1"), self.language)

    def _thanks(self, answer: SurveyAnswer) -> str:
        """The house's own words, else ours: a template that is switched off keeps nobody from being thanked."""
        key = SORRY if answer.score is not None and answer.score <= BAD else THANKS
        try:
            return letter(key=key, ticket=self.link.ticket).text
        except (TemplateUnusable, ValuesMissing):
            return _("Thank you. Your answer has reached us.")
