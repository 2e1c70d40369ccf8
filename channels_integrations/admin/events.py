"""Payloads as they came: those that could not be understood first."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from channels_integrations.choices import EventState
from channels_integrations.models import InboundEvent
from channels_integrations.services.receiving import replay
from common.admin import words
from common.admin.base import Chips, ReadOnlyAdmin
from common.errors import DomainError
from tickets.policies.actor import Actor

SHOWN_CHARACTERS = 40_000
TO_LOOK_AT = (EventState.MALFORMED, EventState.UNSUPPORTED, EventState.FAILED)


class StateFilter(admin.SimpleListFilter):
    """What wants a look, unless another state is asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("All")), *EventState.choices]

    def choices(self, changelist: Any) -> Any:
        """The first choice is what wants a look."""
        rows = list(super().choices(changelist))
        rows[0]["display"] = _("To look at")
        return rows

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == "all":
            return queryset
        return queryset.filter(state=value) if value else queryset.filter(state__in=TO_LOOK_AT)


@admin.register(InboundEvent)
class InboundEventAdmin(ReadOnlyAdmin):
    """Read only; what failed can be handled again."""

    list_display = (
        "received",
        "connection",
        "sender",
        "state_chip",
        "outcome",
        "detail_text",
        "attempts",
    )
    list_filter = (
        StateFilter,
        "connection",
    )
    list_select_related = ("connection",)
    search_fields = ("=external_id",)
    search_help_text = _("Id at the provider, whole")
    ordering = ("-id",)
    actions = ("replay_selected",)
    fields = (
        "connection",
        "external_id",
        "sender",
        "received_at",
        "state",
        "outcome",
        "detail",
        "attempts",
        "processed_at",
        "payload",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("raw")

    @display(description=_("received"), ordering="id")
    def received(self, event: InboundEvent) -> str:
        return words.moment(event.received_at)

    @display(
        description=_("state"),
        label=Chips(done="success", malformed="danger", failed="danger", unsupported="warning", pending="info"),
    )
    def state_chip(self, event: InboundEvent) -> tuple[str, str]:
        return event.state, event.get_state_display()

    @display(description=_("detail"))
    def detail_text(self, event: InboundEvent) -> str:
        return event.detail[:120] or "—"

    @display(description=_("payload"))
    def payload(self, event: InboundEvent) -> SafeString:
        """The bytes as text; never as anything a browser would run."""
        raw = bytes(event.raw)
        text = raw.decode("utf-8", errors="replace")
        with contextlib.suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
        shown = text[:SHOWN_CHARACTERS].replace("\0", "␀")
        rest = _("… %(count)d characters more") % {"count": len(text) - len(shown)} if len(text) > len(shown) else ""
        return format_html('<pre class="whitespace-pre-wrap break-all text-xs">{}</pre>{}', shown, rest)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("channels_integrations.change_inboundevent"))

    @action(description=_("Handle again"), permissions=["replay"])
    def replay_selected(self, request: HttpRequest, queryset: QuerySet[InboundEvent]) -> None:
        """Give the selected events to the workers once more."""
        try:
            ids = list(queryset.values_list("pk", flat=True)[:1000])
            done = replay(event_ids=ids, actor=Actor.staff(request.user), now=timezone.now())
        except DomainError as error:
            messages.error(request, str(error))
            return
        text = ngettext("%(count)d event is handled again.", "%(count)d events are handled again.", done)
        messages.success(request, text % {"count": done})
