"""What the API of warehouses refuses, beyond what every address does."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from common.api.errors import declare

declare(
    "stock_refused",
    status=409,
    title=_("Stock cannot be reported for this day."),
    advice=_("Report your own today. A day that lies ahead, or before the latest one reported, is not taken."),
)
declare(
    "transition_refused",
    status=409,
    title=_("It does not stand where this step begins."),
    advice=_("Read it and its open steps again: somebody moved it meanwhile, or a condition is not met."),
)
