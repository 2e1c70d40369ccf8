"""What an adapter is: the one shape in which every provider's protocol meets the rest of the house.

An adapter knows its provider and nothing of tickets. It keeps no state: everything comes in by argument. The folder
of a provider holds the same files everywhere (``docs/howto/add-a-channel.md``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol
from uuid import UUID

from common.errors import DeliveryError
from logistics.policies.tracking import NormalisedTrack
from tickets.policies.inbound import InboundMessage, InboundReceipt, ReceiptStatus

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from common.models import Connection

    type Text = str | _StrPromise

DEFAULT_BODY_LIMIT = 1_048_576
"""Bytes of one webhook request, unless an adapter says that its provider sends more."""


class Envelope(NamedTuple):
    """How a payload is known before it is understood.

    ``external_id`` is the same whenever the same event is told again; events of one ``sender`` are handled in order.
    ``raw`` is the event's own part of a body that carries several, None when it is the whole body.
    ``is_claimed`` says that the id is the sender's own word, as a Message-ID is: other bytes are another event.
    """

    external_id: str
    sender: str
    raw: bytes | None = None
    is_claimed: bool = False


@dataclass(frozen=True, slots=True)
class Reachability:
    """A provider's word that a person can, or can no longer, be written to."""

    sender_id: str
    is_blocked: bool
    at: datetime


Parsed = InboundMessage | InboundReceipt | NormalisedTrack | Reachability


@dataclass(frozen=True, slots=True)
class Field:
    """One thing an administrator fills in. A ``secret`` is stored encrypted and never shown again."""

    key: str
    label: Text
    help: Text = ""
    secret: bool = False
    required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do.

    ``webhook``: it calls us; otherwise a process of ours fetches. ``sends``: messages can go out through it.
    ``per_second``: how many requests it takes from one account, 0 for no known limit.
    """

    webhook: bool = True
    sends: bool = False
    sends_attachments: bool = False
    fetches_attachments: bool = False
    body_limit: int = DEFAULT_BODY_LIMIT
    per_second: float = 0


@dataclass(frozen=True, slots=True)
class OutgoingAttachment:
    """A file that leaves with a message."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message on its way out. ``key`` is the same at every try; ``attempt`` counts them from 1.

    ``recipient`` is the channel's id of the person. ``reply_to`` and ``references`` (oldest first) are ids at the
    provider of earlier messages of the conversation. ``ticket_reference`` is what people call the ticket, or "".
    """

    key: UUID
    recipient: str
    text: str
    attempt: int = 1
    recipient_name: str = ""
    subject: str = ""
    ticket_reference: str = ""
    thread: str = ""
    reply_to: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[OutgoingAttachment, ...] = ()
    is_automatic: bool = False
    language: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took a message; ``external_id`` is how it calls it."""

    external_id: str
    status: ReceiptStatus = ReceiptStatus.SENT
    detail: str = ""


class RecipientUnreachable(DeliveryError):
    """This person can no longer be written to through this connection: they left, blocked us, or do not exist."""

    code = "recipient_unreachable"

    def __init__(self, message: str = "") -> None:
        super().__init__(message, permanent=True)


class FileNotAvailable(DeliveryError):
    """A file at the provider that will never come: too large, gone, or not ours. ``message`` is shown to people."""

    code = "file_not_available"

    def __init__(self, message: str = "") -> None:
        super().__init__(message, permanent=True)


@dataclass(frozen=True, slots=True)
class Account:
    """What ``check`` found: the name of the account at the provider, and what an administrator should know."""

    name: str
    detail: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


class Adapter(Protocol):
    """What every provider offers. An adapter whose capabilities exclude a method raises UnsupportedEvent there."""

    code: str
    label: Text
    capabilities: Capabilities
    fields: tuple[Field, ...]

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes) -> None:
        """Raise SignatureRefused unless this request is the provider's, for this connection.

        Over the raw bytes, in constant time; a connection without a secret refuses everything.
        """

    def envelopes(self, connection: Connection, body: bytes) -> list[Envelope]:
        """The events of one body, one or more. Raises MalformedPayload only for what is no JSON (or no mail) at all."""

    def parse(self, connection: Connection, raw: bytes, *, received_at: datetime) -> list[Parsed]:
        """A stored payload as values. Raises MalformedPayload or UnsupportedEvent, whatever the bytes."""

    def check(self, connection: Connection) -> Account:
        """Ask the provider whether it lets us in as configured. Raises DeliveryError with what it says.

        Sends nothing to anybody and changes nothing there. Answers, or fails, within half a minute or so.
        """

    def external_id(self, connection: Connection, message: OutgoingMessage) -> str:
        """The id that ``message`` will have at the provider, when we choose it; "" when the provider does."""

    def send(self, connection: Connection, message: OutgoingMessage) -> Sent:
        """Hand a message to the provider. Raises DeliveryError: permanent, in doubt, or to be tried again."""

    def fetch_attachment(self, connection: Connection, remote_id: str, *, limit: int) -> bytes:
        """The bytes of a file at the provider, at most ``limit``. Raises FileNotAvailable, or DeliveryError."""
