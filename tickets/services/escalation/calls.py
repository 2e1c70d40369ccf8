"""Calls: to people of ours, to a partner's contacts; acknowledged, released, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import InvalidInput, PermissionRefused
from common.jobs import nudge
from common.models import User
from common.services.calendars import hours_of
from logistics.models import Partner, PartnerContact
from tickets.choices import CallBy, EscalationEnd, PageState, WaitingOn, WhomKind
from tickets.errors import CannotWrite
from tickets.models import Escalation, EscalationLevel, Membership, Page, Team
from tickets.policies.actor import Actor
from tickets.services.conversations import write_to_customer, write_to_partner
from tickets.services.escalation.contacts import contact_for, staff_conversation
from tickets.services.escalation.rotas import on_call
from tickets.services.journal import Change, changing
from tickets.services.letters import letter
from tickets.services.parties import partner_of

MOST_CALLED = 50
"""People one level calls at most: a role may hold the whole house."""
_PARTNERS = frozenset(
    {
        WhomKind.PARTNER_CONTACT,
        WhomKind.PARTNER_BACKUP,
        WhomKind.PARTNER_SUPERVISOR,
        WhomKind.PARTNER_PUBLIC,
        WhomKind.PARTNER_ASSOCIATION,
    }
)


def page(
    change: Change,
    *,
    user: User,
    reason: str,
    by: Sequence[str] = (),
    level: int = 0,
    escalation: Escalation | None = None,
) -> Page:
    """Call a person of ours, inside a change: in the desk always, besides by what ``by`` names and reaches them."""
    ways = list(dict.fromkeys([CallBy.DESK, *by]))
    call = Page.objects.create(
        ticket_id=change.ticket.pk,
        escalation=escalation,
        user=user,
        level=level,
        by=ways,
        reason=reason[:200],
        created_at=change.now,
    )
    for way in ways:
        if way != CallBy.DESK:
            staff_conversation(change, call, way)
    change.record("paged", {"user": user.pk, "page": call.pk, "level": level, "by": ways})
    nudge("people_called")
    return call


def call_level(change: Change, escalation: Escalation, level: EscalationLevel) -> int:
    """Call whom a level names. Returns how many were called: 0 when it reaches nobody."""
    if level.whom in _PARTNERS:
        return _call_partner(change, escalation, level)
    people = _people(change, level)
    for user in people:
        page(change, user=user, reason=escalation.reason, by=level.by, level=level.order, escalation=escalation)
    return len(people)


def acknowledge(*, page_id: int, actor: Actor, now: datetime) -> Page:
    """Say "I have it": the ladder ends, the others' calls are withdrawn; a ticket without owner gets this one.

    Raises PermissionRefused for somebody else's call, InvalidInput when it was answered already.
    """
    ticket_id = Page.objects.values_list("ticket_id", flat=True).get(pk=page_id)
    with transaction.atomic(), changing(ticket_id, actor=actor, now=now) as change:
        call = Page.objects.select_related("escalation").get(pk=page_id)
        if call.user_id is None or (call.user_id != actor.id and not actor.may("tickets.supervise")):
            raise PermissionRefused(_("This call is somebody else's."))
        if call.state != PageState.OPEN:
            raise InvalidInput(_("This call was answered already."))
        call.state, call.acknowledged_at, call.acknowledged_by_id = PageState.ACKNOWLEDGED, now, actor.id
        call.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
        change.record("acknowledged", {"page": call.pk, "user": actor.id})
        if call.escalation is not None and call.escalation.ended_at is None:
            Escalation.objects.filter(pk=call.escalation_id).update(
                ended_at=now, end=EscalationEnd.ACKNOWLEDGED, next_at=None, acknowledged_by=actor.id
            )
            withdraw_calls(change, escalations=[call.escalation.pk])
        if change.ticket.is_open and change.ticket.assignee_id is None and actor.may("tickets.work_ticket"):
            change.ticket.assignee = actor.user
            change.record(
                "assigned",
                {
                    "assignee": actor.id,
                    "team": change.ticket.team_id,
                    "assignee_before": None,
                    "team_before": change.ticket.team_id,
                },
            )
    return call


def release(*, page_id: int, text: str, actor: Actor, now: datetime) -> Page:
    """Send a message to somebody outside that waited for a person's word, as that person has it now.

    Raises InvalidInput when it was released or withdrawn meanwhile, CannotWrite, PermissionRefused.
    """
    if not actor.may("tickets.work_ticket"):
        raise PermissionRefused(_("You may not write here."))
    ticket_id = Page.objects.values_list("ticket_id", flat=True).get(pk=page_id)
    with transaction.atomic(), changing(ticket_id, actor=actor, now=now) as change:
        call = Page.objects.select_related("contact__partner").get(pk=page_id)
        if call.state != PageState.TO_APPROVE or call.contact is None:
            raise InvalidInput(_("This message is not waiting to be released."))
        _send(change, call, call.contact, text=text)
        change.record("call_released", {"page": call.pk, "partner": call.contact.partner_id})
    return call


def withdraw_calls(change: Change, *, escalations: Iterable[int]) -> None:
    """Take back the calls of ladders that nobody has to answer any more."""
    open_calls = Page.objects.filter(
        escalation_id__in=list(escalations), state__in=(PageState.OPEN, PageState.TO_APPROVE)
    )
    open_calls.update(state=PageState.WITHDRAWN)


def tell_customer_next(change: Change, escalation: Escalation) -> None:
    """Tell the customer whom it was raised to and when they hear from us next."""
    if change.ticket.customer_id is None or escalation.next_at is None:
        return
    values = {"next_update_at": escalation.next_at}
    rendered = letter(key="next_word", ticket=change.ticket, now=change.now, values=values)
    try:
        write_to_customer(change, text=rendered.text, subject=rendered.subject)
    except CannotWrite as error:
        change.record("customer_not_told", {"code": error.code})


def _people(change: Change, level: EscalationLevel) -> list[User]:
    """Whom of ours a level means, at most MOST_CALLED."""
    if level.whom == WhomKind.OWNER:
        return [change.ticket.assignee] if change.ticket.assignee else []
    if level.whom == WhomKind.PERSON:
        return [level.user] if level.user and level.user.is_active else []
    if level.whom == WhomKind.ON_CALL and level.rota is not None:
        user = on_call(level.rota, change.now)
        return [user] if user else []
    people = User.objects.filter(is_active=True, is_staff=True).order_by("pk")
    if level.whom == WhomKind.ROLE:
        return list(people.filter(groups=level.role)[:MOST_CALLED])
    teams = [level.team_id] if level.whom == WhomKind.TEAM else _open_teams(change)
    members = Membership.objects.filter(team_id__in=teams)
    leads = members.filter(is_lead=True)
    chosen = leads if leads.exists() else members
    return list(people.filter(pk__in=chosen.values("user"))[:MOST_CALLED])


def _open_teams(change: Change) -> list[int]:
    """The teams at work now that take this kind; the ticket's own alone when it is among them."""
    fitting = [
        team.pk
        for team in Team.objects.all()
        if (not team.kinds or change.ticket.kind in team.kinds) and hours_of(team.calendar_id).is_open(change.now)
    ]
    return [change.ticket.team_id] if change.ticket.team_id in fitting else fitting


