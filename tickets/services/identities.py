"""Who somebody at a channel is: one identity a connection and address, one customer behind it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection as database
from django.db import transaction

from common.models import Connection
from logistics.choices import Tier
from logistics.models import Customer, Partner
from tickets.models import ChannelIdentity
from tickets.policies.text import safe

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


def find_identity(*, connection: Connection, external_id: str) -> ChannelIdentity | None:
    """The identity with its customer and partner, if the connection knows it."""
    return (
        ChannelIdentity.objects.select_related("customer", "partner")
        .filter(connection=connection, external_id=external_id)
        .first()
    )


def make_identity(
    *, connection: Connection, external_id: str, name: str, language: str, now: datetime
) -> ChannelIdentity:
    """The identity of a sender not seen before, with a new customer; whoever else was quicker made the same one.

    ``language`` is BCP 47 or "". To be called inside a transaction.
    """
    name = safe(name).strip()[:200]
    values = {
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
        return found
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
