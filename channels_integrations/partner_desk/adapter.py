"""The partner desk in the contract's shape: nothing leaves the house, partners come and fetch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from channels_integrations.contract import Account, Capabilities, Envelope, Field, OutgoingMessage, Parsed, Sent
from common.errors import SignatureRefused, UnsupportedEvent
from common.models import Connection
from tickets.services.partner_desk import PROVIDER

if TYPE_CHECKING:
    from channels_integrations.contract import Text


class PartnerDesk:
    """Our own API and pages, as the place where a partner reads. One connection is made when it is first needed."""

    code = PROVIDER
    label: Text = _("Partner desk")
    capabilities = Capabilities(webhook=False, sends=True, sends_attachments=True)
    fields: tuple[Field, ...] = ()

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes) -> None:
        """Nobody calls here by webhook."""
        raise SignatureRefused("Partners send what they have to the API.")

    def envelopes(self, connection: Connection, body: bytes) -> list[Envelope]:
        """Raises UnsupportedEvent always."""
        raise UnsupportedEvent("Partners send what they have to the API.")

    def parse(self, connection: Connection, raw: bytes, *, received_at: datetime) -> list[Parsed]:
        """Raises UnsupportedEvent always."""
        raise UnsupportedEvent("Partners send what they have to the API.")

    def check(self, connection: Connection) -> Account:
        """See ``Adapter``; it is ours."""
        return Account(str(self.label))

    def external_id(self, connection: Connection, message: OutgoingMessage) -> str:
        """See ``Adapter``; the message's own key."""
        return f"desk-{message.key}"

    def send(self, connection: Connection, message: OutgoingMessage) -> Sent:
        """See ``Adapter``; once its row says sent, it lies where the partner looks."""
        return Sent(self.external_id(connection, message))

    def fetch_attachment(self, connection: Connection, remote_id: str, *, limit: int) -> bytes:
        """Raises UnsupportedEvent always."""
        raise UnsupportedEvent("Files of partners are uploaded to us.")
