"""Addresses that will go: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.http import http_date


def deprecated(*, since: datetime, sunset: datetime, link: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view's method: callers are told since when it is old, when it ends, and where to read what replaces it."""

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        method.deprecation_headers = {  # type: ignore[attr-defined]
            "Deprecation": f"@{int(since.timestamp())}",
            "Sunset": http_date(sunset.timestamp()),
            "Link": f'<{link}>; rel="deprecation"; type="text/html"',
        }
        return method

    return mark
