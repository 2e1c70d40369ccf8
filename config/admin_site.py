"""How the admin looks and what its navigation holds."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Clearway",
    "SITE_HEADER": "Clearway",
    "SITE_SUBHEADER": _("Exception desk"),
    "SITE_URL": None,
    "SITE_SYMBOL": "flight_land",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "6px",
}
