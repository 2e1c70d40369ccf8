"""Handing a mail to an SMTP server (RFC 5321), and knowing afterwards whether it was taken.

The moment of doubt is short: from the line that ends the content until the server's reply to it. What breaks before
can be tried again; what breaks there may have been delivered.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import SMTPUTF8

from channels_integrations.contract import OutgoingMessage, RecipientUnreachable, Sent
from channels_integrations.email.compose import compose, message_id_of, own_address
from common import addresses
from common.errors import DeliveryError
from common.models import Connection

SECONDS = 30.0
_UNKNOWN_USER = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")


def send(connection: Connection, message: OutgoingMessage) -> Sent:
    """Send a message as a mail. Raises DeliveryError: 4xx to be tried again, 5xx for good, lost after DATA in doubt."""
    mail = compose(connection, message)
    with session(connection) as server:
        reply = _hand_over(server, own_address(connection), str(mail["To"].addresses[0].addr_spec), mail)
    return Sent(message_id_of(connection, message.key), detail=reply)


@contextlib.contextmanager
def session(connection: Connection, *, seconds: float = SECONDS) -> Iterator[smtplib.SMTP]:
    """A connection to the mailbox's server, logged in. Raises DeliveryError."""
    host, port, security = _server(connection)
    try:
        server = _open(host, port, security, seconds)
    except addresses.AddressRefused as error:
        raise DeliveryError(error.message, permanent=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"The SMTP server {host} cannot be reached: {_said(error)}") from error
    try:
        _log_in(server, connection, security)
        yield server
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _server(connection: Connection) -> tuple[str, int, str]:
    host = connection.setting("smtp_host").strip()
    port = connection.setting("smtp_port") or "587"
    if not host or not port.isdigit():
        raise DeliveryError("This mailbox has no SMTP server to send through.")
    return host, int(port), connection.setting("smtp_security") or "starttls"


def _open(host: str, port: int, security: str, seconds: float) -> smtplib.SMTP:
    if security == "ssl":
        return _TlsServer(host, port, timeout=seconds, context=ssl.create_default_context())
    server = _Server(host, port, timeout=seconds)
    if security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
    return server


def _log_in(server: smtplib.SMTP, connection: Connection, security: str) -> None:
    username = connection.setting("username") or connection.setting("address")
    token, password = connection.setting("access_token"), connection.setting("password")
    try:
        server.ehlo_or_helo_if_needed()
        if token:
            server.auth("XOAUTH2", _xoauth2(username, token))
        elif password and (server.has_extn("auth") or security != "plain"):
            server.login(username, password)
    except smtplib.SMTPAuthenticationError as error:
        # Not permanent: the mail can go once an administrator has put the password right.
        raise DeliveryError(f"The SMTP server does not let us in ({error.smtp_code}).") from None
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"The SMTP server does not let us in: {type(error).__name__}.") from None


def _xoauth2(username: str, token: str) -> Callable[..., str]:
    """What smtplib says for us: first who we are, then nothing, for a refusal comes as a challenge with the reason.

    Source: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol (SMTP protocol exchange).
    """

    def answer(challenge: bytes | None = None) -> str:
        return f"user={username}\1auth=Bearer {token}\1\1" if challenge is None else ""

    return answer


def _hand_over(server: smtplib.SMTP, sender: str, recipient: str, mail: EmailMessage) -> str:
    international = not (sender + recipient).isascii()
    if international and not server.has_extn("smtputf8"):
        raise DeliveryError("The SMTP server does not take addresses outside ASCII.", permanent=True)
    # The content is made before anything is said, so that a mail that cannot be written is not half sent.
    content = mail.as_bytes(policy=SMTPUTF8 if international else SMTP_POLICY)
    options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
    try:
        _expect(server.mail(sender, options))
        code, text = server.rcpt(recipient)
        if code >= 500 and _UNKNOWN_USER.search(_text(text)):
            raise RecipientUnreachable(f"{code} {_text(text)}")
        _expect((code, text))
        _expect(server.docmd("DATA"))
        server.send(_dotted(content))
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"The connection broke before the mail was handed over: {_said(error)}") from error
    try:
        reply = server.docmd(".")
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(
            "The connection broke before the server said that it had the mail.", in_doubt=True
        ) from error
    return _expect(reply)


def _dotted(content: bytes) -> bytes:
    """The content as it goes over the wire: CRLF line ends, dots at their start doubled (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r\n|\r|\n", b"\r\n", content))
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _expect(reply: tuple[int, bytes]) -> str:
    """The reply's text when it is a good one. 421 and other 4xx pass, 5xx do not. Raises DeliveryError."""
    code, text = reply
    said = f"{code} {_text(text)}"
    if 200 <= code < 400:
        return said
    if code == -1:
        raise DeliveryError("The connection broke before the server said that it had the mail.", in_doubt=True)
    raise DeliveryError(said, permanent=500 <= code < 600)


def _text(text: bytes) -> str:
    return text.decode("utf-8", "replace").replace("\n", " ")[:300]


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        return f"{error.smtp_code} {_text(raw) if isinstance(raw, bytes) else str(raw)[:300]}"
    return type(error).__name__


class _Server(smtplib.SMTP):
    """Connects where we may only."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return addresses.connect(host, port, timeout=timeout)


class _TlsServer(smtplib.SMTP_SSL):
    """The same, with TLS from the start."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        link = addresses.connect(host, port, timeout=timeout)
        return self.context.wrap_socket(link, server_hostname=host)
