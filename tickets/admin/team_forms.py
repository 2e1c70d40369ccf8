"""What is refused in a team's form, each with a sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminTextInputWidget

from common.admin import words
from common.admin.inline_pickers import KnownChoicesForm
from tickets.choices import Kind
from tickets.models import Membership, Team
from tickets.policies.language import LANGUAGES

MOST = 60
_LONGEST = 40
_LANE = re.compile(r"^([A-Z]{2}|\*)-([A-Z]{2}|\*)$")
_COUNTRIES = frozenset(filter(re.compile(r"^[A-Z]{2}$").match, map(str, Locale("en").territories))) - {"ZZ", "EU"}


class CommaField(forms.CharField):
    """Words as one line, with commas between them; the value is a list."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, **named: Any) -> None:
        super().__init__(**{"required": False, **named})

    def prepare_value(self, value: Any) -> Any:
        """A list as it is written."""
        return ", ".join(value) if isinstance(value, (list, tuple)) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """The words, each once, in their order. Raises ValidationError for one that cannot be kept."""
        text = super().to_python(value) or ""
        found = list(dict.fromkeys(" ".join(one.split()) for one in re.split(r"[,，;；\n]", text)))
        found = [self.word(one) for one in found if one]
        if len(found) > MOST:
            raise ValidationError(_("At most %(count)d of these.") % {"count": MOST})
        return list(dict.fromkeys(found))

    def word(self, text: str) -> str:
        """One word as it is kept."""
        if len(text) > _LONGEST:
            raise ValidationError(
                _("“%(text)s” is too long: at most %(count)d characters.") % {"text": text, "count": _LONGEST}
            )
        return text

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other words stand there."""
        return (self.prepare_value(initial) or "") != (data or "")


class LaneField(CommaField):
    """Lanes like CN-DE, CN-* and *-DE."""

    def word(self, text: str) -> str:
        """A lane in capitals. Raises ValidationError for what is none."""
        lane = re.sub(r"\s*(->|→|–|-|>)\s*", "-", text.upper())
        match = _LANE.match(lane)
        if match is None:
            raise ValidationError(
                _("“%(text)s” is no lane: write two countries like CN-DE, or CN-* for any destination.")
                % {"text": text}
            )
        if lane == "*-*":
            raise ValidationError(_("“*-*” is every lane: leave the field empty instead."))
        for code in match.groups():
            if code != "*" and code not in _COUNTRIES:
                raise ValidationError(
                    _("“%(code)s” in “%(text)s” is no country: write its two letters, like CN or DE.")
                    % {"code": code, "text": text}
                )
        return lane


def language_field(known: Iterable[str], help_text: Any) -> forms.MultipleChoiceField:
    """Languages to choose by name; what a row has already stays choosable."""
    codes = dict.fromkeys([*LANGUAGES, *known])
    choices = sorted(((code, words.language(code)) for code in codes), key=lambda pair: pair[1])
    return forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=choices,
        required=False,
        help_text=help_text,
        widget=UnfoldAdminSelect2MultipleWidget(choices=choices),
        error_messages={
            "invalid_choice": gettext_lazy("“%(value)s” is no language that we know: choose from the list.")
        },
    )


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    """A team; languages and kinds are chosen by name, lanes and skills written with commas."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds"),
        choices=Kind.choices,
        required=False,
        help_text=gettext_lazy("Empty: any kind."),
        widget=UnfoldAdminSelect2MultipleWidget(choices=Kind.choices),
    )
    languages = forms.MultipleChoiceField()
    lanes = LaneField(
        label=gettext_lazy("Lanes"),
        help_text=gettext_lazy(
            "Like CN-DE, with commas between them; CN-* and *-DE mean any other end. Empty: any lane."
        ),
    )
    skills = CommaField(
        label=gettext_lazy("Skills"),
        help_text=gettext_lazy(
            "Kinds or tags, like batteries, with commas between them: what members without skills of their own take. "
            "Empty: anything."
        ),
    )

    class Meta:
        model = Team
        fields = ("name", "calendar", "follows", "languages", "kinds", "lanes", "skills", "emergency_contact")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "languages" in self.fields:  # else shown to somebody who may not change it
            self.fields["languages"] = language_field(self.instance.languages, gettext_lazy("Empty: any language."))

    def clean_follows(self) -> Team | None:
        """Another team, never this one."""
        follows: Team | None = self.cleaned_data["follows"]
        if follows is not None and follows.pk == self.instance.pk:
            raise ValidationError(_("A team cannot hand over to itself: choose another one, or leave it empty."))
        return follows


class MembershipForm(KnownChoicesForm):
    """A person in a team."""

    languages = forms.MultipleChoiceField()
    skills = CommaField(
        label=gettext_lazy("Skills"), help_text=gettext_lazy("Kinds or tags, with commas. Empty: those of the team.")
    )

    class Meta:
        model = Membership
        fields = ("user", "capacity", "languages", "skills", "is_lead")
        help_texts: ClassVar = {"capacity": gettext_lazy("Open tickets at a time. 0: leads, but gets none.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "languages" in self.fields:
            self.fields["languages"] = language_field(
                self.instance.languages, gettext_lazy("Empty: those of the team.")
            )

    def clean_user(self) -> Any:
        """Somebody who works tickets; whoever is in the team already stays, whatever became of them."""
        user = self.cleaned_data["user"]
        if user.pk != self.instance.user_id and not (
            user.is_active and user.is_staff and user.has_perm("tickets.work_ticket")
        ):
            raise ValidationError(
                _("%(name)s does not work tickets: give them a role that does first.") % {"name": user}
            )
        return user
