"""Where this site may connect to: public addresses, and private ones only where its settings say so.

A host is resolved once, each address is looked at, and the connection goes to an address that was looked at: a name
that answers differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

from django.conf import settings

from common.errors import DomainError

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out for the public internet (RFC 4291, 2.4)."""


class AddressRefused(DomainError):
    """A host of this machine or of a private network, which the settings do not allow."""

    code = "address_refused"


def connect(host: str, port: int, *, timeout: float | None) -> socket.socket:
    """A TCP connection to a host that we may speak with; ``timeout`` in seconds, also for what follows.

    Raises AddressRefused, or OSError (among it socket.gaierror and TimeoutError) when it cannot be reached.
    """
    failure: OSError | None = None
    for family, kind, protocol, _name, address in resolve(host, port):
        link = socket.socket(family, kind, protocol)
        try:
            link.settimeout(timeout)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link.connect(address)
        except OSError as error:
            link.close()
            failure = error
            continue
        return link
    raise failure or OSError(f"{host} has no address")


type Address = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
type Found = Sequence[tuple[socket.AddressFamily, socket.SocketKind, int, str, Address]]


def resolve(host: str, port: int) -> Found:
    """The addresses of a host as ``socket.getaddrinfo`` gives them, once all may be used.

    Raises AddressRefused when one of them may not: a name must not hide a private address behind a public one.
    """
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    if settings.ALLOW_PRIVATE_ADDRESSES or host.lower().strip("[]") in settings.OUTBOUND_ALLOWED_HOSTS:
        return found
    for entry in found:
        if not is_public(str(entry[4][0])):
            raise AddressRefused(
                f"{host} is a private address, and this site may not connect to those. An administrator can name it in "
                "CLEARWAY_OUTBOUND_ALLOWED_HOSTS."
            )
    return found


def is_public(address: str) -> bool:
    """Whether an IP address is of the public internet; an IPv4 address inside an IPv6 one is looked at as such."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):  # NAT64, RFC 6052
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _GLOBAL_UNICAST:  # among the rest: old ways to write an IPv4 address, site-local ones
            return False
    return ip.is_global and not ip.is_multicast
