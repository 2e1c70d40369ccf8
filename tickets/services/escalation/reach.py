"""How people of ours are called: their work e-mail on or off, their chat linked by a one-time code.

Whoever is signed in gets a code and sends it to the bot from the chat in which they want to be called. A code is good
once and for a quarter of an hour; only its hash is kept.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from common.jobs import nudge
from common.models import Connection, User
from tickets.choices import Audience, CallBy, Direction, MessageStatus
from tickets.models import ChannelIdentity, Conversation, Message, StaffReach
from tickets.policies.inbound import InboundMessage
from tickets.policies.reading import fit_id, masked_line
from tickets.policies.text import safe
from tickets.services.conversations import save_message, write_notice

CODE_LASTS = timedelta(minutes=15)
_CODE = re.compile(r"\s*(?:/start\s+)?(call-[A-Za-z0-9_-]{22})\s*")
_CHATS = tuple(way for way in CallBy.values if way not in (CallBy.DESK, CallBy.EMAIL))


@dataclass(frozen=True, slots=True)
class Reach:
    """By what somebody is called besides in the desk. ``bots`` are the chats that can be linked."""

    by_email: bool
    chats: list[ChannelIdentity]
    bots: list[Connection]


def is_code(text: str) -> bool:
    """Whether a message is a code that links a chat and nothing else."""
    return text.lstrip()[:12].find("call-") >= 0 and _CODE.fullmatch(text) is not None


def reach_of(user: User) -> Reach:
    """How a person of ours is called now."""
    row = StaffReach.objects.filter(user=user).first()
    chats = ChannelIdentity.objects.filter(user=user, connection__provider__in=_CHATS).select_related("connection")
    return Reach(
        by_email=row is None or row.by_email,
        chats=list(chats.order_by("-id")),
        bots=list(Connection.objects.filter(provider__in=_CHATS, is_active=True).order_by("id")),
    )


def set_by_email(*, user: User, by_email: bool) -> None:
    """Whether somebody is called by their work e-mail."""
    StaffReach.objects.update_or_create(user=user, defaults={"by_email": by_email})


def new_code(*, user: User, now: datetime) -> str:
    """A code that links a chat to somebody, once, within CODE_LASTS; an earlier one is void."""
    code = f"call-{secrets.token_urlsafe(16)}"
    StaffReach.objects.update_or_create(user=user, defaults={"code_hash": _hash(code), "code_until": now + CODE_LASTS})
    return code


def unlink(*, user: User, identity_id: int) -> None:
    """Call somebody in this chat no more. Whoever writes there next is a customer."""
    ChannelIdentity.objects.filter(pk=identity_id, user=user, connection__provider__in=_CHATS).update(user=None)


@transaction.atomic
def take_code(*, connection: Connection, inbound: InboundMessage, now: datetime) -> Message | None:
    """Link the chat that a code came from, and say there whether it worked. None for a message we had already.

    A chat that was known as a customer's or partner's becomes that of the person who holds the code.
    """
    message_id = fit_id(inbound.external_id)
    if message_id and Message.objects.filter(connection=connection, external_id=message_id).exists():
        return None
    match = _CODE.fullmatch(inbound.text)
    assert match is not None
    reach = (
        StaffReach.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(code_hash=_hash(match[1]), code_until__gt=now, user__is_active=True, user__is_staff=True)
        .first()
    )
    identity, _made = ChannelIdentity.objects.get_or_create(
        connection=connection,
        external_id=fit_id(inbound.sender_id),
        defaults={"display_name": masked_line(inbound.sender_name, 200), "created_at": now},
    )
    if reach is not None:
        reach.code_hash, reach.code_until = "", None
        reach.save(update_fields=["code_hash", "code_until"])
        ChannelIdentity.objects.filter(user=reach.user, connection=connection).exclude(pk=identity.pk).update(user=None)
        identity.user, identity.customer, identity.partner = reach.user, None, None
        identity.is_verified, identity.has_consent, identity.is_blocked = True, True, False
        identity.save(update_fields=["user", "customer", "partner", "is_verified", "has_consent", "is_blocked"])
    return _keep(identity, inbound, reach.user if reach else None, now=now)


def _keep(identity: ChannelIdentity, inbound: InboundMessage, user: User | None, *, now: datetime) -> Message:
    """Keep that a code came, without the code, and answer it."""
    conversation, _made = Conversation.objects.get_or_create(
        connection=identity.connection,
        identity=identity,
        thread=fit_id(f"own-{inbound.sender_id}"),
        defaults={"audience": Audience.INTERNAL, "started_at": now, "last_message_at": now},
    )
    shared: dict[str, Any] = {"conversation": conversation, "connection": identity.connection, "identity": identity}
    message = Message(
        direction=Direction.IN,
        audience=Audience.INTERNAL,
        status=MessageStatus.RECEIVED,
        external_id=fit_id(inbound.external_id),
        text="/start",
        sent_at=min(inbound.sent_at, now),
        created_at=now,
        **shared,
    )
    save_message(message)
    language = user.language if user else "zh-hans" if inbound.language_hint.startswith("zh") else "en"
    with translation.override(language):
        text = (
            _("%(name)s, from now on you are called here. Answer a call to take it.") % {"name": safe(str(user))}
            if user
            else _("This code is not good any more. Get another one in the desk, under “How I am called”.")
        )
    write_notice(conversation, subject="", text=text, language=language, now=now)
    nudge("message_queued")
    return message


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
