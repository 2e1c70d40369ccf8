"""Who calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from common.models import User


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of a key: a partner, or a staff user whose integration acts with their permissions.

    ``name`` is the partner's or the user's and stands on what they do, ``key_name`` the key's own.
    """

    key_id: int
    name: str
    scopes: frozenset[str]
    partner_id: int | None = None
    user: User | None = None
    language: str = "en"
    key_name: str = ""

    @property
    def is_partner(self) -> bool:
        return self.partner_id is not None

    def may(self, permission: str) -> bool:
        """Whether the staff user behind the key has a permission; a partner has none."""
        return self.user is not None and self.user.has_perm(permission)


type KeyReader = Callable[[str, str, datetime], Caller | None]
"""From a key's text, the address it comes from and now: who holds it. None for every key that does not work."""
