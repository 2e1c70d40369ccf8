"""The answer: a mark once, a comment once; a bad mark calls whoever leads the team. Nothing here reopens a ticket."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from common.models import User
from tickets.choices import CallBy
from tickets.errors import SurveyRefused
from tickets.models import Membership, SurveyAnswer, SurveySettings
from tickets.policies.actor import Actor
from tickets.policies.marks import BAD, HIGHEST, LOWEST
from tickets.policies.personal_data import mask
from tickets.policies.text import safe
from tickets.services.escalation import page
from tickets.services.journal import Change, changing

LONGEST_COMMENT = 4_000
MOST_CALLED = 5


def is_open(answer: SurveyAnswer, *, now: datetime, settings: SurveySettings) -> bool:
    """Whether a mark is still waited for."""
    return answer.answered_at is None and now < answer.asked_at + timedelta(days=settings.answer_days)


def give_mark(*, ticket_id: int, score: int, actor: Actor, now: datetime, words: str = "") -> SurveyAnswer:
    """Take a customer's mark, 1 (bad) to 5, with a comment if there is one. The first counts.

    A bad one calls the team's leads. Raises SurveyRefused: not_asked, already_answered, too_late, bad_mark.
    """
    with changing(ticket_id, actor=actor, now=now) as change:
        return take_mark(change, score=score, words=words)


def take_mark(change: Change, *, score: int, words: str = "") -> SurveyAnswer:
    """As ``give_mark``, inside a change, which locks the ticket: of two taps one is the first."""
    settings = SurveySettings.current()
    answer = SurveyAnswer.objects.filter(ticket=change.ticket.pk).first()
    if answer is None:
        raise SurveyRefused(_("Nobody was asked about this."), code="not_asked")
    if answer.answered_at is not None:
        raise SurveyRefused(_("We have your answer already."), code="already_answered")
    if not is_open(answer, now=change.now, settings=settings):
        raise SurveyRefused(_("It is too late to answer."), code="too_late")
    if not LOWEST <= score <= HIGHEST:
        raise SurveyRefused(_("Choose one of the five."), code="bad_mark")
    answer.score, answer.answered_at, answer.via = score, change.now, change.actor.via
    answer.comment = _clean(words)
    answer.save(update_fields=["score", "answered_at", "via", "comment"])
    change.record("survey_answered", {"score": score}, personal={"text": answer.comment} if answer.comment else None)
    if score <= BAD and settings.calls_supervisor:
        _call_supervisors(change, score)
    return answer


def comment(*, ticket_id: int, words: str, actor: Actor, now: datetime) -> SurveyAnswer:
    """Take what a customer says after the mark, once. Raises SurveyRefused: not_asked, already_answered, empty."""
    with changing(ticket_id, actor=actor, now=now) as change:
        return take_comment(change, words=words)


def take_comment(change: Change, *, words: str) -> SurveyAnswer:
    """As ``comment``, inside a change."""
    answer = SurveyAnswer.objects.filter(ticket=change.ticket.pk, answered_at__isnull=False).first()
    if answer is None:
        raise SurveyRefused(_("Nobody was asked about this."), code="not_asked")
    if answer.comment:
        raise SurveyRefused(_("We have your answer already."), code="already_answered")
    answer.comment = _clean(words)
    if not answer.comment:
        raise SurveyRefused(_("Write something first."), code="empty")
    answer.save(update_fields=["comment"])
    change.record("survey_commented", {"score": answer.score}, personal={"text": answer.comment})
    return answer


def _clean(words: str) -> str:
    return mask(safe(words).strip()[:LONGEST_COMMENT]).text


def _call_supervisors(change: Change, score: int) -> None:
    """A task for whoever leads the ticket's team, else for supervisors: a call that stays until somebody takes it."""
    for user in _supervisors(change):
        with translation.override(user.language):
            reason = _("The customer gave a mark of %(score)d of 5. Look what went wrong.") % {"score": score}
        page(change, user=user, reason=reason, by=[CallBy.DESK, CallBy.EMAIL])


def _supervisors(change: Change) -> list[User]:
    leads = Membership.objects.filter(team=change.ticket.team_id, is_lead=True, user__is_active=True)
    users = [row.user for row in leads.select_related("user").order_by("id")[:MOST_CALLED]]
    if not users:
        supervises = Q(
            groups__permissions__codename="supervise", groups__permissions__content_type__app_label="tickets"
        )
        people = User.objects.filter(supervises, is_active=True, is_staff=True).distinct()
        users = list(people.order_by("id")[:MOST_CALLED])
    return users
