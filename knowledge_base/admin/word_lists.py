"""Word lists, one word a line."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from common.admin import words
from common.admin.base import DeskAdmin
from common.policies.reader import is_language
from knowledge_base.models import WordList

LONGEST = 120
MOST_WORDS = 12
_PURPOSE = re.compile(r"[a-z][a-z_]*(?::[a-z][a-z_]*)?")


PURPOSES = {
    "anger": _("Anger"),
    "thanks": _("Thanks"),
    "kind:clearance": _("Kind: customs hold"),
    "kind:delay": _("Kind: delay"),
    "kind:loss": _("Kind: loss or damage"),
    "kind:failed_delivery": _("Kind: failed delivery"),
    "kind:return": _("Kind: return"),
    "kind:payment": _("Kind: payment"),
    "kind:safety": _("Kind: safety"),
    "kind:warehouse": _("Kind: warehouse"),
    "kind:inquiry": _("Kind: inquiry"),
}
"""What the usual lists are for. Others may be added; they are shown as they are stored."""


class LinesField(forms.CharField):
    """A list of texts, one a line; doubled and empty lines are dropped."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in str(super().clean(value)).splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if too_long := next((line for line in found if len(line) > LONGEST), None):
            raise ValidationError(_("“%(word)s…” is too long."), params={"word": too_long[:30]})
        return found


class WordListForm(forms.ModelForm):  # type: ignore[type-arg]
    words = LinesField(
        label=_("Words"), required=False, help_text=_("One a line; * at the end finds all that begin so.")
    )

    class Meta:
        model = WordList
        fields = ("purpose", "language", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "words" in self.fields:
            self.fields["words"].widget.attrs["rows"] = 24

    def clean_purpose(self) -> str:
        """A purpose is asked for by its exact name, so a slip would make a list that nothing reads."""
        purpose = str(self.cleaned_data["purpose"]).strip()
        if not _PURPOSE.fullmatch(purpose):
            raise ValidationError(_("Write the purpose like anger or kind:delay."))
        if purpose.startswith("kind:") and purpose not in PURPOSES:
            kinds = ", ".join(name for name in PURPOSES if name.startswith("kind:"))
            raise ValidationError(_("There is no such kind. Choose one of these: %(kinds)s"), params={"kinds": kinds})
        return purpose

    def clean_language(self) -> str:
        language = str(self.cleaned_data["language"]).strip()
        if not is_language(language):
            raise ValidationError(
                _("“%(language)s” is no language we know. Write it like de or zh."), params={"language": language}
            )
        return language

    def clean_words(self) -> list[str]:
        """Words that could never be found, or would be found everywhere, are refused with a sentence each."""
        listed: list[str] = self.cleaned_data["words"]
        wrong = [sentence for word in listed if (sentence := _trouble_with(word))]
        if wrong:
            raise ValidationError(wrong[:10])
        return listed


def _trouble_with(word: str) -> str:
    if not any(character.isalnum() for character in word):
        return gettext("“%(word)s” has no letter.") % {"word": word}
    for part in word.split():
        if "*" in part[:-1]:
            return gettext("“%(word)s”: * stands at a word's end alone.") % {"word": word}
        if part.endswith("*") and len(part) < 3 and part.isascii():
            return gettext("“%(word)s” would find nearly every word: write two letters at least before *.") % {
                "word": word
            }
    if len(word.split()) > MOST_WORDS:
        return gettext("“%(word)s…” has more than %(count)d words.") % {"word": word[:30], "count": MOST_WORDS}
    return ""


class PurposeFilter(admin.SimpleListFilter):
    """Lists of one purpose, by its name."""

    title = _("purpose")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        used = WordList.objects.order_by("purpose").values_list("purpose", flat=True).distinct()
        return [(purpose, PURPOSES.get(purpose, purpose)) for purpose in used]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WordList]) -> QuerySet[WordList]:
        return queryset.filter(purpose=self.value()) if self.value() else queryset


@admin.register(WordList)
class WordListAdmin(DeskAdmin):
    """The words by which messages are understood."""

    form = WordListForm
    list_display = (
        "what_for",
        "language_name",
        "how_many",
        "beginning",
        "changed",
    )
    list_filter = (
        PurposeFilter,
        "language",
    )
    search_fields = (
        "purpose",
        "language",
    )
    may_delete = True

    @display(description=_("purpose"), ordering="purpose")
    def what_for(self, one: WordList) -> str:
        return str(PURPOSES.get(one.purpose, one.purpose))

    @display(description=_("changed"), ordering="updated_at")
    def changed(self, one: WordList) -> str:
        return words.moment(one.updated_at)

    @display(description=_("language"), ordering="language")
    def language_name(self, one: WordList) -> str:
        return words.language(one.language)

    @display(description=_("words"))
    def how_many(self, one: WordList) -> int:
        return len(one.words)

    @display(description=_("begins with"))
    def beginning(self, one: WordList) -> str:
        return ", ".join(one.words[:6])
