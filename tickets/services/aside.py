"""Messages that are no new word to answer: automatic ones, and edits of what was written before."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from common.models import Connection
from tickets.choices import Direction, MessageStatus, Via
from tickets.models import Message
from tickets.policies.actor import Actor
from tickets.policies.inbound import AutomaticKind, InboundMessage
from tickets.policies.reading import fit_id, read
from tickets.services.attachments import attach
from tickets.services.belonging import answered_message
from tickets.services.conversations import save_message, search_vector, show_last
from tickets.services.entering import written
from tickets.services.identities import find_identity
from tickets.services.journal import changing
from tickets.services.words import word_lists

Edit = Literal["message", "duplicate", "ignored"]


def keep_automatic(*, connection: Connection, inbound: InboundMessage, now: datetime) -> tuple[Message | None, bool]:
    """Keep an automatic message beside what it answers, if anything; and whether we had it already.

    It opens, wakes and changes nothing, and gets no answer.
    """
    message_id = fit_id(inbound.external_id)
    if message_id and (known := Message.objects.filter(connection=connection, external_id=message_id).first()):
        return known, True
    identity = find_identity(connection=connection, external_id=fit_id(inbound.sender_id))
    is_bounce = inbound.automatic is AutomaticKind.BOUNCE
    earlier = answered_message(connection=connection, message=inbound, identity=identity, only_ours=is_bounce)
    if earlier is None or earlier.conversation is None or inbound.automatic is AutomaticKind.OWN:
        return None, False
    reading = read(inbound, word_lists=word_lists())
    message = Message(
        ticket_id=earlier.ticket_id,
        conversation_id=earlier.conversation_id,
        connection=connection,
        identity=identity,
        direction=Direction.IN,
        audience=earlier.conversation.audience,
        status=MessageStatus.RECEIVED,
        is_automatic=True,
        external_id=message_id,
        reply_to_external_id=earlier.external_id,
        **written(inbound, reading, now=now),
    )
    save_message(message)
    attach(message, inbound.attachments, whole_text=reading.whole_text, now=now)
    if earlier.ticket_id is not None:
        with changing(earlier.ticket_id, actor=Actor.system("automatic mail"), now=now) as change:
            change.record(
                "automatic_message",
                {"message": message.pk, "audience": message.audience, "channel": connection.provider},
                personal={"text": message.text},
            )
        message.ticket = change.ticket
    return message, False


def replace_text(*, connection: Connection, inbound: InboundMessage, now: datetime) -> tuple[Message, Edit] | None:
    """Replace what a sender wrote; the words before stay in the ticket's history.

    Returns the message and whether that was a "message", a "duplicate" or to be "ignored" (somebody else's); None when
    we have no such message.
    """
    earlier = (
        Message.objects.select_for_update(no_key=True, of=("self",))
        .select_related("ticket", "identity")
        .filter(connection=connection, external_id=fit_id(inbound.edits_external_id), direction=Direction.IN)
        .first()
    )
    if earlier is None:
        return None
    if earlier.identity is None or earlier.identity.external_id != fit_id(inbound.sender_id):
        return earlier, "ignored"
    reading = read(inbound, word_lists=word_lists(), language_hint=earlier.language)
    columns = written(inbound, reading, now=now)
    for kept in ("sent_at", "created_at"):
        del columns[kept]
    if all(getattr(earlier, name) == value for name, value in columns.items()):
        return earlier, "duplicate"
    before = earlier.text
    if earlier.ticket_id is None:
        _rewrite(earlier, columns, now=now)
        return earlier, "message"
    actor = Actor.customer(earlier.identity.customer_id, via=Via.CHANNEL)
    with changing(earlier.ticket_id, actor=actor, now=now) as change:
        _rewrite(earlier, columns, now=now)
        change.record("message_edited", {"message": earlier.pk}, personal={"before": before, "after": earlier.text})
        newest = Message.objects.filter(ticket_id=earlier.ticket_id).order_by("-id").values_list("pk", flat=True)
        if newest.first() == earlier.pk:
            show_last(change.ticket, earlier)
    earlier.ticket = change.ticket
    return earlier, "message"


def _rewrite(message: Message, columns: dict[str, Any], *, now: datetime) -> None:
    for name, value in columns.items():
        setattr(message, name, value)
    message.edited_at = now
    Message.objects.filter(pk=message.pk).update(
        **columns, edited_at=now, search=search_vector(message.subject, message.text)
    )
