"""Tickets that become one, another kind, or two: merge, convert, split, follow up."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.errors import InvalidInput, PermissionRefused
from tickets.choices import Audience, Direction, Kind, LinkType
from tickets.errors import TransitionRefused
from tickets.models import Attachment, Conversation, CustomerLink, Message, Participant, Ticket, TicketLink
from tickets.policies.actor import Actor
from tickets.services.conversations import show_last
from tickets.services.journal import Change, changing
from tickets.services.linking import join, open_linked
from tickets.services.partner_scope import admit
from tickets.services.transitions import apply_way, find_way

WORK = "tickets.work_ticket"
SAFETY = "tickets.decide_safety"
STILL_MATTERS = frozenset((Kind.LOSS, Kind.RETURN, Kind.PAYMENT, Kind.SAFETY, Kind.WAREHOUSE, Kind.INQUIRY))
"""Kinds that can begin again after their end; a parcel that was released or delivered long ago leaves a question."""


def merge_tickets(*, ticket_id: int, into_id: int, actor: Actor, now: datetime) -> Ticket:
    """Bring everything of a ticket into another one and dismiss it as merged. Returns the other.

    Raises InvalidInput when the two are of different customers, one is a safety matter and the other is not, or they
    are the same; TransitionRefused when either has ended; PermissionRefused.
    """
    if ticket_id == into_id:
        raise InvalidInput(_("A ticket cannot be merged into itself."))
    with ExitStack() as stack:
        # Locked by their numbers' order, so that two people merging crosswise do not wait for each other for ever.
        changes = {
            number: stack.enter_context(changing(number, actor=actor, now=now))
            for number in sorted((ticket_id, into_id))
        }
        old, into = changes[ticket_id], changes[into_id]
        _refuse_unless_may(actor, old.ticket, into.ticket)
        if not into.ticket.is_open:
            raise TransitionRefused(_("%(ticket)s has ended: reopen it first.") % {"ticket": into.ticket.reference})
        _refuse_merging(old.ticket, into.ticket)
        unanswered = old.ticket.unanswered_since
        apply_way(old, find_way(old.ticket, "dismiss_merged"), {})
        _move_everything(old, into, unanswered)
        join(old, into.ticket, link=LinkType.MERGED_INTO)
        into.record("merged", {"ticket": old.ticket.pk})
    return into.ticket


def convert_ticket(*, ticket_id: int, kind: str, actor: Actor, now: datetime) -> Ticket:
    """Make a ticket one of another kind: a new ticket gets everything, the old one is dismissed as converted.

    Raises InvalidInput when it is of that kind already, TransitionRefused when it has ended or the parcel has an open
    ticket of that kind (``already_open``: merge into it), PermissionRefused.
    """
    if kind not in Kind.values:
        raise InvalidInput(_("There is no such kind of ticket."))
    with changing(ticket_id, actor=actor, now=now) as change:
        ticket = change.ticket
        _refuse_unless_may(actor, ticket, kinds=(kind,))
        if ticket.kind == kind:
            raise InvalidInput(_("The ticket is of this kind already."))
        unanswered = ticket.unanswered_since
        apply_way(change, find_way(ticket, "dismiss_converted"), {})
        new = open_linked(change, kind, link=LinkType.CONVERTED_TO, **_as_it_stood(ticket))
        with changing(new.pk, actor=actor, now=now) as into:
            _move_everything(change, into, unanswered)
        if kind == Kind.SAFETY:  # what it said is for fewer eyes from now on
            _show_last_message(ticket)
    return into.ticket


def split_ticket(
    *, ticket_id: int, message_ids: Iterable[int], kind: str, actor: Actor, now: datetime, summary: str = ""
) -> Ticket:
    """Take messages out of a ticket into a new one of ``kind``, because they are about something else.

    A conversation whose messages all go moves along; of one that is torn the new ticket gets a thread of its own with
    the same person. The parcel goes along unless it would then have two open tickets of one kind. Raises InvalidInput
    when the messages are not the ticket's, TransitionRefused when it has ended, PermissionRefused.
    """
    if kind not in Kind.values:
        raise InvalidInput(_("There is no such kind of ticket."))
    with changing(ticket_id, actor=actor, now=now) as change:
        old = change.ticket
        _refuse_unless_may(actor, old, kinds=(kind,))
        if not old.is_open:
            raise TransitionRefused(_("%(ticket)s has ended: reopen it first.") % {"ticket": old.reference})
        wanted = set(message_ids)
        messages = list(Message.objects.filter(ticket_id=old.pk, pk__in=wanted).select_related("conversation"))
        if not wanted or {message.pk for message in messages} != wanted:
            raise InvalidInput(_("Choose messages of this ticket."))
        free = not (
            old.shipment and Ticket.objects.open().filter(shipment=old.shipment, kind=kind, incident=None).exists()
        )
        new = open_linked(
            change,
            kind,
            link=LinkType.SPLIT_FROM,
            from_new=True,
            shipment=old.shipment if free else None,
            summary=summary,
        )
        with changing(new.pk, actor=actor, now=now) as into:
            _move_messages(old, into.ticket, messages)
            since = old.unanswered_since
            for ticket in (old, into.ticket):
                _show_last_message(ticket)
                ticket.unanswered_since = _first_word(ticket, since) if since else None
        change.record("split", {"ticket": new.pk, "messages": sorted(wanted)})
    return into.ticket


def follow_up(change: Change) -> Ticket:
    """Open a ticket that follows an ended one, and move the customer's conversations there.

    Of the same kind where that can begin again, else an inquiry. Where the parcel has an open ticket of that kind
    already, that one takes it up.
    """
    old = change.ticket
    kind = old.kind if old.kind in STILL_MATTERS else Kind.INQUIRY
    new = None
    if old.shipment_id is not None:
        new = Ticket.objects.open().filter(shipment_id=old.shipment_id, kind=kind, incident=None).first()
    if new is not None and new.customer_id in (None, old.customer_id):
        join(change, new, link=LinkType.FOLLOWS)
    else:
        shipment = old.shipment if new is None else None
        new = open_linked(change, kind, link=LinkType.FOLLOWS, shipment=shipment)
    Conversation.objects.filter(ticket_id=old.pk, audience__in=(Audience.CUSTOMER, Audience.PUBLIC)).update(
        ticket_id=new.pk
    )
    return Ticket.objects.get_typed(new.pk)


def successor(ticket: Ticket) -> Ticket | None:
    """The ticket that a merged or converted one went into."""
    link = (
        TicketLink.objects.filter(from_ticket_id=ticket.pk, type__in=(LinkType.MERGED_INTO, LinkType.CONVERTED_TO))
        .order_by("-id")
        .first()
    )
    return Ticket.objects.get_typed(link.to_ticket_id) if link else None


def _refuse_unless_may(actor: Actor, *tickets: Ticket, kinds: Iterable[str] = ()) -> None:
    """Safety matters ask for their own permission, in whichever direction they go."""
    touched = {*(ticket.kind for ticket in tickets), *kinds}
    if not actor.may(WORK) or (Kind.SAFETY in touched and not actor.may(SAFETY)):
        raise PermissionRefused(_("You may not do this here."))


def _refuse_merging(old: Ticket, into: Ticket) -> None:
    if old.customer_id and into.customer_id and old.customer_id != into.customer_id:
        raise InvalidInput(_("The two tickets are of different customers: what one wrote must not reach the other."))
    if (old.kind == Kind.SAFETY) != (into.kind == Kind.SAFETY):
        raise InvalidInput(_("A safety matter is merged with another safety matter only."))


def _as_it_stood(ticket: Ticket) -> dict[str, Any]:
    return {
        "incident": ticket.incident,
        "word_hits": list(ticket.word_hits),
        "opened_at": ticket.opened_at,
    }


def _move_everything(old: Change, into: Change, unanswered: datetime | None) -> None:
    """Conversations, messages, files, people and the customer's open question go from one ticket to another."""
    source, target = old.ticket, into.ticket
    Conversation.objects.filter(ticket_id=source.pk).update(ticket_id=target.pk)
    Message.objects.filter(ticket_id=source.pk).update(ticket_id=target.pk)
    Attachment.objects.filter(ticket_id=source.pk).update(ticket_id=target.pk)
    _copy_participants(source, target, now=into.now)
    CustomerLink.objects.filter(ticket_id=source.pk, revoked_at__isnull=True).update(revoked_at=into.now)
    if unanswered and (target.unanswered_since is None or unanswered < target.unanswered_since):
        target.unanswered_since = unanswered
    target.customer = target.customer or source.customer
    if target.shipment_id is None and target.kind != source.kind:
        target.shipment = source.shipment
    for name in ("language", "country", "channel", "origin", "destination"):
        if not getattr(target, name):
            setattr(target, name, getattr(source, name))
    target.tags = sorted({*target.tags, *source.tags})
    target.word_hits = sorted({*target.word_hits, *source.word_hits})
    _show_last_message(target)


