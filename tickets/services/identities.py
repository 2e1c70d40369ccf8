"""Who somebody at a channel is: one identity a connection and address, one customer behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection as database
from django.db import transaction

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
        false, true, %(is_blocked)s, %(now)s)
    ON CONFLICT (connection_id, external_id) DO NOTHING
    RETURNING id, customer_id
), customer AS (
    INSERT INTO logistics_customer (id, name, language, time_zone, country, tier, note, created_at)
    SELECT customer_id, %(name)s, %(language)s, '', '', %(tier)s, '', %(now)s FROM identity
)
SELECT id, customer_id,
    (SELECT id FROM tickets_message
     WHERE connection_id = %(connection)s AND external_id = %(message)s AND external_id <> '' LIMIT 1)
FROM identity
"""

_IDENTITY = (
    "id", "connection_id", "external_id", "customer_id", "partner_id", "user_id",
    "display_name", "is_verified", "has_consent", "is_blocked",
)  # fmt: skip
_CUSTOMER = ("id", "name", "language", "time_zone", "country", "tier")
_PARTNER = ("id", "name")
_FIND = f"""
SELECT {", ".join(f"i.{name}" for name in _IDENTITY)}, {", ".join(f"c.{name}" for name in _CUSTOMER)}, p.id, p.name,
    (SELECT m.id FROM tickets_message AS m
     WHERE m.connection_id = %(connection)s AND m.external_id = %(message)s AND m.external_id <> '' LIMIT 1)
FROM tickets_channelidentity AS i
LEFT JOIN logistics_customer AS c ON c.id = i.customer_id
LEFT JOIN logistics_partner AS p ON p.id = i.partner_id
WHERE i.connection_id = %(connection)s AND i.external_id = %(sender)s
FOR NO KEY UPDATE OF i
"""  # noqa: S608 - names of columns alone


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
    with database.cursor() as cursor:
        cursor.execute(_FIND, {"connection": connection.pk, "sender": _sender_id(message), "message": message_id})
        row = cursor.fetchone()
    if row is None:
        return None
    identity = _identity_from(connection, row[:10], customer=row[10:16], partner=row[16:18])
    if identity.customer_id is None and identity.partner_id is None and identity.user_id is None:
        name = masked_line(message.sender_name, 200)
        identity.customer = Customer.objects.create(name=name, created_at=identity.created_at)
        identity.save(update_fields=["customer"])
    return _sender(connection, identity, message_id, same=row[18], is_new=False)


def know_sender(*, connection: Connection, message: InboundMessage, language: str, now: datetime) -> Sender:
    """Make the sender of a first message known, with a customer whose ``language`` (BCP 47 or "") it tells.

    Whoever else was quicker made the same one. To be called inside a transaction.
    """
    name, message_id = masked_line(message.sender_name, 200), fit_id(message.external_id)
    values: dict[str, Any] = {
        "connection": connection.pk,
        "external_id": _sender_id(message),
        "name": name,
        "language": language[:12],
        "tier": Tier.STANDARD,
        "is_blocked": not message.sender_id.strip(),
        "now": now,
        "message": message_id,
    }
    with database.cursor() as cursor:
        cursor.execute(_MAKE, values)
        row = cursor.fetchone()
    if row is None:
        found = find_sender(connection=connection, message=message)
        if found is None:  # pragma: no cover - identities are never deleted
            raise RuntimeError("an identity that stood in the way has gone")
        return found
    blocked = values["is_blocked"]
    identity = _identity_from(
        connection,
        (row[0], connection.pk, values["external_id"], row[1], None, None, name, False, True, blocked),
        customer=(row[1], name, language[:12], "", "", Tier.STANDARD),
        partner=(None, None),
    )
    return _sender(connection, identity, message_id, same=row[2], is_new=True)


def _sender_id(message: InboundMessage) -> str:
    """What the connection knows the sender by; nobody named: somebody of their own, who cannot be answered."""
    sender = fit_id(message.sender_id)
    return sender or f"unknown-{sha256(message.external_id.encode(errors='replace')).hexdigest()}"


def _sender(
    connection: Connection, identity: ChannelIdentity, message_id: str, *, same: int | None, is_new: bool
) -> Sender:
    """``same`` is a message that has the same id already, of whomever."""
    if same is None:
        return Sender(identity, message_id, is_new=is_new)
    own_id = fit_id(f"{message_id[:200]}#{identity.pk}")
    rows = Message.objects.filter(connection=connection, external_id__in=[message_id, own_id])
    known = {
        external_id: (pk, owner) for external_id, pk, owner in rows.values_list("external_id", "id", "identity_id")
    }
    pk, owner = known[message_id]
    if owner == identity.pk:
        return Sender(identity, message_id, already_received=pk)
    if own_id in known:
        return Sender(identity, own_id, already_received=known[own_id][0])
    return Sender(identity, own_id, is_new=is_new)


def _identity_from(
    connection: Connection, row: tuple[Any, ...], *, customer: tuple[Any, ...], partner: tuple[Any, ...]
) -> ChannelIdentity:
    """The identity of a row of ``_FIND``, with what is needed of its party; the rest is read when asked for."""
    identity = ChannelIdentity.from_db(database.alias, _IDENTITY[: len(row)], row)
    identity.connection = connection
    identity.customer = Customer.from_db(database.alias, _CUSTOMER, customer) if customer[0] is not None else None
    identity.partner = Partner.from_db(database.alias, _PARTNER, partner) if partner[0] is not None else None
    return identity


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
