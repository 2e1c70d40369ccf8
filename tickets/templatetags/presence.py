"""Whether whoever looks at a page counts as here, and the way to change it."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from tickets.services.routing.presence import standing_of

register = template.Library()


@register.inclusion_tag("admin/tickets/_presence.html", takes_context=True)
def presence(context: dict[str, Any]) -> dict[str, Any]:
    """A chip: here, or away until when; it leads to the page that changes it. Nothing for who works no tickets."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated or not user.has_perm("tickets.work_ticket"):
        return {"is_shown": False}
    return {"is_shown": True, "standing": standing_of(user, now=timezone.now())}
