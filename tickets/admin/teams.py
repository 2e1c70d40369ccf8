"""Teams and who is in them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from common.admin import words
from common.admin.base import DeskAdmin
from common.admin.inline_pickers import KnownChoicesForm
from tickets.choices import Kind
from tickets.models import Membership, Team


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    """A team; kinds are ticked, languages written as codes."""

    kinds = forms.MultipleChoiceField(
        label=_("Kinds"), choices=Kind.choices, required=False, widget=forms.CheckboxSelectMultiple()
    )

    class Meta:
        model = Team
        fields = ("name", "calendar", "languages", "kinds")
        widgets: ClassVar = {"languages": UnfoldAdminTextInputWidget()}
        help_texts: ClassVar = {"languages": _("Codes separated by commas, like zh-Hans,de. Empty: any language.")}


class MembershipInline(TabularInline):
    model = Membership
    form = KnownChoicesForm
    extra = 0
    autocomplete_fields = ("user",)
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset.select_related("user", "team")


@admin.register(Team)
class TeamAdmin(DeskAdmin):
    """People who share hours, languages and kinds of work."""

    form = TeamForm
    list_display = (
        "name",
        "calendar",
        "language_names",
        "kind_names",
        "people",
    )
    list_select_related = ("calendar",)
    search_fields = ("name",)
    autocomplete_fields = ("calendar",)
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        members = Membership.objects.select_related("user")
        return super().get_queryset(request).prefetch_related(Prefetch("memberships", members))

    @display(description=_("languages"))
    def language_names(self, team: Team) -> str:
        return ", ".join(words.language(code) for code in team.languages) or str(_("any"))

    @display(description=_("kinds"))
    def kind_names(self, team: Team) -> str:
        return ", ".join(str(Kind(kind).label) for kind in team.kinds if kind in Kind.values) or str(_("any"))

    @display(description=_("people"))
    def people(self, team: Team) -> str:
        return ", ".join(str(one.user) for one in team.memberships.all()) or "—"
