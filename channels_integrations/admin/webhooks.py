"""Partners' webhooks at the desk: subscriptions with their buttons, deliveries with what was sent and answered."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from channels_integrations.choices import DeliveryState, SubscriptionReason, SubscriptionState
from channels_integrations.models import WebhookAttempt, WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out import replaying, subscriptions
from channels_integrations.webhooks_out.catalogue import EVENTS
from channels_integrations.webhooks_out.health import host_of
from common.admin import words
from common.admin.base import Chips, DeskAdmin, ReadOnlyAdmin
from common.errors import DomainError, InvalidInput
from tickets.choices import Kind, Priority

_STATE_COLOURS = Chips(active="success", paused="warning", off="danger")
_DELIVERY_COLOURS = Chips(pending="info", delivered="success", dead="danger")
_MOST_TRIES = 50
_TOLD = ["state_told", "why", "since", "fares", "last_failure", "last_success_at", "previous_until", "steps"]


class _Countries(forms.CharField):
    """Countries separated by spaces or commas."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """The countries, in capital letters."""
        return [one.upper() for one in str(super().clean(value) or "").replace(",", " ").split()]


def _several(label: Any, choices: Any) -> Any:
    widget = UnfoldAdminCheckboxSelectMultipleWidget
    return forms.TypedMultipleChoiceField(
        label=label, choices=choices, widget=widget, required=False, help_text=_("None chosen: all.")
    )


def _events() -> list[tuple[str, str]]:
    """The events to choose from, in the language of whoever looks."""
    return [(name, format_html("<kbd>{}</kbd> {}", name, label)) for name, label in EVENTS.items()]


class SubscriptionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new subscription, or what changes of one."""

    event_types = _several(_("Events"), _events)
    kinds = _several(_("Kinds of ticket"), Kind.choices)
    priorities = forms.TypedMultipleChoiceField(
        label=_("Priorities"),
        choices=Priority.choices,
        coerce=int,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
        help_text=_("None chosen: all."),
    )
    destinations = _Countries(
        label=_("Destination countries"), required=False, help_text=_("Like DE, FR; empty: all."), max_length=1_000
    )

    class Meta:
        model = WebhookSubscription
        fields = ("partner", "name", "url", "contact_email", *subscriptions.WISHES)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        values: dict[str, Any] = {name: cleaned[name] for name in subscriptions.CHANGEABLE if name in cleaned}
        try:
            cleaned |= subscriptions.clean(values)
        except InvalidInput as error:
            for name, said in error.data.items():
                self.add_error(name, said)
        return cleaned


class ReplayForm(forms.Form):
    """How far back, and what."""

    hours = forms.TypedChoiceField(
        label=_("What happened in the last"),
        coerce=int,
        choices=[(1, _("hour")), (6, _("6 hours")), (24, _("day")), (72, _("3 days")), (168, _("week"))],
        initial=24,
    )
    everything = forms.BooleanField(label=_("Also what was taken already"), required=False)


