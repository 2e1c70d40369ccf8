"""What is refused in a rota's form, each with a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminSelectWidget

from common.admin.inline_pickers import KnownChoicesForm
from common.admin.people import zone_choices
from common.models import User
from common.models.business_calendar import Weekday
from tickets.models import Rota, RotaLayer, RotaOverride, RotaTurn

PLACES = 8
"""Places for people that a new layer shows; a saved one shows three more than it has."""
LONGEST_TURN = 366


class RotaForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rota; the zone is chosen from a list."""

    class Meta:
        model = Rota
        fields = ("name", "time_zone")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if "time_zone" in self.fields:
            self.fields["time_zone"] = _zone_field(capfirst(_("time zone")), required=True)


class PeopleWidget(forms.MultiWidget):
    """A list of people in their order: a select for each place."""

    template_name = "admin/tickets/_turns.html"

    def decompress(self, value: list[int] | None) -> list[Any]:
        return list(value or [])


class PeopleField(forms.MultiValueField):
    """People in their turn, as a list of keys; places left empty are skipped."""

    def __init__(self, *, people: Sequence[tuple[int, str]] = (), places: int = PLACES, **named: Any) -> None:
        choices = [("", "—"), *people]
        sentence = _("This person cannot enter the desk: choose somebody who can.")
        fields = [
            forms.ChoiceField(choices=choices, required=False, error_messages={"invalid_choice": sentence})
            for _place in range(places)
        ]
        selects = [
            UnfoldAdminSelectWidget(attrs={"aria-label": f"{number}."}, choices=choices)
            for number in range(1, places + 1)
        ]
        super().__init__(fields, require_all_fields=False, required=False, widget=PeopleWidget(selects), **named)

    def compress(self, data_list: list[Any]) -> list[int]:
        return [int(one) for one in data_list or [] if one]


class LayerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A layer: who takes turns, from when on, in which hours."""

    people = PeopleField(label=capfirst(_("people in their turn")))
    weekdays = forms.TypedMultipleChoiceField(
        label=capfirst(_("weekdays")),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("None ticked: every day."),
    )

    class Meta:
        model = RotaLayer
        fields = (
            "order",
            "name",
            "time_zone",
            "starts_on",
            "turn_days",
            "hands_over_at",
            "from_time",
            "until_time",
            "weekdays",
        )

    def __init__(self, *args: Any, known_people: Sequence[tuple[int, str]] = (), **named: Any) -> None:
        super().__init__(*args, **named)
        if "people" not in self.fields:  # shown to somebody who may not change it
            return
        self.fields["time_zone"] = _zone_field(capfirst(_("time zone")), required=False)
        self.turns = [turn.user_id for turn in self.instance.turns.all()] if self.instance.pk else []
        self.fields["people"] = PeopleField(
            people=[*known_people, *((pk, "—") for pk in self.turns if pk not in dict(known_people))],
            places=max(PLACES, len(self.turns) + 3),
            label=capfirst(_("people in their turn")),
            help_text=_("The first has the first turn. Empty places are skipped."),
        )
        self.initial["people"] = self.turns

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (cleaned.get("from_time") is None) != (cleaned.get("until_time") is None):
            missing = "until_time" if cleaned.get("until_time") is None else "from_time"
            if not self.has_error(missing):
                self.add_error(missing, gettext("Hours have a beginning and an end: write both, or neither."))
        if (cleaned.get("turn_days") or 0) > LONGEST_TURN:
            self.add_error("turn_days", gettext("A turn is a year at most."))
        if not cleaned.get("people") and not self.has_error("people"):
            self.add_error(
                "people",
                gettext("A layer without people calls nobody: choose at least one person, or remove the layer."),
            )
        return cleaned

    def save_turns(self) -> None:
        """Write the people's places anew when they changed."""
        people = self.cleaned_data["people"]
        if people == self.turns:
            return
        RotaTurn.objects.filter(layer=self.instance).delete()
        RotaTurn.objects.bulk_create(
            [RotaTurn(layer=self.instance, place=place, user_id=pk) for place, pk in enumerate(people, 1)]
        )


class LayerFormSet(PaginationInlineFormSet):
    """The layers as a whole: at least one, each with an order of its own."""

    @cached_property
    def known_people(self) -> list[tuple[int, str]]:
        """Whoever can be called, read once for all layers."""
        people = User.objects.filter(is_active=True, is_staff=True).order_by("full_name", "id")
        return [(one.pk, str(one)) for one in people]

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "known_people": self.known_people}

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        filled = [form for form in self.forms if getattr(form, "cleaned_data", None)]
        kept = [form for form in filled if form.cleaned_data.get("order") and not form.cleaned_data.get("DELETE")]
        if not kept:
            raise ValidationError(_("Nobody would ever be on call: add at least one layer."))
        orders = [form.cleaned_data["order"] for form in kept]
        twice = sorted({order for order in orders if orders.count(order) > 1})
        if twice:
            raise ValidationError(
                _("Two layers have the order %(order)d: the higher one stands above, so give each its own."),
                params={"order": twice[0]},
            )

    def save_new(self, form: Any, commit: bool = True) -> Any:
        saved = super().save_new(form, commit=commit)
        if commit:
            form.save_turns()
        return saved

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        saved = super().save_existing(form, obj, commit=commit)
        if commit:
            form.save_turns()
        return saved


class OverrideForm(KnownChoicesForm):
    """Somebody else for a while."""

    class Meta:
        model = RotaOverride
        fields = ("user", "from_at", "until_at", "note")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end, user = cleaned.get("from_at"), cleaned.get("until_at"), cleaned.get("user")
        if start and end and end <= start:
            self.add_error("until_at", gettext("It ends before it begins: write a later end."))
        elif end and end <= timezone.now() and {"from_at", "until_at", "user"} & set(self.changed_data):
            self.add_error("until_at", gettext("That is over already: it would change nothing. Write a later end."))
        if user is not None and not (user.is_active and user.is_staff):
            self.add_error("user", gettext("This person cannot enter the desk: choose somebody who can."))
        return cleaned


def _zone_field(label: Any, *, required: bool) -> forms.ChoiceField:
    choices = zone_choices(empty=not required)
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=UnfoldAdminSelect2Widget(choices=choices),
        help_text="" if required else _("Empty: the rota's."),
        error_messages={
            "invalid_choice": _("“%(value)s” is no IANA time zone: choose one from the list, like Asia/Shanghai.")
        },
    )
