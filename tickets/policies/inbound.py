"""What an adapter hands to the intake: typed values, whatever the channel was.

Adapters parse a provider's payload into these; nothing behind them knows the provider. Times are aware, texts are
``str`` without NUL characters, bytes are the attachment's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AutomaticKind(StrEnum):
    """Why a message was not written by a person; such messages never open a ticket and never get an answer."""

    NONE = ""
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    LIST = "list"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class InboundAttachment:
    """One file that came with a message.

    ``content`` holds the bytes, or None while they must still be fetched from the provider with ``remote_id``.
    ``content_id`` is the e-mail part's Content-ID without its brackets, for images inside the HTML.
    """

    name: str
    content_type: str
    content: bytes | None = None
    remote_id: str = ""
    content_id: str = ""
    inline: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class InboundLocation:
    """A place a customer shared, in decimal degrees (WGS 84)."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One utterance of somebody outside.

    ``external_id`` is the provider's id of the message (an e-mail's Message-ID without brackets).
    ``thread_keys`` are ids of earlier messages this one answers, nearest first (In-Reply-To, then References).
    ``sender_id`` is the provider's id of the sender (for e-mail the lower-cased address).
    ``text`` is the new text alone; ``quoted_text`` what was folded away below it (earlier mails, signature).
    ``html`` is sanitised HTML for display, empty when there is none.
    ``edits_external_id`` names the message whose text this one replaces.
    """

    external_id: str
    sender_id: str
    sender_name: str
    text: str
    sent_at: datetime
    subject: str = ""
    quoted_text: str = ""
    html: str = ""
    recipients: tuple[str, ...] = ()
    thread_id: str = ""
    thread_keys: tuple[str, ...] = ()
    attachments: tuple[InboundAttachment, ...] = ()
    location: InboundLocation | None = None
    edits_external_id: str = ""
    language_hint: str = ""
    automatic: AutomaticKind = AutomaticKind.NONE
    headers: dict[str, str] = field(default_factory=dict)


class ReceiptStatus(StrEnum):
    """How far an outgoing message came, in the order it may move."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class InboundReceipt:
    """A provider's word on a message we sent. ``permanent`` tells a failure that will never heal."""

    external_id: str
    status: ReceiptStatus
    at: datetime
    detail: str = ""
    recipient: str = ""
    permanent: bool = True
