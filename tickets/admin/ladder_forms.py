"""What is refused in a ladder's form, each with a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from knowledge_base.models import MessageTemplate
from knowledge_base.models.template import TemplateAudience
from tickets.admin.spans import SpanField
from tickets.choices import CallBy, WhomKind
from tickets.models import EscalationLevel
from tickets.services.escalation.calls import PARTNERS

SHORTEST_AGAIN = timedelta(minutes=1)
MOST_LEVELS, MOST_TIMES = 20, 50
_NEEDED = {
    WhomKind.PERSON: ("user", _("Choose the person who is called.")),
    WhomKind.ROLE: ("role", _("Choose the role that is called.")),
    WhomKind.TEAM: ("team", _("Choose the team that is called.")),
    WhomKind.ON_CALL: ("rota", _("Choose the rota by which somebody is on call.")),
}
DEFAULT_TEMPLATE = "partner_reminder"


class LevelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A level: whom, when, by what. What does not belong to whom it calls is emptied."""

    place = forms.IntegerField(
        label=capfirst(_("level")), min_value=1, max_value=MOST_LEVELS, widget=UnfoldAdminIntegerFieldWidget()
    )
    after = SpanField(label=capfirst(_("after the level before")), required=False, help_text=_("0 or empty: at once."))
    after_urgent = SpanField(
        label=capfirst(_("after, when urgent")), required=False, help_text=_("Empty: the same as for other tickets.")
    )
    again_after = SpanField(label=capfirst(_("call again every")), required=False)
    by = forms.MultipleChoiceField(
        label=capfirst(_("besides in the desk")),
        choices=[(one.value, one.label) for one in CallBy if one is not CallBy.DESK],
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    template = forms.ChoiceField(label=capfirst(_("template")), required=False, widget=UnfoldAdminSelectWidget())

    class Meta:
        model = EscalationLevel
        fields = (
            "whom",
            "user",
            "role",
            "team",
            "rota",
            "after",
            "after_urgent",
            "hours_of",
            "by",
            "times",
            "again_after",
            "template",
            "needs_approval",
        )
        labels: ClassVar = {
            "user": capfirst(_("person")),
            "role": capfirst(_("role")),
            "team": capfirst(_("team")),
            "rota": capfirst(_("rota")),
        }

    def __init__(
        self, *args: Any, known_templates: Sequence[tuple[str, str]] = (), known_roles: Any = (), **named: Any
    ) -> None:
        super().__init__(*args, **named)
        if self.instance.pk:
            self.initial["place"] = self.instance.order
        if "role" in self.fields:
            self.fields["role"].choices = [("", "—"), *known_roles]  # type: ignore[attr-defined]
        if "template" in self.fields:
            known = list(known_templates)
            if self.instance.template and self.instance.template not in dict(known):
                known.append((self.instance.template, self.instance.template))
            self.fields["template"] = forms.ChoiceField(
                label=capfirst(_("template")),
                choices=[("", "—"), *known],
                required=False,
                widget=UnfoldAdminSelectWidget(choices=[("", "—"), *known]),
                help_text=_("What a partner is written."),
            )
        for name in ("by", "user", "role", "team", "rota"):
            if name in self.fields:
                self.fields[name].required = False

    def clean_after(self) -> timedelta:
        return self.cleaned_data["after"] or timedelta(0)

    def clean(self) -> dict[str, Any]:
        """One of whom it calls, and only what belongs to them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        whom = cleaned.get("whom")
        if whom not in WhomKind.values:
            return cleaned
        needed = _NEEDED.get(WhomKind(whom))
        for name in ("user", "role", "team", "rota"):
            if needed is None or name != needed[0]:
                cleaned[name] = None
        if needed is not None and not self.has_error(needed[0]) and cleaned.get(needed[0]) is None:
            self.add_error(needed[0], str(needed[1]))
        person = cleaned.get("user")
        if person is not None and not (person.is_active and person.is_staff):
            self.add_error("user", gettext("This person cannot enter the desk: choose somebody who can."))
        if whom in PARTNERS:
            cleaned["by"] = []
            cleaned["template"] = cleaned.get("template") or DEFAULT_TEMPLATE
            if whom == WhomKind.PARTNER_PUBLIC:
                cleaned["needs_approval"] = True
        else:
            cleaned["template"], cleaned["needs_approval"] = "", False
        times, again = cleaned.get("times") or 1, cleaned.get("again_after")
        if times > MOST_TIMES:
            self.add_error("times", gettext("At most %(count)d times: add a level instead.") % {"count": MOST_TIMES})
        if times > 1 and (again is None or again < SHORTEST_AGAIN) and not self.has_error("again_after"):
            self.add_error("again_after", gettext("Say after how long they are called again: a minute or more."))
        if times == 1:
            cleaned["again_after"] = None
        return cleaned


def templates_for_partners() -> list[tuple[str, str]]:
    """Templates that a partner may be written, by key."""
    rows = MessageTemplate.objects.filter(audience=TemplateAudience.PARTNER, is_active=True).order_by("name")
    return [(row.key, str(row)) for row in rows]


class LevelFormSet(PaginationInlineFormSet):
    """The levels as a whole: at least one, each with a number of its own."""

    @cached_property
    def offered(self) -> dict[str, Any]:
        """Templates and roles, read once for all levels."""
        roles = [(role.pk, gettext(role.name)) for role in Group.objects.order_by("name")]
        return {"known_templates": templates_for_partners(), "known_roles": roles}

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), **self.offered}

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = self._kept()
        if not kept:
            raise ValidationError(_("It would call nobody: add at least one level."))
        if len(kept) > MOST_LEVELS:
            raise ValidationError(_("At most %(count)d levels."), params={"count": MOST_LEVELS})
        places = [form.cleaned_data["place"] for form in kept]
        twice = sorted({place for place in places if places.count(place) > 1})
        if twice:
            raise ValidationError(_("Two levels have the number %(number)d: number them."), params={"number": twice[0]})

    def _kept(self) -> list[Any]:
        return [
            form
            for form in self.forms
            if getattr(form, "cleaned_data", None)
            and form.cleaned_data.get("whom")
            and not form.cleaned_data.get("DELETE")
        ]

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Save, numbered from 1 in the order that was written; numbers are moved out of the way first."""
        levels = EscalationLevel.objects.filter(policy=self.instance)
        for level in levels:
            EscalationLevel.objects.filter(pk=level.pk).update(order=level.order + 1_000)
        for number, form in enumerate(sorted(self._kept(), key=lambda one: one.cleaned_data["place"]), 1):
            form.instance.order = number
        saved = super().save(commit=commit)
        for form in self._kept():
            if form.instance.pk:
                EscalationLevel.objects.filter(pk=form.instance.pk).update(order=form.instance.order)
        return saved
