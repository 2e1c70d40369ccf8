"""Word lists, one word a line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from common.admin import words
from common.admin.base import DeskAdmin
from knowledge_base.models import WordList

LONGEST = 120


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
