"""Where to write: which conversation, with which of somebody's addresses."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Case, F, Max, Q, When
from django.utils.translation import gettext as _

from common.models import Connection
from logistics.choices import PartnerChannel
from logistics.models import Customer, Partner, PartnerContact, Shipment
from tickets.choices import Audience
from tickets.errors import CannotWrite
from tickets.models import ChannelIdentity, Conversation, Ticket
from tickets.services.identities import is_mail, know_partner
from tickets.services.journal import Change
from tickets.services.partner_desk import PROVIDER, agreed_channel, comes_to_desk, conversation_at

_USABLE = Q(identity__is_blocked=False, identity__has_consent=True, connection__is_active=True)


def latest_of_ticket(ticket: Ticket) -> Conversation | None:
    """The latest of a ticket's conversations with the customer that may be written in."""
    return (
        Conversation.objects.filter(_USABLE, ticket=ticket, audience=Audience.CUSTOMER)
        .select_related("connection", "identity")
        .order_by("-last_message_at", "-id")
        .first()
    )


def elsewhere(change: Change) -> Conversation | None:
    """A conversation at another address of the customer: their chat as it is, or a new mail thread."""
    ticket = change.ticket
    if ticket.customer_id is None:
        return None
    identities = (
        ChannelIdentity.objects.filter(
            customer_id=ticket.customer_id, is_blocked=False, has_consent=True, connection__is_active=True
        )
        .select_related("connection")
        .order_by("-is_verified", "-id")
    )
    for identity in identities[:10]:
        if is_mail(identity.connection):
            return _new_thread(change, identity.connection, identity, Audience.CUSTOMER)
        chat = (
            Conversation.objects.filter(identity=identity, audience=Audience.CUSTOMER)
            .select_related("connection", "identity", "ticket")
            .order_by("-last_message_at")
            .first()
        )
        if chat is not None:
            if chat.ticket is None or not chat.ticket.is_open:
                Conversation.objects.filter(pk=chat.pk).update(ticket_id=ticket.pk)
            return chat
    return None


def latest_of_customer(customer: Customer, *, about: Shipment | None, now: datetime) -> Conversation | None:
    """Where to tell a customer something that is no ticket's: where we last spoke with them. None without a way.

    A chat goes on; a mail about a parcel goes on with what was told of it before, else begins a thread of its own.
    """
    identities = (
        ChannelIdentity.objects.filter(
            customer=customer, is_blocked=False, has_consent=True, connection__is_active=True
        )
        .select_related("connection")
        .annotate(last=Max("conversations__last_message_at"))
        .order_by(F("last").desc(nulls_last=True), "-is_verified", "-id")
    )
    for identity in identities[:10]:
        known = Conversation.objects.filter(identity=identity, audience=Audience.CUSTOMER)
        if is_mail(identity.connection):
            told = known.filter(ticket__isnull=True, messages__notice__shipment=about) if about else known.none()
            return told.order_by("-id").first() or _thread(identity.connection, identity, Audience.CUSTOMER, now=now)
        if (chat := known.order_by("-last_message_at").first()) is not None:
            return chat
    return None


def _new_thread(change: Change, connection: Connection, identity: ChannelIdentity, audience: str) -> Conversation:
    return _thread(connection, identity, audience, now=change.now, ticket_id=change.ticket.pk)


def _thread(
    connection: Connection, identity: ChannelIdentity, audience: str, *, now: datetime, ticket_id: int | None = None
) -> Conversation:
    return Conversation.objects.create(
        connection=connection,
        identity=identity,
        thread=f"ours-{uuid.uuid4().hex}",
        ticket_id=ticket_id,
        audience=audience,
        started_at=now,
        last_message_at=now,
    )


def with_partner(change: Change, partner: Partner, contact: PartnerContact | None = None) -> Conversation | None:
    """The ticket's conversation with a partner: as was agreed with them, else where they last spoke, else a new one.

    A new one is a mail to the first of their contacts by our mailbox; without an address it lies at the partner desk,
    if the partner comes there. With ``contact`` the conversation with that one, by mail.
    """
    agreed = agreed_channel(partner) if contact is None else PartnerChannel.EMAIL
    if agreed == PartnerChannel.DESK:
        return conversation_at(change.ticket.pk, partner, now=change.now)
    known = Conversation.objects.filter(
        ticket_id=change.ticket.pk,
        audience=Audience.PARTNER,
        identity__partner=partner,
        identity__is_blocked=False,
        connection__is_active=True,
    )
    if agreed == PartnerChannel.EMAIL:
        known = known.exclude(connection__provider=PROVIDER)
    if contact is not None:
        known = known.filter(identity__external_id=contact.email.strip().lower())
    latest = known.select_related("connection", "identity").order_by("-last_message_at", "-id").first()
    if latest is not None:
        return latest
    mailed = _mail_to_partner(change, partner, contact)
    if mailed is None and not agreed and comes_to_desk(partner, now=change.now):
        return conversation_at(change.ticket.pk, partner, now=change.now)
    return mailed


def _mail_to_partner(change: Change, partner: Partner, contact: PartnerContact | None) -> Conversation | None:
    if contact is None:
        contact = (
            PartnerContact.objects.filter(partner=partner, is_active=True)
            .exclude(email="")
            .order_by("-is_primary", "id")
            .first()
        )
    # The mailbox the customer already writes to, else the first we have.
    mailbox = (
        Connection.objects.filter(provider="email", is_active=True)
        .order_by(Case(When(conversations__ticket=change.ticket.pk, then=0), default=1), "id")
        .first()
    )
    if contact is None or not contact.email or mailbox is None:
        return None
    identity = know_partner(
        connection=mailbox, address=contact.email, name=contact.name, partner=partner, now=change.now
    )
    return None if identity.is_blocked else _new_thread(change, mailbox, identity, Audience.PARTNER)


def chosen(change: Change, conversation_id: int | None) -> Conversation:
    """The conversation to answer in. Raises CannotWrite."""
    if conversation_id is None:
        conversation = latest_of_ticket(change.ticket) or elsewhere(change)
        if conversation is None:
            raise CannotWrite(_("There is no address to write to this customer."))
        return conversation
    found = (
        Conversation.objects.filter(pk=conversation_id, ticket_id=change.ticket.pk)
        .select_related("connection", "identity")
        .first()
    )
    if found is None:
        raise CannotWrite(_("This conversation does not belong to the ticket."))
    if found.identity.is_blocked:
        raise CannotWrite(_("%(address)s cannot be reached.") % {"address": found.identity.external_id})
    if not found.identity.has_consent:
        raise CannotWrite(_("%(address)s does not want to be written to.") % {"address": found.identity.external_id})
    if not found.connection.is_active:
        raise CannotWrite(_("“%(connection)s” is switched off.") % {"connection": found.connection})
    return found
