"""Links for customers: made, opened, ended. The token leaves in the message; we keep its SHA-256 alone."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from tickets.choices import LinkPurpose
from tickets.errors import LinkRefused
from tickets.models import CustomerLink, Ticket

LIFE = timedelta(days=14)
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{43}$")


def make_link(*, ticket: Ticket, purpose: str, now: datetime, language: str = "", life: timedelta = LIFE) -> str:
    """Make a link of one purpose and return its address. ``language`` is what its page is shown in (BCP 47)."""
    token = secrets.token_urlsafe(32)
    CustomerLink.objects.create(
        ticket_id=ticket.pk,
        purpose=LinkPurpose(purpose),
        token_hash=_hash(token),
        language=(language or ticket.language)[:12],
        created_at=now,
        expires_at=now + life,
    )
    return f"{settings.PUBLIC_URL.rstrip('/')}/t/{token}/"


def open_link(*, token: str, now: datetime) -> CustomerLink:
    """The link a token opens, with its ticket. Raises LinkRefused, with the same sentence whatever is wrong with it.

    Looking up a hash tells nothing about the token by its timing: who cannot compute the hash cannot come near it.
    """
    link = (
        CustomerLink.objects.select_related("ticket", "ticket__customer", "ticket__shipment")
        .filter(token_hash=_hash(token))
        .first()
        if _TOKEN.match(token)
        else None
    )
    if link is None or link.revoked_at is not None or now >= link.expires_at:
        raise LinkRefused(_("This link does not work, or no longer."))
    return link


def mark_used(*, link: CustomerLink, now: datetime) -> None:
    """Note that a customer did something through the link; looking at its page is not noted."""
    CustomerLink.objects.filter(pk=link.pk).update(last_used_at=now)


def revoke_links(*, ticket_id: int, now: datetime, purpose: str = "") -> int:
    """End a ticket's links, all or those of one purpose. How many ended."""
    links = CustomerLink.objects.filter(ticket=ticket_id, revoked_at__isnull=True, expires_at__gt=now)
    if purpose:
        links = links.filter(purpose=purpose)
    return links.update(revoked_at=now)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