@admin.register(WebhookSubscription)
class WebhookSubscriptionAdmin(DeskAdmin):
    """Where partners' systems are told of events, and how their addresses fare. Switched off, never deleted."""

    form = SubscriptionForm
    list_display = ("name_shown", "partner", "host", "state_chip", "fares_chip", "since")
    list_filter = ("state",)
    list_select_related = ("partner",)
    search_fields = ("name", "partner__name")
    autocomplete_fields = ("partner",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("partner").defer("secrets")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ["name", "url", "contact_email", *subscriptions.WISHES]
        if obj is None:
            return [(None, {"fields": ["partner", *own]})]
        return [(_("How it fares"), {"fields": _TOLD}), (None, {"fields": ["partner", *own]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whose it is stays."""
        return ["partner", *_TOLD] if obj else []

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """One button: the page that follows shows the secret."""
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        response: HttpResponse = super().add_view(request, form_url, (extra_context or {}) | one_button)
        return response

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in subscriptions.CHANGEABLE}
        if change:
            subscriptions.change(self._locked(obj.pk), values=values, now=timezone.now())
            return
        url = values.pop("url")
        made, secret = subscriptions.subscribe(partner_id=obj.partner_id, url=url, now=timezone.now(), **values)
        obj.pk, obj.new_secret = made.pk, secret

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The page with the secret: it stands in no session, no cookie and no address."""
        return self._shown_once(request, obj, obj.new_secret)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"channels_integrations_webhooksubscription_{name}",
            )
            for name, view in (
                ("rotate", self.rotate),
                ("test", self.test),
                ("replay", self.replay),
                ("switch", self.switch),
            )
        ]
        return own + list(super().get_urls())

    def rotate(self, request: Any, object_id: int) -> HttpResponse:
        """Ask, then make a new secret and show it; the old one signs as well for a day."""
        row = self._row(request, object_id)
        if request.method == "POST":
            with transaction.atomic():
                secret = subscriptions.rotate(self._locked(row.pk), now=timezone.now())
            self.log_change(request, row, "rotated the secret")
            return self._shown_once(request, row, secret)
        intro = gettext("For a day each message carries two signatures: of the new secret, and of the one before.")
        return self._asked(
            request, row, forms.Form(), gettext("Rotate the secret"), gettext("Make a new secret"), intro
        )

    def test(self, request: Any, object_id: int) -> HttpResponse:
        """Send a test and go to where its result will stand."""
        row = self._row(request, object_id)
        if request.method == "POST":
            try:
                delivery = subscriptions.send_test(row, now=timezone.now())
            except DomainError as error:
                messages.error(request, error.message)
                return self._back(row)
            messages.success(request, gettext("The test is on its way. Load this page again to see what came of it."))
            return HttpResponseRedirect(
                reverse("admin:channels_integrations_webhookdelivery_change", args=[delivery.pk])
            )
        intro = gettext("A message that says that it is a test is sent once, whatever the state.")
        return self._asked(request, row, forms.Form(), gettext("Send a test"), gettext("Send"), intro)

    def replay(self, request: Any, object_id: int) -> HttpResponse:
        """Ask of which time, then send it again."""
        row = self._row(request, object_id)
        form = ReplayForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            now = timezone.now()
            try:
                with transaction.atomic():
                    count = replaying.replay_period(
                        self._locked(row.pk),
                        since=now - timedelta(hours=form.cleaned_data["hours"]),
                        until=now,
                        everything=form.cleaned_data["everything"],
                        now=now,
                    )
            except DomainError as error:
                form.add_error(None, error.message or gettext("More events than can be sent again at once."))
            else:
                told = ngettext("%(count)d delivery will be sent.", "%(count)d deliveries will be sent.", count)
                messages.success(request, told % {"count": count})
                return self._back(row)
        return self._asked(request, row, form, gettext("Send a period again"), gettext("Send again"), "")

    def switch(self, request: Any, object_id: int) -> HttpResponse:
        """Ask, then switch on what is paused or off, and off what is active."""
        row = self._row(request, object_id)
        on = row.state != SubscriptionState.ACTIVE
        if request.method == "POST":
            with transaction.atomic():
                subscriptions.switch(self._locked(row.pk), is_active=on, now=timezone.now())
            self.log_change(request, row, "switched on" if on else "switched off")
            return self._back(row)
        if on:
            intro = gettext("What waited while it was paused is sent at once.")
            return self._asked(request, row, forms.Form(), gettext("Switch on"), gettext("Switch on"), intro)
        intro = gettext("Nothing is sent any more and nothing is kept for later. What waits is given up.")
        return self._asked(request, row, forms.Form(), gettext("Switch off"), gettext("Switch off"), intro)

    def _row(self, request: Any, object_id: int) -> WebhookSubscription:
        if not self.has_change_permission(request):
            raise PermissionDenied
        row: WebhookSubscription | None = self.get_queryset(request).filter(pk=object_id).first()
        if row is None:
            raise Http404
        return row

    @staticmethod
    def _locked(pk: int) -> WebhookSubscription:
        return WebhookSubscription.objects.select_for_update(of=("self",)).get(pk=pk)

    @staticmethod
    def _back(row: WebhookSubscription) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:channels_integrations_webhooksubscription_change", args=[row.pk]))

    def _asked(  # noqa: PLR0917 - a page's parts
        self, request: HttpRequest, row: WebhookSubscription, form: forms.Form, heading: str, submit: str, intro: str
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": str(row),
            "about": f"{row} · {row.partner}",
            "form": form,
            "heading": heading,
            "submit": submit,
            "intro": intro,
            "address": reverse("admin:channels_integrations_webhooksubscription_change", args=[row.pk]),
        }
        return render(request, "admin/logistics/work_form.html", context)

    def _shown_once(self, request: HttpRequest, row: WebhookSubscription, secret: str) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts, "title": str(row), "row": row}
        page = render(request, "admin/channels_integrations/webhook_secret.html", context | {"secret": secret})
        page.headers["Cache-Control"] = "no-store"
        return page

    @display(description=_("name"), ordering="name")
    def name_shown(self, row: WebhookSubscription) -> str:
        return str(row)

    @display(description=_("host"))
    def host(self, row: WebhookSubscription) -> str:
        return host_of(row.url)

    @display(description=_("state"), label=_STATE_COLOURS)
    def state_chip(self, row: WebhookSubscription) -> tuple[str, str]:
        return row.state, str(SubscriptionState(row.state).label)

    @display(description=_("state"))
    def state_told(self, row: WebhookSubscription) -> str:
        """As on its page, where labels cannot be drawn."""
        return str(SubscriptionState(row.state).label)

    @display(description=_("how it fares"), label=Chips(fails="danger", slow="warning", well="success"))
    def fares_chip(self, row: WebhookSubscription) -> tuple[str, str]:
        if row.failures and row.failing_since:
            return "fails", self.fares(row)
        if row.last_success_at is None:
            return "", self.fares(row)
        return "slow" if row.is_slow else "well", self.fares(row)

    @display(description=_("why"))
    def why(self, row: WebhookSubscription) -> str:
        return str(SubscriptionReason(row.reason).label) if row.reason else "—"

    @display(description=_("since"), ordering="state_since")
    def since(self, row: WebhookSubscription) -> str:
        return words.moment(row.state_since)

    @display(description=_("how it fares"))
    def fares(self, row: WebhookSubscription) -> str:
        if row.failures and row.failing_since:
            text = ngettext("%(count)d failure since %(when)s", "%(count)d failures since %(when)s", row.failures)
            return text % {"count": row.failures, "when": words.moment(row.failing_since)}
        if row.last_success_at is None:
            return gettext("nothing sent yet")
        return gettext("slow") if row.is_slow else gettext("well")

    @display(description=_("what can be done"))
    def steps(self, row: WebhookSubscription) -> SafeString:
        switch = _("Switch off…") if row.state == SubscriptionState.ACTIVE else _("Switch on…")
        names = (
            ("test", _("Send a test…")),
            ("replay", _("Send again…")),
            ("rotate", _("Rotate…")),
            ("switch", switch),
        )
        links = [
            (reverse(f"admin:channels_integrations_webhooksubscription_{name}", args=[row.pk]), label)
            for name, label in names
        ]
        log = reverse("admin:channels_integrations_webhookdelivery_changelist")
        links.append((f"{log}?subscription__id__exact={row.pk}", _("Deliveries")))
        return format_html_join(" · ", '<a href="{}">{}</a>', links)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What was sent to partners' systems and what they answered, newest first; what was given up is sent again here."""

    list_display = ("made", "subscription", "event", "number", "state_chip", "attempts", "status", "failure")
    list_filter = ("state",)
    list_select_related = ("subscription",)
    ordering = ("-id",)
    search_fields = ("=key",)
    search_help_text = _("Id at the receiver, without msg_")
    actions = ("replay_selected",)
    fields = (
        "subscription",
        "message_id",
        "event",
        "number",
        "state_told",
        "attempts",
        "next_attempt_at",
        "status",
        "failure",
        "sent",
        "tries_shown",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("subscription").defer("subscription__secrets")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Also one subscription's."""
        return lookup == "subscription__id__exact" or super().lookup_allowed(lookup, value, request)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Who may send again; rows themselves are never changed here."""
        return request.user.has_perm("channels_integrations.change_webhookdelivery")

    @action(description=_("Send again"), permissions=["replay"])
    def replay_selected(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        """Send the selected deliveries again, under their ids."""
        if not self.has_replay_permission(request):
            raise PermissionDenied
        done, refused = 0, ""
        for pk in queryset.values_list("pk", flat=True)[:500]:
            try:
                replaying.replay(pk, now=timezone.now())
                done += 1
            except DomainError as error:
                refused = error.message
        told = ngettext("%(count)d delivery will be sent.", "%(count)d deliveries will be sent.", done)
        messages.success(request, told % {"count": done})
        if refused:
            messages.warning(request, refused)

    @display(description=_("made"), ordering="id")
    def made(self, row: WebhookDelivery) -> str:
        return words.moment(row.created_at)

    @display(description=_("state"), label=_DELIVERY_COLOURS)
    def state_chip(self, row: WebhookDelivery) -> tuple[str, str]:
        return row.state, str(DeliveryState(row.state).label)

    @display(description=_("state"))
    def state_told(self, row: WebhookDelivery) -> str:
        """As on its page, where labels cannot be drawn."""
        return str(DeliveryState(row.state).label)

    @display(description=pgettext_lazy("webhook", "event"))
    def event(self, row: WebhookDelivery) -> str:
        return row.type

    @display(description=pgettext_lazy("of an event", "number"))
    def number(self, row: WebhookDelivery) -> str | None:
        return str(row.sequence) if row.sequence else None

    @display(description=_("answered with"))
    def status(self, row: WebhookDelivery) -> int | None:
        return row.last_status

    @display(description=_("id at the receiver"))
    def message_id(self, row: WebhookDelivery) -> str:
        return row.message_id

    @display(description=_("body"))
    def sent(self, row: WebhookDelivery) -> SafeString:
        text = json.dumps(json.loads(row.body), ensure_ascii=False, indent=2) if row.body else "—"
        return format_html('<pre class="whitespace-pre-wrap text-xs">{}</pre>', text)

    @display(description=_("tries"))
    def tries_shown(self, row: WebhookDelivery) -> SafeString:
        tries = WebhookAttempt.objects.filter(delivery=row).order_by("-pk")[:_MOST_TRIES]
        return format_html_join(
            "", '<pre class="whitespace-pre-wrap text-xs">{}</pre>', ((_told(one),) for one in tries)
        )


def _told(one: WebhookAttempt) -> str:
    """A try in lines: what was sent beside the body, what was answered."""
    lines = [f"{words.moment(one.started_at)} · {one.milliseconds} ms · {one.failure or one.status}"]
    lines += [f"> {name}: {value}" for name, value in one.request_headers.items()]
    lines += [f"< {name}: {value}" for name, value in one.response_headers.items()]
    return "\n".join([*lines, one.response_body])
