"""E-mail in the contract's shape: mails come by IMAP or a file, and leave by SMTP."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from channels_integrations.contract import Account, Capabilities, Envelope, Field, OutgoingMessage, Parsed, Sent
from channels_integrations.email import imap, smtp
from channels_integrations.email.compose import message_id_of
from channels_integrations.email.envelope import envelope_of
from channels_integrations.email.parse import parse_mail
from common.errors import DeliveryError, SignatureRefused, UnsupportedEvent
from common.models import Connection

if TYPE_CHECKING:
    from channels_integrations.contract import Text

_SECURITY = ("ssl", "starttls", "plain")
_OWN_SECONDS = 10.0
_CHECK_SECONDS = 8.0


class EmailAdapter:
    """A mailbox."""

    code = "email"
    label: Text = _("E-mail")
    capabilities = Capabilities(webhook=False, sends=True, sends_attachments=True)
    fields: tuple[Field, ...] = (
        Field("address", _("address"), _("Customers write to it, and our mail comes from it."), required=True),
        Field("from_name", _("name of the sender"), _("Customers see it beside the address.")),
        Field("aliases", _("further addresses"), _("Other addresses of this mailbox, separated by commas.")),
        Field("reply_to", _("address for answers"), _("Only when answers should go elsewhere than to the address.")),
        Field("username", _("user name"), _("Left out, it is the address.")),
        Field("password", _("password"), secret=True),
        Field("access_token", _("access token"), _("Instead of a password, for XOAUTH2."), secret=True),
        Field("imap_host", _("IMAP server"), _("Without one, mail comes by file only.")),
        Field("imap_port", _("IMAP port"), default="993"),
        Field("imap_security", _("IMAP security"), default="ssl", choices=_SECURITY),
        Field("folder", _("folder"), default="INBOX"),
        Field(
            "mark_seen",
            _("mark as read"),
            _("Mark each mail as read once it is stored."),
            default="1",
            choices=("1", "0"),
        ),
        Field("poll_seconds", _("seconds between looks"), _("For servers that cannot tell of new mail."), default="30"),
        Field("smtp_host", _("SMTP server"), _("Without one, nothing can be sent.")),
        Field("smtp_port", _("SMTP port"), default="587"),
        Field("smtp_security", _("SMTP security"), default="starttls", choices=_SECURITY),
    )

    def __init__(self) -> None:
        self._own: tuple[float, frozenset[str]] = (float("-inf"), frozenset())

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes) -> None:
        """Mail has no webhook here: everything is refused."""
        raise SignatureRefused("Mail does not come through a webhook.")

    def envelopes(self, connection: Connection, body: bytes) -> list[Envelope]:
        """One mail: its Message-ID (or its hash), and the lower-cased address it is from. Never raises."""
        return [envelope_of(body)]

    def parse(self, connection: Connection, raw: bytes, *, received_at: datetime) -> list[Parsed]:
        """See ``Adapter``."""
        parsed = parse_mail(raw, own_addresses=self.own_addresses(connection), received_at=received_at)
        return [parsed]

    def own_addresses(self, connection: Connection) -> frozenset[str]:
        """The addresses of all our mailboxes, in lower case: their mail is ours, whichever received it."""
        at, addresses = self._own
        if time.monotonic() - at > _OWN_SECONDS:
            rows = Connection.objects.filter(provider=self.code).values_list("settings", flat=True)
            addresses = frozenset[str]().union(*(_addresses(settings) for settings in rows))
            self._own = (time.monotonic(), addresses)
        return addresses | _addresses(connection.settings)

    def check(self, connection: Connection) -> Account:
        """See ``Adapter``; logs in where mail is read and where it is sent, and opens the folder."""
        done: list[str] = []
        try:
            if connection.setting("imap_host").strip():
                with imap.Mailbox(connection, seconds=_CHECK_SECONDS) as mailbox:
                    done.append(str(_("Mail can be read from the folder %(folder)s.") % {"folder": mailbox.folder}))
            if connection.setting("smtp_host").strip():
                with smtp.session(connection, seconds=_CHECK_SECONDS):
                    done.append(str(_("The SMTP server lets us in.")))
        except (imap.MailboxFailed, DeliveryError) as error:
            raise DeliveryError(" ".join([*done, error.message])) from None
        if not done:
            raise DeliveryError(str(_("Neither an IMAP nor an SMTP server is named.")))
        return Account(connection.setting("address"), " ".join(done))

    def external_id(self, connection: Connection, message: OutgoingMessage) -> str:
        """The Message-ID, the same at every try."""
        return message_id_of(connection, message.key)

    def send(self, connection: Connection, message: OutgoingMessage) -> Sent:
        """See ``Adapter``."""
        return smtp.send(connection, message)

    def fetch_attachment(self, connection: Connection, remote_id: str, *, limit: int) -> bytes:
        """Raises UnsupportedEvent always: a mail brings its files along."""
        raise UnsupportedEvent("A mail brings its files along.")


def _addresses(settings: Mapping[str, object]) -> frozenset[str]:
    given = f"{settings.get('address', '')},{settings.get('aliases', '')}"
    return frozenset(address for part in given.split(",") if (address := part.strip().lower()))
