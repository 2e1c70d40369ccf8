"""One adapter for all carriers: it dresses a folder of ``logistics.carriers`` in the contract of this floor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from channels_integrations.contract import Account, Capabilities, Envelope, Field, OutgoingMessage, Parsed, Sent
from channels_integrations.payload import hash_key, read_json, safe_key
from common.errors import UnsupportedEvent
from common.models import Connection
from logistics import carriers
from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.models import StatusMapping
from logistics.policies.tracking import CodeMeaning

if TYPE_CHECKING:
    from channels_integrations.contract import Text

_LABELS: dict[str, Text] = {"seventeentrack": "17TRACK"}


class CarrierChannel:
    """A carrier's webhook. Nothing can be written to a carrier through it."""

    capabilities = Capabilities()

    def __init__(self, code: str) -> None:
        self.code = code
        self.label: Text = _LABELS.get(code, code)
        self._carrier = carriers.get(code)
        self.fields: tuple[Field, ...] = (
            Field(
                self._carrier.SIGNED_WITH,
                _("API key"),
                _("The account's key at the provider; the signatures of its webhooks are checked with it."),
                secret=True,
                required=True,
            ),
            Field(
                "api_url",
                _("address of the API"),
                _("Leave it as it is, unless your requests go through a server of your own."),
                default=self._carrier.API_URL,
            ),
        )

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes) -> None:
        """See ``Adapter``; the carrier's own scheme."""
        self._carrier.verify(headers, body, str(connection.credentials.get(self._carrier.SIGNED_WITH, "")))

    def envelopes(self, connection: Connection, body: bytes) -> list[Envelope]:
        """See ``Adapter``; the sender is the tracking number."""
        read_json(body)
        return [
            Envelope(safe_key(external_id) or hash_key(body), safe_key(sender))
            for external_id, sender in self._carrier.envelopes(body)
        ]

    def parse(self, connection: Connection, raw: bytes, *, received_at: datetime) -> list[Parsed]:
        """See ``Adapter``; codes mean what the mapping of this moment says."""
        return [self._carrier.parse(raw, self.mapping())]

    def mapping(self) -> dict[str, CodeMeaning]:
        """Raw code to meaning: as shipped, corrected by what administrators wrote. Codes under review mean nothing."""
        meanings = {row.raw_code: row.meaning for row in self._carrier.shipped_rows()}
        rows = StatusMapping.objects.filter(source=self.code)
        for code, status, reason, fault, waits in rows.values_list(
            "raw_code", "status", "reason", "fault", "needs_review"
        ):
            if waits:
                meanings.pop(code, None)
            else:
                meanings[code] = CodeMeaning(TrackingStatus(status), TrackingReason(reason), Fault(fault))
        return meanings

    def check(self, connection: Connection) -> Account:
        """See ``Adapter``; a request that costs nothing."""
        said = self._carrier.check(
            secret=str(connection.credentials.get(self._carrier.SIGNED_WITH, "")),
            api_url=connection.setting("api_url"),
        )
        return Account(str(self.label), said)

    def external_id(self, connection: Connection, message: OutgoingMessage) -> str:
        """Nothing is sent here."""
        return ""

    def send(self, connection: Connection, message: OutgoingMessage) -> Sent:
        """Raises UnsupportedEvent always."""
        raise UnsupportedEvent("Nothing can be written to a carrier through this connection.")

    def fetch_attachment(self, connection: Connection, remote_id: str, *, limit: int) -> bytes:
        """Raises UnsupportedEvent always."""
        raise UnsupportedEvent("A carrier's news come without files.")
