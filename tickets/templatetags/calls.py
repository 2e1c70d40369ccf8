"""The calls that wait for whoever looks at a page."""

from __future__ import annotations

from typing import Any

from django import template

from tickets.services.escalation.reading import count_open_calls_of

register = template.Library()


@register.inclusion_tag("admin/tickets/_calls_counter.html", takes_context=True)
def calls_counter(context: dict[str, Any]) -> dict[str, Any]:
    """A counter of the reader's open calls, hidden while there are none."""
    user = getattr(context.get("request"), "user", None)
    known = user is not None and user.is_authenticated and user.is_staff
    return {"is_shown": known, "count": count_open_calls_of(user) if known else 0}