def _call_partner(change: Change, escalation: Escalation, level: EscalationLevel) -> int:
    partner = escalation.partner or _partner_at_work(change)
    contact = contact_for(partner, level.whom) if partner else None
    if partner is None or contact is None:
        change.record("partner_unreachable", {"partner": partner.pk if partner else None, "level": level.order})
        return 0
    rendered = letter(key=level.template or "partner_reminder", ticket=change.ticket, partner=partner, now=change.now)
    call = Page.objects.create(
        ticket_id=change.ticket.pk,
        escalation=escalation,
        contact=contact,
        level=level.order,
        by=[CallBy.EMAIL],
        reason=escalation.reason,
        subject=rendered.subject[:300],
        text=rendered.text,
        state=PageState.TO_APPROVE,
        created_at=change.now,
    )
    change.record("partner_called", {"partner": partner.pk, "page": call.pk, "level": level.order, "whom": level.whom})
    if level.needs_approval or not contact.email:
        return 1
    try:
        _send(change, call, contact, text=rendered.text)
    except CannotWrite:
        return 0
    return 1


def _send(change: Change, call: Page, contact: PartnerContact, *, text: str) -> None:
    message = write_to_partner(change, partner=contact.partner, text=text, subject=call.subject, contact=contact)
    if message is None:
        raise CannotWrite(_("%(name)s has no address we can write to.") % {"name": contact.name})
    call.text, call.message, call.state = text, message, PageState.OPEN
    call.save(update_fields=["text", "message", "state"])


def _partner_at_work(change: Change) -> Partner | None:
    ticket = change.ticket
    return partner_of(ticket, ticket.waiting_on) or partner_of(ticket, WaitingOn.CARRIER)
