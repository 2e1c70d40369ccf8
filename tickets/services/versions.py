"""Mails that share a Message-ID and say different things: the id is the sender's word and proves no repetition."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from common.models import Connection
from tickets.models import Attachment, Message
from tickets.policies.files import MAX_FILES_LISTED
from tickets.policies.inbound import InboundMessage
from tickets.policies.reading import Reading, fit_id
from tickets.services.identities import Sender

_SEPARATOR = b"\x00"


def another_message(*, connection: Connection, sender: Sender, message: InboundMessage, reading: Reading) -> Sender:
    """``sender`` of a message whose id they used before: with that message when it says the same, else with a new id.

    Whether it says the same is asked of text, quoted text and files as they are kept, so that a copy that came another
    way (other headers, another transfer encoding) is the same message. Told twice, the other message has one id too.
    """
    assert sender.already_received is not None
    earlier = Message.objects.get(pk=sender.already_received)
    if _says_the_same(earlier, message, reading):
        return sender
    own_id = fit_id(f"{sender.message_id[:180]}#{_content_key(message, reading)}")
    known = Message.objects.filter(connection=connection, external_id=own_id).values_list("pk", flat=True).first()
    return replace(sender, message_id=own_id, already_received=known)


def _says_the_same(earlier: Message, message: InboundMessage, reading: Reading) -> bool:
    if (earlier.text, earlier.quoted_text) != (reading.text, reading.quoted_text):
        return False
    kept = list(Attachment.objects.filter(message=earlier).order_by("id").values_list("size", "sha1"))
    came = [(len(content), _sha1(content)) for content in _contents(message, reading)]
    # Of a file that was refused the size alone is known.
    return len(kept) == len(came) and all(
        size == other_size and sha1 in ("", other_sha1)
        for (size, sha1), (other_size, other_sha1) in zip(kept, came, strict=True)
    )


def _content_key(message: InboundMessage, reading: Reading) -> str:
    parts = [reading.text.encode(), reading.quoted_text.encode(), *map(_digest, _contents(message, reading))]
    return hashlib.sha256(_SEPARATOR.join(parts)).hexdigest()[:32]


def _contents(message: InboundMessage, reading: Reading) -> list[bytes]:
    """The files as ``attachments.attach`` takes them."""
    files = [file.content or b"" for file in message.attachments[:MAX_FILES_LISTED]]
    return [reading.whole_text.encode(), *files] if reading.whole_text else files


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
