"""The form of a promise: for which tickets, within what time, in whose hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from tickets.admin.rules.widgets import ConditionsField
from tickets.choices import HoursOf
from tickets.models import PromisePolicy
from tickets.policies.fields import PROMISE_FIELDS

MINUTES, HOURS = "minutes", "hours"
LONGEST = timedelta(days=366)
_UNITS = {MINUTES: timedelta(minutes=1), HOURS: timedelta(hours=1)}


class PromiseForm(forms.ModelForm):  # type: ignore[type-arg]
    """A promise, with a builder for its conditions."""

    amount = forms.IntegerField(
        label=capfirst(gettext_lazy("within")), min_value=1, max_value=600_000, widget=UnfoldAdminIntegerFieldWidget()
    )
    unit = forms.ChoiceField(
        label=capfirst(gettext_lazy("unit")),
        choices=[(MINUTES, gettext_lazy("minutes")), (HOURS, gettext_lazy("hours"))],
        widget=UnfoldAdminSelectWidget(),
    )
    conditions = ConditionsField(
        fields=PROMISE_FIELDS,
        label=capfirst(gettext_lazy("conditions")),
        help_text=gettext_lazy("Without any condition, it is promised for all tickets."),
    )
    warn_at_percent = forms.CharField(
        label=capfirst(gettext_lazy("warn at percent of the time")),
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("Separated by commas, like 50,80. Empty: no warning."),
    )

    class Meta:
        model = PromisePolicy
        fields = ("name", "target", "order", "conditions", "hours_of", "calendar", "warn_at_percent", "is_active")
        help_texts: ClassVar = {
            "order": gettext_lazy("Of the promises that fit a ticket, the one with the smallest number holds."),
        }

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if self.instance.duration:
            minutes = int(self.instance.duration.total_seconds() // 60)
            whole = minutes % 60 == 0
            self.initial.setdefault("amount", minutes // 60 if whole else minutes)
            self.initial.setdefault("unit", HOURS if whole else MINUTES)
        self.initial["warn_at_percent"] = ", ".join(str(one) for one in self.instance.warn_at_percent)

    def clean_warn_at_percent(self) -> list[int]:
        parts = list(filter(None, map(str.strip, self.cleaned_data["warn_at_percent"].split(","))))
        if not all(part.isascii() and part.isdecimal() and 1 <= int(part[:4]) <= 99 for part in parts):
            raise forms.ValidationError(_("Write whole numbers from 1 to 99, separated by commas."))
        return sorted({int(part) for part in parts})

    def clean(self) -> dict[str, Any]:
        """Put the duration together, and say in a sentence what cannot be."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("amount") and cleaned.get("unit"):
            self.instance.duration = cleaned["amount"] * _UNITS[cleaned["unit"]]
            if self.instance.duration > LONGEST:
                self.add_error("amount", _("A promise of more than a year is none. Choose a shorter time."))
        self._clean_hours(cleaned)
        return cleaned

    def _clean_hours(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("hours_of") != HoursOf.CALENDAR:
            cleaned["calendar"] = None
            return
        calendar = cleaned.get("calendar")
        if calendar is None:
            self.add_error("calendar", _("Choose the calendar whose hours count."))
        elif not calendar.always_open and not calendar.intervals.exists():
            self.add_error("calendar", _("This calendar is never open. Give it hours first."))
