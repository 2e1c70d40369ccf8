"""Who somebody at a channel is: one identity a connection and address, one customer behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import OuterRef, Subquery

from common.models import Connection
from logistics.choices import Tier
from logistics.models import Customer, Partner
from tickets.models import ChannelIdentity, Message
from tickets.policies.inbound import InboundMessage
from tickets.policies.reading import fit_id, masked_line

_MAIL = "email"

# One statement, so that of two first messages at the same time one makes the identity with its customer and the other
# waits for it; foreign keys are checked at commit.
_MAKE = """
WITH identity AS (
    INSERT INTO tickets_channelidentity
        (connection_id, external_id, customer_id, display_name, is_verified, has_consent, is_blocked, created_at)
    VALUES (%(connection)s, %(external_id)s, nextval(pg_get_serial_sequence('logistics_customer', 'id')), %(name)s,
        false, true, false, %(now)s)
    ON CONFLICT (connection_id, external_id) DO NOTHING
    RETURNING id, customer_id
), customer AS (
    INSERT INTO logistics_customer (id, name, language, time_zone, country, tier, note, created_at)
    SELECT customer_id, %(name)s, %(language)s, '', '', %(tier)s, '', %(now)s FROM identity
)
SELECT id, customer_id FROM identity
"""


def is_mail(connection: Connection) -> bool:
    """Whether a connection speaks in mails, with subjects and many threads a person, and not in one chat each."""
    return connection.provider == _MAIL


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote, and whether we have the message already.

    ``message_id`` is what the message is known by. Some programs give all their mails one Message-ID: the same id of
    another sender is another message, and gets an id of its own.
    """

    identity: ChannelIdentity
    message_id: str
    is_new: bool = False
    already_received: int | None = None


def find_identity(*, connection: Connection, external_id: str) -> ChannelIdentity | None:
    """The identity with its customer and partner, if the connection knows it."""
    return (
        ChannelIdentity.objects.select_related("customer", "partner")
        .filter(connection=connection, external_id=external_id)
        .first()
    )


def find_sender(*, connection: Connection, message: InboundMessage) -> Sender | None:
    """The known sender of a message, None when it is their first. Locks their row: their messages go one by one."""
    message_id = fit_id(message.external_id)
    same = Message.objects.filter(connection=OuterRef("connection"), external_id=message_id).exclude(external_id="")
    identity = (
        ChannelIdentity.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "partner")
        .annotate(same_id=Subquery(same.values("id")[:1]))
        .filter(connection=connection, external_id=_sender_id(message))
        .first()
    )
    if identity is None:
        return None
    if identity.customer_id is None and identity.partner_id is None:
        name = masked_line(message.sender_name, 200)
        identity.customer = Customer.objects.create(name=name, created_at=identity.created_at)
        identity.save(update_fields=["customer"])
    if identity.same_id is None:
        return Sender(identity, message_id)
    return _sender_with_known_id(connection, identity, message_id, is_new=False)


def know_sender(*, connection: Connection, message: InboundMessage, language: str, now: datetime) -> Sender:
    """Make the sender of a first message known, with a customer whose ``language`` (BCP 47 or "") it tells."""
    external_id = _sender_id(message)
    identity, is_new = make_identity(
        connection=connection,
        external_id=external_id,
        name=masked_line(message.sender_name, 200),
        language=language,
        now=now,
    )
    if not message.sender_id.strip():
        block(identity_id=identity.pk)
        identity.is_blocked = True
    return _sender_with_known_id(connection, identity, fit_id(message.external_id), is_new=is_new)


def _sender_id(message: InboundMessage) -> str:
    """What the connection knows the sender by; nobody named: somebody of their own, who cannot be answered."""
    sender = fit_id(message.sender_id)
    return sender or f"unknown-{sha256(message.external_id.encode(errors='replace')).hexdigest()}"


def _sender_with_known_id(
    connection: Connection, identity: ChannelIdentity, message_id: str, *, is_new: bool
) -> Sender:
    own_id = fit_id(f"{message_id[:200]}#{identity.pk}")
    rows = Message.objects.filter(connection=connection, external_id__in=[message_id, own_id]).exclude(external_id="")
    known = {
        external_id: (pk, owner) for external_id, pk, owner in rows.values_list("external_id", "id", "identity_id")
    }
    if message_id not in known:
        return Sender(identity, message_id, is_new=is_new)
    pk, owner = known[message_id]
    if owner == identity.pk:
        return Sender(identity, message_id, already_received=pk)
    if own_id in known:
        return Sender(identity, own_id, already_received=known[own_id][0])
    return Sender(identity, own_id, is_new=is_new)


def make_identity(
    *, connection: Connection, external_id: str, name: str, language: str, now: datetime
) -> tuple[ChannelIdentity, bool]:
    """The identity of a sender not seen before, with a new customer, and whether it was made.

    When somebody else was quicker it is theirs, after they committed. To be called inside a transaction.
    """
    values: dict[str, Any] = {
        "connection": connection.pk,
        "external_id": external_id,
        "name": name,
        "language": language[:12],
        "tier": Tier.STANDARD,
        "now": now,
    }
    with database.cursor() as cursor:
        cursor.execute(_MAKE, values)
        row = cursor.fetchone()
    if row is None:
        found = find_identity(connection=connection, external_id=external_id)
        if found is None:  # pragma: no cover - identities are never deleted
            raise RuntimeError("an identity that stood in the way has gone")
        return found, False
    made_customer = {
        "id": row[1],
        "name": name,
        "language": language[:12],
        "time_zone": "",
        "country": "",
        "tier": Tier.STANDARD,
        "created_at": now,
    }
    made = {
        "id": row[0],
        "connection_id": connection.pk,
        "external_id": external_id,
        "customer_id": row[1],
        "partner_id": None,
        "display_name": name,
        "is_verified": False,
        "has_consent": True,
        "is_blocked": False,
        "created_at": now,
    }
    identity = ChannelIdentity.from_db(database.alias, list(made), list(made.values()))
    identity.connection = connection
    identity.customer = Customer.from_db(database.alias, list(made_customer), list(made_customer.values()))
    return identity, True


@transaction.atomic
def know_partner(
    *, connection: Connection, address: str, name: str, partner: Partner, now: datetime
) -> ChannelIdentity:
    """The identity of a partner's contact at one of our mailboxes; a customer's address stays the customer's."""
    identity, made = ChannelIdentity.objects.get_or_create(
        connection=connection,
        external_id=address.strip().lower()[:255],
        defaults={"partner": partner, "display_name": name[:200], "created_at": now},
    )
    if not made and identity.customer_id is None and identity.partner_id is None:
        identity.partner = partner
        identity.save(update_fields=["partner"])
    return identity


def block(*, identity_id: int) -> None:
    """Nothing more is sent to this address: its provider said for good that it takes nothing."""
    ChannelIdentity.objects.filter(pk=identity_id).update(is_blocked=True)
