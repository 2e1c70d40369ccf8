"""Where a request comes from, and how often it came: counters that every process of the site shares.

They are rows, since a cache of each process's own would give a stranger every limit once a process and once more after
each restart, and would forget counters when many strangers come.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from common.models import VisitCount

_COUNT = """
INSERT INTO common_visitcount AS kept (key, count, ends_at) VALUES (%(key)s, %(by)s, %(ends_at)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN kept.ends_at > %(now)s THEN least(kept.count, 1000000000) + %(by)s ELSE %(by)s END,
    ends_at = CASE WHEN kept.ends_at > %(now)s THEN kept.ends_at ELSE excluded.ends_at END
RETURNING count, ends_at
"""
_NETWORK_BITS = 64
"""What one household or host is given of IPv6 (RFC 6177): whoever may choose an address there may choose any."""


UNKNOWN_NETWORK = "0.0.0.0"  # noqa: S104 - nothing listens there


def client_address(request: HttpRequest) -> str:
    """The address a request comes from: behind a proxy of ours, what that proxy says (the last entry is its own)."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.BEHIND_PROXY and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def client_host(request: HttpRequest) -> str:
    """The address alone: some proxies add the port, and links have a zone."""
    text = client_address(request).partition("%")[0]
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def client_network(request: HttpRequest) -> str:
    """Whom to count a request against: an IPv4 address or the first of an IPv6 network.

    What is no address (a socket of this machine) counts as UNKNOWN_NETWORK, all in one.
    """
    text = client_host(request)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return UNKNOWN_NETWORK
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _NETWORK_BITS), strict=False).network_address)


@dataclass(frozen=True, slots=True)
class Taken:
    """How many there were since a counter began, and when it begins anew."""

    count: int
    ends_at: datetime


def take(what: str, *, seconds: int, now: datetime, by: int = 1) -> Taken:
    """Count ``by`` more of ``what``; the counter began at most ``seconds`` ago."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": _key(what), "now": now, "ends_at": now + timedelta(seconds=seconds), "by": by})
        counted_now, ends_at = cursor.fetchone()
        return Taken(int(counted_now), ends_at)


def count(what: str, *, seconds: int, now: datetime) -> int:
    """Count one more ``what``; how many there were since the counter began, which is at most ``seconds`` ago."""
    return take(what, seconds=seconds, now=now).count


def counted(what: str, *, now: datetime) -> int:
    """How many ``what`` there were lately, without one more."""
    found = VisitCount.objects.filter(key=_key(what), ends_at__gt=now).values_list("count", flat=True).first()
    return found or 0


def forget_ended(*, now: datetime) -> int:
    """Remove counters that have ended. How many."""
    return VisitCount.objects.filter(ends_at__lte=now).delete()[0]


def _key(what: str) -> bytes:
    return hashlib.sha256(what.encode()).digest()
