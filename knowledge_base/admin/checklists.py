"""Which papers each country's customs ask for."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin import words
from common.admin.base import DeskAdmin
from knowledge_base.models import CountryChecklist
from knowledge_base.models.checklist import PaperType


class ChecklistForm(forms.ModelForm):  # type: ignore[type-arg]
    papers = forms.MultipleChoiceField(
        label=_("Papers"), choices=PaperType.choices, widget=forms.CheckboxSelectMultiple()
    )

    class Meta:
        model = CountryChecklist
        fields = ("country", "papers", "note")
        help_texts: ClassVar = {"country": _("Two capital letters (ISO 3166); empty for everywhere else.")}


@admin.register(CountryChecklist)
class ChecklistAdmin(DeskAdmin):
    """The papers that are ticked beforehand when a customs hold asks for documents."""

    form = ChecklistForm
    list_display = (
        "where",
        "paper_names",
        "note",
    )
    search_fields = ("country",)
    may_delete = True

    @display(description=_("country"), ordering="country")
    def where(self, one: CountryChecklist) -> str:
        return words.country(one.country) if one.country else str(_("Elsewhere"))

    @display(description=_("papers"))
    def paper_names(self, one: CountryChecklist) -> str:
        return ", ".join(str(PaperType(name).label) for name in one.papers if name in PaperType.values)
