"""The form of a promise: for which tickets, within what time, in whose hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from logistics.choices import Tier
from tickets.choices import HoursOf, Kind, Priority
from tickets.models import PromisePolicy, Team
from tickets.policies.conditions import check
from tickets.policies.conditions.tree import group_of
from tickets.policies.fields import PROMISE_FIELDS
from tickets.services.rules.references import names_in

MINUTES, HOURS = "minutes", "hours"
LONGEST = timedelta(days=366)
_UNITS = {MINUTES: timedelta(minutes=1), HOURS: timedelta(hours=1)}

# Form field → the condition it stands for. What a tree says beyond these is kept as it is.
SIMPLE: dict[str, tuple[str, str]] = {
    "kinds": ("ticket.kind", "in"),
    "priorities": ("ticket.priority", "in"),
    "tiers": ("ticket.tier", "in"),
    "teams": ("ticket.team", "in"),
    "channels": ("ticket.channel", "in"),
    "tags": ("ticket.tags", "contains_any"),
}


class PromiseForm(forms.ModelForm):  # type: ignore[type-arg]
    """A promise; its conditions as plain choices, all of which have to hold. An empty one means: any."""

    amount = forms.IntegerField(
        label=gettext_lazy("within"), min_value=1, max_value=600_000, widget=UnfoldAdminIntegerFieldWidget()
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("unit"),
        choices=[(MINUTES, gettext_lazy("minutes")), (HOURS, gettext_lazy("hours"))],
        widget=UnfoldAdminSelectWidget(),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("kinds"), choices=Kind.choices, required=False, widget=forms.CheckboxSelectMultiple()
    )
    priorities = forms.TypedMultipleChoiceField(
        label=gettext_lazy("priorities"),
        choices=Priority.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("tiers"), choices=Tier.choices, required=False, widget=forms.CheckboxSelectMultiple()
    )
    teams = forms.ModelMultipleChoiceField(
        label=gettext_lazy("teams"), queryset=Team.objects.none(), required=False, widget=forms.CheckboxSelectMultiple()
    )
    channels = forms.CharField(
        label=gettext_lazy("channels"),
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("Codes separated by commas, like telegram,email. Empty: any channel."),
    )
    tags = forms.CharField(
        label=gettext_lazy("with any of the tags"),
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("Separated by commas. Empty: whatever the tags."),
    )

    warn_at_percent = forms.CharField(
        label=gettext_lazy("warn at percent of the time"),
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("Separated by commas, like 50,80. Empty: no warning."),
    )

    class Meta:
        model = PromisePolicy
        fields = ("name", "target", "order", "hours_of", "calendar", "warn_at_percent", "is_active")
        help_texts: ClassVar = {
            "order": gettext_lazy("Of the promises that fit a ticket, the one with the smallest number holds."),
        }

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if "teams" in self.fields:
            self.fields["teams"].queryset = Team.objects.all()  # type: ignore[attr-defined]
        if self.instance.duration:
            minutes = int(self.instance.duration.total_seconds() // 60)
            whole = minutes % 60 == 0
            self.initial.setdefault("amount", minutes // 60 if whole else minutes)
            self.initial.setdefault("unit", HOURS if whole else MINUTES)
        self.initial["warn_at_percent"] = ", ".join(str(one) for one in self.instance.warn_at_percent)
        for name, value in _split(self.instance.conditions)[0].items():
            self.initial.setdefault(name, ", ".join(value) if name in ("channels", "tags") else value)

    def clean_channels(self) -> list[str]:
        return _listed(self.cleaned_data["channels"].lower())

    def clean_tags(self) -> list[str]:
        return _listed(self.cleaned_data["tags"])

    def clean_warn_at_percent(self) -> list[int]:
        parts = _listed(self.cleaned_data["warn_at_percent"])
        if not all(part.isascii() and part.isdecimal() and 1 <= int(part[:4]) <= 99 for part in parts):
            raise forms.ValidationError(_("Write whole numbers from 1 to 99, separated by commas."))
        return sorted({int(part) for part in parts})

    def clean(self) -> dict[str, Any]:
        """Put duration and conditions together, and say in a sentence what cannot be."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("amount") and cleaned.get("unit"):
            self.instance.duration = cleaned["amount"] * _UNITS[cleaned["unit"]]
            if self.instance.duration > LONGEST:
                self.add_error("amount", _("A promise of more than a year is none. Choose a shorter time."))
        self._clean_hours(cleaned)
        self.instance.conditions = self._tree(cleaned)
        problems = check(
            self.instance.conditions,
            fields=PROMISE_FIELDS,
            event_rule=False,
            names=names_in(self.instance.conditions) if self.instance.conditions else None,
        )
        for problem in problems:
            self.add_error(None, str(problem))
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

    def _tree(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The chosen conditions, and those of the tree that have no field here."""
        leaves = []
        for name, (field, operator) in SIMPLE.items():
            value = cleaned.get(name)
            if name == "teams":
                value = [team.pk for team in value or ()]
            if value:
                leaves.append({"field": field, "op": operator, "value": list(value)})
        leaves += _split(self.instance.conditions)[1]
        return {"all": leaves} if leaves else {}


def further(policy: PromisePolicy) -> dict[str, Any]:
    """The part of a promise's conditions that the form has no field for; empty when there is none."""
    rest = _split(policy.conditions)[1]
    return {"all": rest} if rest else {}


def _split(tree: Any) -> tuple[dict[str, list[Any]], list[Any]]:
    """What of a tree the form's fields can say, and the rest."""
    if not tree:
        return {}, []
    nodes = tree["all"] if group_of(tree) == "all" else [tree]
    names = {condition: name for name, condition in SIMPLE.items()}
    simple: dict[str, list[Any]] = {}
    rest = []
    for node in nodes:
        name = names.get((node.get("field", ""), node.get("op", "")))
        if name is None or name in simple:
            rest.append(node)
        else:
            simple[name] = list(node["value"])
    return simple, rest


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
