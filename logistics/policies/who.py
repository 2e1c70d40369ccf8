"""Who does something to warehouse work, and through what: each of its events carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from logistics.choices import WhoKind, WorkVia


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever acts. ``id`` is the partner's or the staff user's; only staff carry permissions (``user``)."""

    kind: WhoKind
    via: WorkVia
    name: str = ""
    id: int | None = None
    user: Any = None

    @classmethod
    def staff(cls, user: Any, *, via: WorkVia = WorkVia.ADMIN) -> Who:
        return cls(WhoKind.STAFF, via, str(user)[:120], user.pk, user)

    @classmethod
    def partner(cls, partner_id: int, name: str, *, via: WorkVia) -> Who:
        return cls(WhoKind.PARTNER, via, name[:120], partner_id)

    @classmethod
    def system(cls, *, via: WorkVia = WorkVia.CLOCK) -> Who:
        return cls(WhoKind.SYSTEM, via)

    @property
    def partner_id(self) -> int | None:
        """The partner who acts; None when it is not a partner."""
        return self.id if self.kind == WhoKind.PARTNER else None

    def may(self, permission: str) -> bool:
        """Whether they have a permission. Partners and the system need none: steps name them."""
        return self.kind != WhoKind.STAFF or bool(self.user and self.user.is_active and self.user.has_perm(permission))
