"""What is refused in a calendar's form, each with a sentence that says what to do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminTextInputWidget

from common.admin import words
from common.admin.people import zone_choices
from common.errors import InvalidInput
from common.models import BusinessCalendar, CalendarDay
from common.models.business_calendar import Weekday
from common.policies.business_time import Interval
from common.policies.public_holidays import countries, subdivisions
from common.policies.working_days import overlaps, parse_hours, written

_SHOWN = 40


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]
    """A calendar; zone and country are chosen from lists."""

    time_zone = forms.ChoiceField()
    holiday_country = forms.ChoiceField()

    class Meta:
        model = BusinessCalendar
        fields = (
            "name",
            "time_zone",
            "always_open",
            "holiday_country",
            "holiday_subdivision",
            "works_make_up_days",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "holiday_subdivision" not in self.fields:  # shown to somebody who may not change it
            return
        zones = zone_choices()
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=zones,
            widget=UnfoldAdminSelect2Widget(choices=zones),
            error_messages={
                "invalid_choice": _("“%(value)s” is no IANA time zone: choose one from the list, like Asia/Shanghai.")
            },
        )
        named = sorted(((code, words.country(code)) for code in countries()), key=lambda pair: pair[1])
        known = [("", "—"), *named]
        self.fields["holiday_country"] = forms.ChoiceField(
            label=_("Holidays of country"),
            choices=known,
            required=False,
            widget=UnfoldAdminSelect2Widget(choices=known),
            error_messages={
                "invalid_choice": _("No holidays are known for “%(value)s”: choose a country from the list or none.")
            },
        )
        places = subdivisions(self.instance.holiday_country)
        self.fields["holiday_subdivision"].widget = UnfoldAdminTextInputWidget()
        self.fields["holiday_subdivision"].help_text = (
            gettext("Empty for the whole country, or one of: %(list)s.") % {"list": _listed(places)}
            if places
            else gettext("Empty for the whole country; a state or province by its code, like BY for Bavaria.")
        )

    def clean_holiday_subdivision(self) -> str:
        """Take a code, or a name that the library knows, in any case."""
        text = str(self.cleaned_data["holiday_subdivision"]).strip()
        country = self.cleaned_data.get("holiday_country")
        if not text or country is None:
            return text
        if not country:
            raise ValidationError(_("Choose the country too, or leave the subdivision empty."))
        places = subdivisions(country)
        for code, name in places.items():
            if text.casefold() in {code.casefold(), name.casefold()}:
                return code
        if not places:
            raise ValidationError(
                _("All of %(country)s has the same holidays: leave the subdivision empty."),
                params={"country": words.country(country)},
            )
        raise ValidationError(
            _("%(country)s has no subdivision “%(value)s”. Known are: %(list)s."),
            params={"country": words.country(country), "value": text, "list": _listed(places)},
        )


def _listed(places: Any) -> str:
    pairs = [code if code == name else f"{code} ({name})" for code, name in places.items()]
    return ", ".join(pairs[:_SHOWN]) + (" …" if len(pairs) > _SHOWN else "")


class IntervalFormSet(PaginationInlineFormSet):
    """The hours of the week as a whole."""

    def kept(self) -> list[tuple[int, Interval]]:
        """The intervals that stay, by weekday; those that can be read."""
        found = []
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if data.get("DELETE") or {"weekday", "opens_at", "closes_at"} - data.keys():
                continue
            if data["weekday"] is not None and data["opens_at"] is not None and data["closes_at"] is not None:
                found.append((int(data["weekday"]), Interval(data["opens_at"], data["closes_at"])))
        return found

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = self.kept()
        sentences = [
            gettext("%(day)s %(hours)s has no length: give it another end, or write 00:00 twice for a whole day.")
            % {"day": Weekday(day).label, "hours": one}
            for day, one in kept
            if one.opens == one.closes and one.opens.isoformat() != "00:00:00"
        ]
        sentences += [
            gettext("%(day)s %(hours)s and %(other_day)s %(other)s overlap: end the one before the other begins.")
            % {"day": Weekday(day).label, "hours": one, "other_day": Weekday(other_day).label, "other": other}
            for (day, one), (other_day, other) in ([] if sentences else overlaps(kept))
        ]
        if self.instance.always_open and kept:
            sentences.append(
                gettext("Around the clock and hours exclude each other: untick the one or remove the other.")
            )
        if not self.instance.always_open and not kept:
            sentences.append(
                gettext("It would never be open: add hours on at least one weekday, or tick “around the clock”.")
            )
        if sentences:
            raise ValidationError(sentences)


class DayForm(forms.ModelForm):  # type: ignore[type-arg]
    """A day of its own."""

    class Meta:
        model = CalendarDay
        fields = ("date", "is_open", "works_like", "own_hours", "note")

    def clean_own_hours(self) -> str:
        """Hours as people write them, kept in one form."""
        try:
            return written(parse_hours(self.cleaned_data["own_hours"]))
        except InvalidInput as error:
            sentences = {
                "unreadable": _("“%(part)s” cannot be read: write hours like 9:00-12:00, 13:00-18:00."),
                "empty_interval": _("%(part)s has no length: write 0:00-24:00 for a whole day."),
                "overlap": _("These overlap: %(part)s. End the one before the other begins."),
            }
            raise ValidationError(sentences[error.code], params=error.data) from None

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        if data.get("own_hours") and data.get("works_like") is not None:
            raise ValidationError(_("Choose a weekday or write hours, not both."))
        if data.get("own_hours") or data.get("works_like") is not None:
            data["is_open"] = True  # whoever says how it is worked says that it is
        return data


class DayFormSet(PaginationInlineFormSet):
    """Days of its own, against the hours of the week that are posted with them."""

    week: IntervalFormSet | None = None

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or self.week is None or self.instance.always_open:
            return
        weekdays = {day for day, _one in self.week.kept()} if self.week.is_valid() else set(range(7))
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if not data or data.get("DELETE") or not data.get("is_open") or data.get("own_hours"):
                continue
            weekday = data["works_like"] if data.get("works_like") is not None else data["date"].weekday()
            if weekday not in weekdays:
                form.add_error(
                    "works_like",
                    gettext("There are no hours on a %(weekday)s: choose another weekday, or write this day's hours.")
                    % {"weekday": Weekday(weekday).label},
                )
