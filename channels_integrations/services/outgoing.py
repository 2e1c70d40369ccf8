"""What an adapter needs to know of a message, and whether the message may be sent at all."""

from __future__ import annotations

from django.utils.translation import gettext as _

from channels_integrations.contract import OutgoingAttachment, OutgoingMessage
from common.errors import DeliveryError
from tickets.choices import Audience, Direction
from tickets.errors import AttachmentRefused
from tickets.models import Message
from tickets.services.attachments import open_content

_MOST_REFERENCES = 30


def refusal_of(message: Message) -> str:
    """Why this message must not be sent, as a sentence; "" when it may.

    Somebody who wrote to us may be answered; writing first needs their leave.
    """
    conversation = message.conversation
    assert conversation is not None
    identity = conversation.identity
    if identity.is_blocked:
        return _("This address cannot be reached.")
    if identity.has_consent or message.audience != Audience.CUSTOMER:
        return ""
    wrote = Message.objects.filter(conversation=conversation, direction=Direction.IN, is_automatic=False)
    return "" if wrote.exists() else _("This person did not agree to be written to.")


def to_outgoing(message: Message) -> OutgoingMessage:
    """The message as an adapter takes it, its files read. Raises DeliveryError (permanent) when a file is not there."""
    conversation = message.conversation
    assert conversation is not None
    identity = conversation.identity
    ticket = message.ticket or conversation.ticket
    return OutgoingMessage(
        key=message.key,
        recipient=identity.external_id,
        recipient_name=identity.display_name,
        text=message.text,
        attempt=message.attempts,
        subject=message.subject or conversation.subject,
        ticket_reference=ticket.reference if ticket is not None else "",
        thread=conversation.thread,
        reply_to=message.reply_to_external_id,
        references=_references(message),
        attachments=tuple(_attachments(message)),
        is_automatic=message.is_automatic,
        language=message.language,
        created_at=message.created_at,
    )


def _references(message: Message) -> tuple[str, ...]:
    """Ids of the conversation's earlier messages that reached or left us, oldest first."""
    rows = (
        Message.objects.filter(conversation=message.conversation, pk__lt=message.pk)
        .exclude(external_id="")
        .order_by("-pk")
        .values_list("external_id", flat=True)[:_MOST_REFERENCES]
    )
    return tuple(reversed(rows))


def _attachments(message: Message) -> list[OutgoingAttachment]:
    files = []
    for attachment in message.attachments.order_by("pk"):
        try:
            with open_content(attachment) as file:
                content = file.read()
        except AttachmentRefused as error:
            raise DeliveryError(f"{attachment.name}: {error.message}", permanent=True) from error
        files.append(OutgoingAttachment(attachment.name, attachment.content_type, content))
    return files
