"""Teams and who is in them, who of them is here, and what was handed over to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from common.admin import words
from common.admin.base import DeskAdmin
from common.admin.used_rows import KeepsUsedRows
from tickets.admin.presence import presence_view, standing_words
from tickets.admin.team_forms import MembershipForm, TeamForm
from tickets.choices import Kind
from tickets.models import Handover, Membership, Team
from tickets.services.routing.desk import opens_at
from tickets.services.routing.presence import HERE, missing_from, standings
from tickets.services.routing.team_uses import uses_of_team

_HANDOVERS = 10


class MembershipInline(TabularInline):
    model = Membership
    form = MembershipForm
    extra = 0
    autocomplete_fields = ("user",)
    show_title = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset.select_related("user", "team")


@admin.register(Team)
class TeamAdmin(KeepsUsedRows, DeskAdmin):
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
    autocomplete_fields = ("calendar", "follows")
    inlines = (MembershipInline,)
    may_delete = True
    change_form_outer_before_template: Any = "admin/tickets/team.html"

    class Media:
        css: ClassVar = {"all": ["tickets/teams.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The pages of every model and the reader's own presence."""
        mine = self.admin_site.admin_view(self.presence)
        return [path("presence/", mine, name="tickets_team_presence"), *super().get_urls()]

    def presence(self, request: HttpRequest) -> HttpResponse:
        return presence_view(self, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        members = Membership.objects.select_related("user")
        return super().get_queryset(request).prefetch_related(Prefetch("memberships", members))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and above it the team as it is now."""
        team = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if team is not None and self.has_view_permission(request, team):
            context |= {"standing": _standing(team)}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response

    def why_kept(self, rows: Sequence[Team]) -> list[str]:
        """What names these teams."""
        sentence = gettext("%(team)s is not deleted, for it is in use. %(uses)s Take out its members instead.")
        found = ((team, uses_of_team(team)) for team in rows)
        return [sentence % {"team": team, "uses": " ".join(uses)} for team, uses in found if uses]

    @display(description=_("languages"))
    def language_names(self, team: Team) -> str:
        return ", ".join(words.language(code) for code in team.languages) or str(_("any"))

    @display(description=_("kinds"))
    def kind_names(self, team: Team) -> str:
        return ", ".join(str(Kind(kind).label) for kind in team.kinds if kind in Kind.values) or str(_("any"))

    @display(description=_("people"))
    def people(self, team: Team) -> str:
        return ", ".join(str(one.user) for one in team.memberships.all()) or "—"


def _standing(team: Team) -> dict[str, Any]:
    """The team as it is now: at work or when next, who is here, who is missed, what waits to be confirmed."""
    now = timezone.now()
    here = standings(team.pk, now=now)
    opens = opens_at(team, now=now)
    waiting = Handover.objects.filter(to_team=team, confirmed_at__isnull=True).select_related("from_team")
    return {
        "hours": gettext("Never at work: its calendar has no hours.")
        if opens is None
        else gettext("At work now.")
        if opens <= now
        else gettext("At work again on %(moment)s.") % {"moment": words.moment(opens)},
        "people": [
            {
                "name": str(one.user),
                "is_lead": one.is_lead,
                "is_away": standing.is_away,
                "said": standing_words(standing),
            }
            for one in team.memberships.all()
            for standing in [here.get(one.user_id, HERE)]
        ],
        "missing": [
            {
                "name": str(one.user),
                "said": standing_words(one.as_standing()),
                "count": one.count,
                "first_due": words.moment(one.first_due_at) if one.first_due_at else "",
                "address": f"{reverse('admin:tickets_ticket_changelist')}?tab=ours&owner={one.user.pk}",
            }
            for one in missing_from(team.pk, now=now)
        ],
        "handovers": [
            {
                "address": reverse("admin:tickets_handover_change", args=[one.pk]),
                "text": gettext("From %(team)s, %(moment)s")
                % {"team": one.from_team, "moment": words.moment(one.shift_ended_at)},
            }
            for one in waiting[:_HANDOVERS]
        ],
    }
