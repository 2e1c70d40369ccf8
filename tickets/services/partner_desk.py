"""Where partners read what we write when it goes by no mail: our API and the partner's pages.

A connection of its own stands for it, so that what is written there is queued, delivered and shown as far as it came,
like everything else: sent once it lies there, read once the partner has fetched it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from common.models import Connection
from logistics.models import Agreement, ApiKey, Partner, PartnerContact
from tickets.choices import Audience, Direction, MessageStatus
from tickets.models import ChannelIdentity, Conversation, Message

PROVIDER: Final = "partner_desk"
SLUG: Final = "partner-desk"
_LIES_THERE: Final = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED})


def desk() -> Connection:
    """The connection that stands for it, made when it is first needed."""
    connection, _made = Connection.objects.get_or_create(
        slug=SLUG, defaults={"provider": PROVIDER, "name": "Partner desk"}
    )
    return connection


def identity_at(account: Connection, partner: Partner, *, now: datetime) -> ChannelIdentity:
    """How the desk knows a partner: one identity for the whole organisation."""
    identity, _made = ChannelIdentity.objects.get_or_create(
        connection=account,
        external_id=f"partner-{partner.pk}",
        defaults={"partner": partner, "display_name": partner.name, "is_verified": True, "created_at": now},
    )
    identity.connection, identity.partner = account, partner
    return identity


def conversation_at(ticket_id: int, partner: Partner, *, now: datetime) -> Conversation:
    """A ticket's conversation with a partner at the desk; whoever calls has locked the ticket."""
    account = desk()
    identity = identity_at(account, partner, now=now)
    # A merged ticket brings its own along: the older one goes on.
    known = Conversation.objects.filter(connection=account, identity=identity, ticket_id=ticket_id)
    conversation = known.order_by("id").first() or Conversation.objects.create(
        connection=account,
        identity=identity,
        thread=f"desk-{uuid.uuid4().hex}",
        ticket_id=ticket_id,
        audience=Audience.PARTNER,
        started_at=now,
        last_message_at=now,
    )
    conversation.connection, conversation.identity = account, identity
    return conversation


def agreed_channel(partner: Partner) -> str:
    """By what it was agreed to write to a partner (``PartnerChannel``), "" when nothing was said of it."""
    agreed = Agreement.objects.filter(partner=partner).values_list("channel", flat=True)
    return next(iter(agreed), "")


def comes_to_desk(partner: Partner, *, now: datetime) -> bool:
    """Whether somebody of the partner can read what lies there: a key that works, or a person who signs in."""
    keys = ApiKey.objects.filter(partner=partner)
    return (
        keys.working(now=now).exists() or PartnerContact.objects.filter(partner=partner, user__is_active=True).exists()
    )


def note_fetched(messages: Iterable[Message], *, now: datetime) -> int:
    """The partner has fetched these: what we sent there counts as read. Returns how many that are new to them."""
    unread = [
        message.pk for message in messages if message.direction == Direction.OUT and message.status in _LIES_THERE
    ]
    if not unread:
        return 0
    return Message.objects.filter(
        pk__in=unread, connection__provider=PROVIDER, status__in=_LIES_THERE, direction=Direction.OUT
    ).update(status=MessageStatus.READ, read_at=now, delivered_at=Coalesce(F("delivered_at"), Value(now)))
