"""Who does something, and through what: each event of a ticket carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tickets.choices import ActorKind, Via


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever changes a ticket. ``user`` is set for staff, and only there are permissions asked."""

    kind: ActorKind
    via: Via
    name: str = ""
    id: int | None = None
    user: Any = None

    @classmethod
    def staff(cls, user: Any, *, via: Via = Via.ADMIN) -> Actor:
        return cls(ActorKind.STAFF, via, str(user)[:120], user.pk, user)

    @classmethod
    def customer(cls, customer_id: int | None, *, via: Via) -> Actor:
        """A customer. The name stays out: events are kept for good, a customer may ask to be forgotten."""
        return cls(ActorKind.CUSTOMER, via, "", customer_id)

    @classmethod
    def partner(cls, partner_id: int, name: str, *, via: Via) -> Actor:
        return cls(ActorKind.PARTNER, via, name[:120], partner_id)

    @classmethod
    def scan(cls, source: str = "") -> Actor:
        return cls(ActorKind.SCAN, Via.SCAN, source[:120])

    @classmethod
    def rule(cls, run_id: int, name: str) -> Actor:
        """A rule's run: the id tells the next rule how deep in a chain it stands."""
        return cls(ActorKind.RULE, Via.RULE, name[:120], run_id)

    @classmethod
    def clock(cls, name: str = "") -> Actor:
        return cls(ActorKind.CLOCK, Via.CLOCK, name[:120])

    @classmethod
    def system(cls, name: str = "", *, via: Via = Via.CHANNEL) -> Actor:
        return cls(ActorKind.SYSTEM, via, name[:120])

    def may(self, permission: str) -> bool:
        """Whether this actor has a permission. Only staff carry permissions; the rest are bound by the way itself."""
        return self.kind != ActorKind.STAFF or bool(
            self.user and self.user.is_active and self.user.has_perm(permission)
        )
