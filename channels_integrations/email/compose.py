"""An outgoing message as a mail: RFC 5322 with the threading of RFC 5322 3.6.4 and the marks of RFC 3834."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from channels_integrations.contract import OutgoingAttachment, OutgoingMessage
from channels_integrations.email.subject import clean_subject
from common.errors import DeliveryError
from common.models import Connection

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""With all that Python's email package takes for the end of a line, and would refuse the field for."""
_TOKEN = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}")  # RFC 6838, 4.2
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{2,35}")  # RFC 5646, 4.4
_ID_SAFE = re.compile(r"[!-;=?-~]+")
_LONGEST_SUBJECT = 200
_MOST_REFERENCES = 20
_POLICY = SMTP.clone(max_line_length=200)


def message_id_of(connection: Connection, key: UUID) -> str:
    """The Message-ID, without brackets, that a message has at every try: a second copy is known as one."""
    return f"{key}@{_domain(connection)}"


def compose(connection: Connection, message: OutgoingMessage) -> EmailMessage:
    """The mail of a message. Raises DeliveryError (permanent) when an address cannot be written to."""
    mail = EmailMessage(policy=_POLICY)
    address = own_address(connection)
    name = connection.setting("from_name") or connection.name
    mail["From"] = _address(address, "" if name == address else name)
    mail["To"] = _address(message.recipient, message.recipient_name)
    if reply_to := connection.setting("reply_to").strip():
        mail["Reply-To"] = _address(reply_to)
    mail["Subject"] = subject_of(message)
    mail["Date"] = format_datetime(message.created_at or datetime.now(UTC))
    mail["Message-ID"] = f"<{message_id_of(connection, message.key)}>"
    _thread(mail, message)
    mail["X-Clearway-Connection"] = _CONTROL.sub(" ", connection.slug)
    if _LANGUAGE.fullmatch(message.language):
        mail["Content-Language"] = message.language
    if message.is_automatic:
        # RFC 3834, 5: an answer to a message of the recipient's, or one of its own accord. The second field is for
        # Exchange, which answers Auto-Submitted all the same.
        mail["Auto-Submitted"] = "auto-replied" if message.reply_to else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(_encodable(message.text).strip() + "\n", charset="utf-8", cte=_encoding(message.text))
    for attachment in message.attachments:
        _attach(mail, attachment)
    return mail


def own_address(connection: Connection) -> str:
    """The address that a mailbox sends from. Raises DeliveryError when none is set."""
    address = connection.setting("address").strip()
    if "@" not in address:
        raise DeliveryError("This mailbox has no address to send from.")
    return address


def subject_of(message: OutgoingMessage) -> str:
    """“Re: …” when it answers, with the ticket's reference in brackets once, so that people can name it."""
    subject = _CONTROL.sub(" ", _encodable(message.subject)).strip()
    if message.reply_to or message.references:
        subject = f"Re: {clean_subject(subject)}".strip()
    if message.ticket_reference and message.ticket_reference.lower() not in subject.lower():
        subject = f"{subject[:_LONGEST_SUBJECT]} [{message.ticket_reference}]".strip()
    return subject[: _LONGEST_SUBJECT + 30] or "—"


def _thread(mail: EmailMessage, message: OutgoingMessage) -> None:
    earlier = [identifier for identifier in message.references if _ID_SAFE.fullmatch(identifier)]
    answered = message.reply_to if _ID_SAFE.fullmatch(message.reply_to) else ""
    if answered:
        mail["In-Reply-To"] = f"<{answered}>"
        earlier = [identifier for identifier in earlier if identifier != answered] + [answered]
    if earlier:
        if len(earlier) > _MOST_REFERENCES:  # the first one names the thread, the last ones the place in it
            earlier = [earlier[0], *earlier[1 - _MOST_REFERENCES :]]
        mail["References"] = " ".join(f"<{identifier}>" for identifier in earlier)


def _address(address: str, name: str = "") -> Address:
    address = address.strip()
    user, _, domain = address.rpartition("@")
    if not user or not domain or _CONTROL.search(address) or " " in address:
        raise DeliveryError(f"“{address[:80]}” is no e-mail address.", permanent=True)
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        return Address(_CONTROL.sub(" ", _encodable(name)).strip()[:100], user, domain)
    except (ValueError, IndexError, UnicodeError) as error:
        raise DeliveryError(f"“{address[:80]}” is no e-mail address.", permanent=True) from error


def _domain(connection: Connection) -> str:
    domain = connection.setting("address").rpartition("@")[2].strip().lower()
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    return domain if domain and _ID_SAFE.fullmatch(domain) else f"{connection.slug}.invalid"


def _attach(mail: EmailMessage, attachment: OutgoingAttachment) -> None:
    main, _, sub = attachment.content_type.partition("/")
    if main in {"multipart", "message"} or not (_TOKEN.fullmatch(main) and _TOKEN.fullmatch(sub)):
        main, sub = "application", "octet-stream"
    name = _CONTROL.sub("", _encodable(attachment.name)) or "file"
    mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=name)


def _encoding(text: str) -> str:
    """Plain ASCII in short lines travels as it is, anything else in a form that every server takes."""
    plain = text.isascii() and all(len(line) < 900 for line in text.splitlines())
    return "7bit" if plain else "base64"


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