def _first_word(ticket: Ticket, since: datetime) -> datetime | None:
    """When the first word from outside came that was written since then."""
    words = Message.objects.filter(
        ticket_id=ticket.pk, direction=Direction.IN, is_automatic=False, created_at__gte=since
    )
    return words.order_by("created_at").values_list("created_at", flat=True).first()


def _copy_participants(source: Ticket, target: Ticket, *, now: datetime) -> None:
    people: QuerySet[Participant] = Participant.objects.filter(ticket_id=source.pk)
    Participant.objects.bulk_create(
        [
            Participant(
                ticket_id=target.pk,
                user_id=one.user_id,
                identity_id=one.identity_id,
                partner_id=one.partner_id,
                joined_at=now,
            )
            for one in people
        ],
        ignore_conflicts=True,
    )


def _move_messages(old: Ticket, new: Ticket, messages: list[Message]) -> None:
    numbers = [message.pk for message in messages]
    Message.objects.filter(pk__in=numbers).update(ticket_id=new.pk)
    admit(new.pk, [message.partner_id for message in messages], now=new.opened_at)
    Attachment.objects.filter(message__in=numbers).update(ticket_id=new.pk)
    for conversation in {message.conversation for message in messages if message.conversation}:
        if not Message.objects.filter(conversation=conversation, ticket_id=old.pk).exists():
            Conversation.objects.filter(pk=conversation.pk).update(ticket_id=new.pk)
            continue
        torn = Conversation.objects.create(
            connection_id=conversation.connection_id,
            identity_id=conversation.identity_id,
            thread=f"split-{new.pk}-{conversation.pk}",
            ticket_id=new.pk,
            audience=conversation.audience,
            subject=conversation.subject,
            started_at=conversation.started_at,
            last_message_at=max(one.created_at for one in messages if one.conversation_id == conversation.pk),
        )
        Message.objects.filter(pk__in=numbers, conversation=conversation).update(conversation=torn)


def _show_last_message(ticket: Ticket) -> None:
    last = (
        Message.objects.filter(ticket_id=ticket.pk)
        .exclude(direction=Direction.NOTE)
        .order_by("-created_at", "-id")
        .first()
    )
    if last:
        show_last(ticket, last)
    else:
        ticket.last_message_at, ticket.last_message_preview, ticket.last_message_direction = None, "", ""
