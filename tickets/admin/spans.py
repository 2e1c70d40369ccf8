"""A length of time in a form: a number and its unit, each a field that the keyboard reaches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

_UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
UNIT_CHOICES = [("minutes", _("minutes")), ("hours", _("hours")), ("days", pgettext_lazy("length of time", "days"))]
LONGEST = timedelta(days=90)


class SpanWidget(forms.MultiWidget):
    """A number and a unit beside it."""

    template_name = "admin/tickets/_span.html"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(
            [
                UnfoldAdminIntegerFieldWidget(attrs={"min": 0, "aria-label": _("number")}),
                UnfoldAdminSelectWidget(attrs={"aria-label": _("unit")}, choices=UNIT_CHOICES),
            ],
            attrs,
        )

    def decompress(self, value: timedelta | None) -> list[Any]:
        """The largest unit that says it exactly."""
        if value is None:
            return [None, "minutes"]
        for unit in ("days", "hours"):
            if value and value % _UNITS[unit] == timedelta(0):
                return [value // _UNITS[unit], unit]
        return [value // _UNITS["minutes"], "minutes"]


class SpanField(forms.MultiValueField):
    """A ``timedelta`` of whole minutes, hours or days; None when nothing is written and nothing has to be."""

    widget = SpanWidget

    def __init__(self, **named: Any) -> None:
        fields = (
            forms.IntegerField(min_value=0, max_value=200_000, required=False),
            forms.ChoiceField(choices=UNIT_CHOICES, required=False),
        )
        super().__init__(fields, require_all_fields=False, **named)

    def compress(self, data_list: list[Any]) -> timedelta | None:
        if not data_list or data_list[0] is None:
            return None
        value: timedelta = data_list[0] * _UNITS[data_list[1] or "minutes"]
        if value > LONGEST:
            raise forms.ValidationError(_("That is longer than ninety days: write a shorter time."))
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another length is written, however it is written; an untouched row stays untouched."""
        if not data or data[0] in (None, ""):
            return initial is not None
        try:
            return bool(self.clean(data) != initial)
        except forms.ValidationError:
            return True
