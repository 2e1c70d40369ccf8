"""The way to a page in the words of the navigation, whatever its app and model are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context

register = template.Library()

Part = Mapping[str, Any]


@register.simple_tag(takes_context=True)
def site_trail(context: Context, parts: Sequence[Part]) -> list[Part]:
    """Unfold's ``parts`` (app, list, row) as the navigation has them: its group, its entry, the row.

    A list that the navigation does not hold keeps its own name; the app, which no entry leads to, is left out.
    """
    entries = _entries(context["request"])
    for place, part in enumerate(parts):
        if found := entries.get(str(part.get("link", ""))):
            return [*found, *parts[place + 1 :]]
    return list(parts[1:] if len(parts) > 1 else parts)


def _entries(request: HttpRequest) -> dict[str, list[Part]]:
    """Address of a list to the names that lead to it."""
    entries: dict[str, list[Part]] = {}
    for group in settings.UNFOLD["SIDEBAR"]["navigation"]:
        above = [{"title": group["title"], "link": ""}] if group.get("title") else []
        for item in group["items"]:
            link = item["link"]
            address = str(link(request) if callable(link) else link).partition("?")[0]
            entries.setdefault(address, [*above, {"title": item["title"], "link": address}])
    return entries
