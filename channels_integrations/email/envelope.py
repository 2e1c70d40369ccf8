"""How a mail is known before it is understood."""

from __future__ import annotations

from channels_integrations.contract import Envelope
from channels_integrations.email.automatic import sender_of
from channels_integrations.email.headers import message_id, split_entity
from channels_integrations.payload import hash_key, safe_key

_HEADER_BYTES = 262_144


def envelope_of(raw: bytes) -> Envelope:
    """The Message-ID, or the hash of a mail without one, and the lower-cased address it is from. Never raises."""
    headers, _body = split_entity(raw.lstrip(b"\xef\xbb\xbf\r\n \t")[:_HEADER_BYTES])
    identifier = message_id(headers.plain("message-id"))
    sender = safe_key(sender_of(headers)[1])
    return Envelope(safe_key(identifier), sender, is_claimed=True) if identifier else Envelope(hash_key(raw), sender)
