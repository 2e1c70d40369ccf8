"""Messages that need a person: given up, or perhaps delivered and perhaps not."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action, display

from common.admin import words
from common.admin.base import ReadOnlyAdmin
from common.errors import DomainError
from tickets.admin import access
from tickets.choices import Kind, MessageStatus
from tickets.models import Message
from tickets.services import conversations


class StateFilter(admin.SimpleListFilter):
    """Given up or in doubt; both when nothing is chosen."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(one.value, one.label) for one in (MessageStatus.DEAD, MessageStatus.IN_DOUBT)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """The list reads along an index that holds these messages alone."""

    list_display = (
        "to",
        "status_chip",
        "subject_or_text",
        "ticket_link",
        "failure_text",
        "tries",
        "when",
    )
    list_filter = (StateFilter,)
    ordering = ("-id",)
    list_select_related = (
        "ticket",
        "identity",
        "connection",
    )
    actions = ("resend_selected",)
    fields = (
        "status",
        "ticket_link",
        "to",
        "connection",
        "subject",
        "text",
        "failure",
        "tries",
        "next_try",
        "sent_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return _visible(request, super().get_queryset(request)).filter(
            status__in=[MessageStatus.DEAD, MessageStatus.IN_DOUBT]
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.resend_view)
        return [path("<int:message_id>/resend/", view, name="tickets_message_resend"), *super().get_urls()]

    @display(description=gettext_lazy("to"))
    def to(self, message: Message) -> str:
        return str(message.identity or "—")

    @display(description=gettext_lazy("status"), label={"dead": "danger", "in_doubt": "warning"})
    def status_chip(self, message: Message) -> tuple[str, str]:
        return message.status, str(MessageStatus(message.status).label)

    @display(description=gettext_lazy("message"))
    def subject_or_text(self, message: Message) -> str:
        return (message.subject or message.text)[:80]

    @display(description=gettext_lazy("ticket"))
    def ticket_link(self, message: Message) -> SafeString | str:
        if message.ticket is None:
            return "—"
        address = f"{access.page_of(message.ticket.pk)}#m{message.pk}"
        return format_html('<a href="{}">{}</a>', address, message.ticket.reference)

    @display(description=gettext_lazy("When"))
    def when(self, message: Message) -> str:
        return words.moment(message.sent_at)

    @display(description=gettext_lazy("attempts"))
    def tries(self, message: Message) -> int:
        return message.attempts

    @display(description=gettext_lazy("next attempt"))
    def next_try(self, message: Message) -> str:
        return words.moment(message.next_attempt_at) if message.next_attempt_at else "—"

    @display(description=gettext_lazy("why"))
    def failure_text(self, message: Message) -> str:
        return message.failure[:120] or "—"

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("tickets.work_ticket"))

    @action(description=gettext_lazy("Send again"), permissions=["resend"])
    def resend_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Queue the selected messages again; one in doubt may then arrive twice."""
        done = 0
        for message_id in list(queryset.values_list("pk", flat=True)[:200]):
            try:
                conversations.resend(message_id=message_id, actor=access.actor(request), now=timezone.now())
                done += 1
            except DomainError as error:
                access.say(request, error)
        if done:
            text = ngettext(
                "%(count)d message is on its way again.", "%(count)d messages are on their way again.", done
            )
            messages.success(request, text % {"count": done})

    def resend_view(self, request: HttpRequest, message_id: int) -> HttpResponse:
        """Send one message again, from its ticket's page."""
        if not self.has_resend_permission(request):
            raise PermissionDenied
        if not _visible(request, Message.objects.filter(pk=message_id)).exists():
            raise Http404
        if request.method == "POST":
            try:
                conversations.resend(message_id=message_id, actor=access.actor(request), now=timezone.now())
                messages.success(request, _("On its way again."))
            except DomainError as error:
                access.say(request, error)
        return HttpResponseRedirect(access.back(request, reverse("admin:tickets_message_changelist")))


def _visible(request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Without the messages of tickets that this person may not see."""
    return queryset if request.user.has_perm("tickets.view_safety") else queryset.exclude(ticket__kind=Kind.SAFETY)
