"""Days and moments that people can mean.

Python and PostgreSQL take the years 1 to 9999, but a moment at either end cannot be shown in another time zone: one
row typed in Pago Pago would break a page in Kiritimati.
"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 1970, 2100


def check_likely(value: date) -> None:
    """Raise ValidationError for a day or moment (a datetime is a date) that nobody means."""
    if value.year < FIRST_YEAR:
        raise ValidationError(_("This is in the past."), code="too_early")
    if value.year > LAST_YEAR:
        raise ValidationError(_("This day is too far ahead."), code="too_late")
