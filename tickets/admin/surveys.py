"""What customers said of how it went, and how they are asked."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from common.admin import words
from common.admin.base import DeskAdmin, ReadOnlyAdmin
from tickets.choices import Kind
from tickets.models import SurveyAnswer, SurveySettings, Ticket
from tickets.policies.marks import BAD

VIEW_SAFETY = "tickets.view_safety"
_SHOWN = 160


def survey_of(ticket: Ticket) -> dict[str, Any]:
    """What the ticket's page shows of its survey; nothing when nobody was asked. One query."""
    answer = SurveyAnswer.objects.filter(ticket=ticket).first()
    if answer is None:
        return {"survey": None}
    return {
        "survey": {
            "asked": words.moment(answer.asked_at),
            "answered": words.moment(answer.answered_at) if answer.answered_at else "",
            "score": answer.score,
            "color": "red" if answer.score and answer.score <= BAD else "green" if answer.score else "",
            "comment": answer.comment,
            "via": answer.get_via_display() if answer.via else "",
        }
    }


@admin.register(SurveyAnswer)
class SurveyAnswerAdmin(ReadOnlyAdmin):
    """Marks and comments, the latest first."""

    list_display = ("ticket_link", "score", "said", "asked_at", "answered_at", "through")
    list_display_links = ("score",)
    list_filter = ("score",)
    list_select_related = ("ticket",)
    ordering = ("-id",)
    fields = ("ticket_link", "score", "comment", "asked_at", "answered_at", "through")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        answers = super().get_queryset(request)
        return answers if request.user.has_perm(VIEW_SAFETY) else answers.exclude(ticket__kind=Kind.SAFETY)

    @display(description=_("ticket"))
    def ticket_link(self, answer: SurveyAnswer) -> SafeString:
        address = reverse("admin:tickets_ticket_change", args=[answer.ticket_id])
        return format_html('<a href="{}">{}</a>', address, answer.ticket.reference)

    @display(description=_("comment"))
    def said(self, answer: SurveyAnswer) -> str:
        return answer.comment[:_SHOWN]

    @display(description=_("through"))
    def through(self, answer: SurveyAnswer) -> str:
        return str(answer.get_via_display()) if answer.via else ""


class SurveySettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    kinds_left_out = forms.MultipleChoiceField(
        label=_("kinds left out"),
        choices=Kind.choices,
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget,
    )

    class Meta:
        model = SurveySettings
        fields = (
            "is_on",
            "wait_minutes",
            "not_again_days",
            "answer_days",
            "kinds_left_out",
            "thanks",
            "calls_supervisor",
        )


@admin.register(SurveySettings)
class SurveySettingsAdmin(DeskAdmin):
    """One row: whether customers are asked, when, and what follows from a bad mark."""

    form = SurveySettingsForm
    list_display = ("shown_name", "is_on", "wait_minutes", "not_again_days")
    fieldsets: ClassVar = (
        (None, {"fields": ("is_on", "wait_minutes", "not_again_days", "answer_days", "kinds_left_out")}),
        (_("After the answer"), {"fields": ("thanks", "calls_supervisor")}),
    )

    @display(description=_("follow-up settings"))
    def shown_name(self, settings: SurveySettings) -> str:
        return str(settings)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one row; whoever may change it opens it."""
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, or what holds until somebody has saved one."""
        return SurveySettings.current() if object_id == "1" else super().get_object(request, object_id, from_field)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list; until somebody has saved the row, the page on which they can."""
        if not self.has_view_permission(request) or SurveySettings.objects.exists():
            response: HttpResponse = super().changelist_view(request, extra_context)
            return response
        return HttpResponseRedirect(reverse("admin:tickets_surveysettings_change", args=[1]))

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Save the row, the first time as well."""
        obj.pk = 1
        obj.save()
