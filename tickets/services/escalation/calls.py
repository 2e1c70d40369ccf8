"""Calls: to people of ours, to a partner's contacts; acknowledged, released, withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.errors import InvalidInput, PermissionRefused
from common.models import User
from common.services.calendars import hours_of
from logistics.models import Partner, PartnerContact
from tickets.choices import CallBy, Kind, PageState, WaitingOn, WhomKind
from tickets.errors import CannotWrite
from tickets.models import Escalation, EscalationLevel, Membership, Page, Team
from tickets.policies.actor import Actor
from tickets.policies.text import safe
from tickets.services.call_endings import take_calls
from tickets.services.conversations import write_to_customer, write_to_partner
from tickets.services.escalation.contacts import contact_for, staff_conversation
from tickets.services.escalation.outside import refuse_text_to
from tickets.services.escalation.rotas import on_call
from tickets.services.journal import Change, changing
from tickets.services.letters import letter
from tickets.services.parties import partner_of

MOST_CALLED = 50
"""People one level calls at most: a role may hold the whole house."""
PARTNERS: Final = frozenset(
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
    whom: str = WhomKind.PERSON,
) -> Page:
    """Call a person of ours, inside a change: in the desk always, besides by what ``by`` names and reaches them."""
    call = Page.objects.create(
        ticket_id=change.ticket.pk,
        escalation=escalation,
        user=user,
        whom=whom,
        level=level,
        by=[CallBy.DESK],
        reason=reason[:200],
        created_at=change.now,
        told_at=change.now,
    )
    reached = [way for way in dict.fromkeys(by) if way != CallBy.DESK and staff_conversation(change, call, way)]
    if reached:
        call.by = [CallBy.DESK, *reached]
        call.save(update_fields=["by"])
    change.record("paged", {"user": user.pk, "page": call.pk, "level": level, "by": call.by})
    return call


def call_level(change: Change, escalation: Escalation, level: EscalationLevel) -> int:
    """Call whom a level names. Returns how many were called: 0 when it reaches nobody."""
    if level.whom in PARTNERS:
        return _call_partner(change, escalation, level)
    people = [user for user in _people(change, level) if _may_see(change, user)]
    for user in people:
        page(
            change,
            user=user,
            reason=escalation.reason,
            by=level.by,
            level=level.order,
            escalation=escalation,
            whom=level.whom,
        )
    return len(people)


def acknowledge(*, page_id: int, actor: Actor, now: datetime) -> Page:
    """Say "I have it": the ladder ends, the others' calls are withdrawn; a ticket without owner gets this one.

    One's own other calls about the same ticket are answered with it. Raises PermissionRefused for somebody else's
    call, InvalidInput when it was answered already.
    """
    ticket_id = Page.objects.values_list("ticket_id", flat=True).get(pk=page_id)
    with transaction.atomic(), changing(ticket_id, actor=actor, now=now) as change:
        call = Page.objects.get(pk=page_id)
        if call.user_id is None or (call.user_id != actor.id and not actor.may("tickets.supervise")):
            raise PermissionRefused(_("This call is somebody else's."))
        if call.state != PageState.OPEN:
            raise InvalidInput(_("This call was answered already."))
        assert actor.id is not None
        calls = Page.objects.filter(ticket_id=ticket_id).filter(Q(pk=call.pk) | Q(user_id=actor.id))
        take(change, calls, actor=actor)
    call.refresh_from_db()
    return call


def take(change: Change, calls: QuerySet[Page], *, actor: Actor) -> bool:
    """Acknowledge calls in the actor's name, inside a change; a ticket nobody owns is theirs. Whether any was open."""
    assert actor.id is not None
    if not take_calls(change, calls, user_id=actor.id):
        return False
    ticket = change.ticket
    if ticket.is_open and ticket.assignee_id is None and actor.may("tickets.work_ticket"):
        ticket.assignee = actor.user
        change.record(
            "assigned",
            {"assignee": actor.id, "team": ticket.team_id, "assignee_before": None, "team_before": ticket.team_id},
        )
    return True


def release(*, page_id: int, text: str, actor: Actor, now: datetime, by_hand: bool = False) -> Page:
    """Send a message to somebody outside that waited for a person's word, as that person has it now.

    ``by_hand``: the person has posted or said it themselves; the only way to whoever has no e-mail address. Raises
    InvalidInput when it was released or withdrawn meanwhile or cannot be sent from here, CannotWrite for a text that
    must not go out, PermissionRefused.
    """
    with _waiting(page_id, actor, now) as (change, call):
        refuse_text_to(change.ticket, call.whom, text)
        if by_hand:
            call.text, call.state, call.told_at = safe(text).strip(), PageState.OPEN, now
            call.by = []
            call.save(update_fields=["text", "state", "told_at", "by"])
        elif call.contact is None or not can_be_sent(call):
            raise InvalidInput(_("This cannot be sent from here. Post or say it yourself, then say that you have."))
        else:
            _send(change, call, call.contact, text=text)
        change.record("call_released", {"page": call.pk, "partner": call.partner_id, "by_hand": by_hand})
    return call


