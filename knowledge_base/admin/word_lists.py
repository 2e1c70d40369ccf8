"""Word lists, one word a line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from common.admin import words
from common.admin.base import DeskAdmin
from knowledge_base.models import WordList

LONGEST = 120


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


@admin.register(WordList)
class WordListAdmin(DeskAdmin):
    """The words by which messages are understood."""

    form = WordListForm
    list_display = (
        "purpose",
        "language_name",
        "how_many",
        "beginning",
        "updated_at",
    )
    list_filter = (
        "purpose",
        "language",
    )
    search_fields = (
        "purpose",
        "language",
    )
    may_delete = True

    @display(description=_("language"), ordering="language")
    def language_name(self, one: WordList) -> str:
        return words.language(one.language)

    @display(description=_("words"))
    def how_many(self, one: WordList) -> int:
        return len(one.words)

    @display(description=_("begins with"))
    def beginning(self, one: WordList) -> str:
        return ", ".join(one.words[:6])
