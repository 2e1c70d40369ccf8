"""By what figures can be cut. A part of a cut is a text; empty when nobody knows or there is none."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to divide a figure. ``number`` stands in the rollups' rows and never changes its meaning."""

    name: str
    number: int
    label: str | Promise


CUTS: dict[str, Cut] = {
    cut.name: cut
    for cut in (
        Cut("kind", 1, pgettext_lazy("of a ticket", "Kind")),
        Cut("lane", 2, _("Lane")),
        Cut("carrier", 3, _("Carrier")),
        Cut("partner", 4, _("Partner")),
        Cut("channel", 5, _("Channel")),
        Cut("language", 6, _("Language")),
        Cut("country", 7, _("Customer's country")),
        Cut("team", 8, _("Team")),
        Cut("agent", 9, _("Person")),
        Cut("priority", 10, _("Priority")),
        Cut("tier", 11, _("Tier")),
    )
}
"""What a ticket is (kind to country) is as it is known today; who worked it, how urgent, for whom: as it stood then."""

WHOLE = 0
"""The number of the rows that are not cut at all."""
OF_PARCELS = ("lane", "carrier", "partner", "country")
"""The cuts that a parcel without a ticket has."""