def dismiss(*, page_id: int, actor: Actor, now: datetime) -> Page:
    """Do not send a message that waited for a person's word; the ladder goes on. Raises as ``release``."""
    with _waiting(page_id, actor, now) as (change, call):
        call.state = PageState.WITHDRAWN
        call.save(update_fields=["state"])
        change.record("call_dismissed", {"page": call.pk, "partner": call.partner_id})
    return call


def can_be_sent(call: Page) -> bool:
    """Whether a message to somebody outside can go by e-mail; a public account is never written to by us."""
    return call.whom != WhomKind.PARTNER_PUBLIC and call.contact is not None and bool(call.contact.email)


@contextmanager
def _waiting(page_id: int, actor: Actor, now: datetime) -> Iterator[tuple[Change, Page]]:
    if not actor.may("tickets.work_ticket"):
        raise PermissionRefused(_("You may not write here."))
    ticket_id = Page.objects.values_list("ticket_id", flat=True).get(pk=page_id)
    with transaction.atomic(), changing(ticket_id, actor=actor, now=now) as change:
        call = Page.objects.select_related("contact__partner").get(pk=page_id)
        if call.state != PageState.TO_APPROVE:
            raise InvalidInput(_("This message is not waiting to be released."))
        yield change, call


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
    teams = [level.team] if level.whom == WhomKind.TEAM and level.team else _open_teams(change)
    members = Membership.objects.filter(team__in=teams)
    leads = members.filter(is_lead=True)
    chosen = leads if leads.exists() else members
    return list(people.filter(pk__in=chosen.values("user"))[:MOST_CALLED])


def _may_see(change: Change, user: User) -> bool:
    """Whether somebody may read the ticket they are called to: a call tells what it is about."""
    return change.ticket.kind != Kind.SAFETY or user.has_perm("tickets.view_safety")


def _open_teams(change: Change) -> list[Team]:
    """The teams at work now that take this kind; the ticket's own alone when it is among them."""
    fitting = [
        team
        for team in Team.objects.all()
        if (not team.kinds or change.ticket.kind in team.kinds) and hours_of(team.calendar_id).is_open(change.now)
    ]
    return [team for team in fitting if team.pk == change.ticket.team_id] or fitting


def _call_partner(change: Change, escalation: Escalation, level: EscalationLevel) -> int:
    partner = escalation.partner or partner_at_work(change)
    contact = contact_for(partner, level.whom) if partner else None
    if partner is None or contact is None:
        change.record("partner_unreachable", {"partner": partner.pk if partner else None, "level": level.order})
        return 0
    escalation.partner = partner  # an answer of theirs ends the ladder, whoever was meant when it began
    rendered = letter(key=level.template or "partner_reminder", ticket=change.ticket, partner=partner, now=change.now)
    call = Page.objects.create(
        ticket_id=change.ticket.pk,
        escalation=escalation,
        contact=contact,
        partner=partner,
        whom=level.whom,
        level=level.order,
        by=[CallBy.EMAIL],
        reason=escalation.reason,
        subject=rendered.subject[:300],
        text=rendered.text,
        state=PageState.TO_APPROVE,
        created_at=change.now,
    )
    change.record("partner_called", {"partner": partner.pk, "page": call.pk, "level": level.order, "whom": level.whom})
    if level.needs_approval or not can_be_sent(call):
        return 1
    try:
        _send(change, call, contact, text=rendered.text)
    except CannotWrite as error:
        call.state = PageState.FAILED
        call.save(update_fields=["state"])
        change.record("call_not_delivered", {"page": call.pk, "partner": partner.pk, "code": error.code})
        return 0
    return 1


def _send(change: Change, call: Page, contact: PartnerContact, *, text: str) -> None:
    message = write_to_partner(change, partner=contact.partner, text=text, subject=call.subject, contact=contact)
    if message is None:
        raise CannotWrite(_("%(name)s has no address we can write to.") % {"name": contact.name})
    call.text, call.message, call.state, call.told_at = text, message, PageState.OPEN, change.now
    call.save(update_fields=["text", "message", "state", "told_at"])


def partner_at_work(change: Change) -> Partner | None:
    ticket = change.ticket
    return partner_of(ticket, ticket.waiting_on) or partner_of(ticket, WaitingOn.CARRIER)
