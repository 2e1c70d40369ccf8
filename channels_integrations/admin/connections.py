"""Connections: each provider says which fields it needs; secrets can be replaced, never read."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from channels_integrations import providers
from channels_integrations.contract import Field
from channels_integrations.services import connecting
from common.admin import words
from common.admin.base import DeskAdmin
from common.errors import DomainError, InvalidInput
from common.models import Connection

_OWN = "provider_"
"""In front of the provider's fields, so that none is taken for one of the model's."""


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """The model's own fields and those of its provider; plain values go to settings, secrets to credentials."""

    provider_fields: ClassVar[tuple[Field, ...]] = ()

    class Meta:
        model = Connection
        fields = ("provider", "slug", "name", "language", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self.provider_fields:
            field = self.fields.get(_OWN + one.key)
            if field is None:
                continue
            known = self.instance.credentials.get(one.key) if one.secret else self.instance.settings.get(one.key)
            if one.secret:
                told = _("•••• is set; leave empty to keep it.") if known else _("Not set.")
                field.help_text = f"{told} {one.help}".strip()
                field.required = one.required and not known
            else:
                field.initial = known if known not in (None, "") else one.default

    def clean(self) -> dict[str, Any]:
        """Say beside each field what the provider cannot use. Nobody is asked here: see the button for that."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.provider_fields and not self.errors:
            plain, secret = self._values(cleaned)
            drawn = Connection(provider=self.instance.provider, settings=plain, credentials=secret)
            for key, sentences in connecting.check(providers.get(self.instance.provider), drawn).items():
                self.add_error(_OWN + key, sentences)
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Put the provider's values where they belong. What this form does not know stays as it is."""
        self.instance.settings, self.instance.credentials = self._values(self.cleaned_data)
        connecting.complete(self.instance)
        return super().save(commit)

    def _values(self, cleaned: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Settings and credentials as they will be."""
        plain, secret = dict(self.instance.settings), dict(self.instance.credentials)
        for one in self.provider_fields:
            value = cleaned.get(_OWN + one.key, "")
            if one.secret:
                if value:
                    secret[one.key] = value
            elif value:
                plain[one.key] = value
            else:
                plain.pop(one.key, None)
        return plain, secret


@admin.register(Connection)
class ConnectionAdmin(DeskAdmin):
    """Configured accounts. They are switched off, never deleted: messages hang on them."""

    list_display = (
        "name",
        "slug",
        "provider_name",
        "state",
        "last_good",
        "error_text",
    )
    list_filter = (
        "is_active",
        "provider",
    )
    search_fields = (
        "name",
        "slug",
    )
    ordering = ("slug",)
    actions_submit_line = ("check_it",)  # type: ignore[assignment]  # the library's type is “no action”
    readonly_fields = (
        "webhook_address",
        "last_good",
        "last_error",
        "last_error_at",
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """On adding, what it is; then what its provider needs and how it fares."""
        if obj is None:
            return [(None, {"fields": ["provider", "slug", "name", "language"]})]
        own = [_OWN + one.key for one in _fields_of(obj.provider)]
        return [
            (None, {"fields": [("name", "is_active"), ("slug", "language"), "webhook_address"]}),
            (_provider_name(obj.provider), {"fields": own}),
            (_("How it fares"), {"fields": ["last_good", "last_error", "last_error_at"]}),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A form class with the provider's fields."""
        fields = _fields_of(obj.provider) if obj else ()
        declared: dict[str, Any] = {_OWN + one.key: _form_field(one) for one in fields}
        if obj is None:
            choices = providers.choices()
            declared["provider"] = forms.ChoiceField(
                label=_("Provider"), choices=choices, widget=UnfoldAdminSelectWidget
            )
        form = type("ProviderForm", (ConnectionForm,), {**declared, "provider_fields": fields})
        if not self.has_change_permission(request, obj) and obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        return super().get_form(request, obj, change, form=form, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The slug is part of the webhook's address, so it stays."""
        return [*self.readonly_fields, "slug"] if obj else [*self.readonly_fields]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One connection is opened only by who may change it: its page is its settings."""
        if obj is not None:
            return bool(self.has_change_permission(request, obj))
        return bool(super().has_view_permission(request, obj))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new connection sleeps until its settings are there."""
        if not change:
            obj.is_active = False
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Connection, post_url_continue: Any = None) -> HttpResponse:
        """On to the fields its provider needs."""
        self.message_user(request, _("Fill in what the provider needs, then switch it on."))
        return HttpResponseRedirect(reverse("admin:common_connection_change", args=[obj.pk]))

    @action(description=_("Save and check this connection"))
    def check_it(self, request: HttpRequest, connection: Connection) -> None:
        """Ask the provider, once everything is saved: whatever it says, what was entered is kept."""
        transaction.on_commit(lambda: self._tell_whether_it_works(request, connection.pk))

    def _tell_whether_it_works(self, request: HttpRequest, pk: int) -> None:
        connection = Connection.objects.get(pk=pk)
        try:
            account = connecting.verify(connection, now=timezone.now())
        except DomainError as error:
            sentence = _("Saved, but the connection does not work: %(reason)s") % {"reason": error.message}
            self.message_user(request, sentence, messages.ERROR)
        else:
            told = f"{account.name}: {account.detail}" if account.detail else account.name
            sentence = _("Saved. The connection works. %(account)s") % {"account": told}
            self.message_user(request, sentence, messages.SUCCESS)

    def response_change(self, request: HttpRequest, obj: Connection) -> HttpResponse:
        """Whoever checks stays on the page."""
        if "common_connection_check_it" in request.POST:
            return HttpResponseRedirect(reverse("admin:common_connection_change", args=[obj.pk]))
        return super().response_change(request, obj)

    @display(description=_("provider"), ordering="provider")
    def provider_name(self, connection: Connection) -> str:
        return _provider_name(connection.provider)

    @display(description=_("state"), label={"on": "success", "off": "info", "failing": "danger"})
    def state(self, connection: Connection) -> tuple[str, Any]:
        if not connection.is_active:
            return "off", _("off")
        failed = connection.last_error_at
        if failed and (connection.last_success_at is None or failed > connection.last_success_at):
            return "failing", _("failing")
        return "on", _("on")

    @display(description=_("last success"))
    def last_good(self, connection: Connection) -> str:
        return words.moment(connection.last_success_at) if connection.last_success_at else "—"

    @display(description=_("last error"))
    def error_text(self, connection: Connection) -> str:
        return connection.last_error[:100] or "—"

    @display(description=_("webhook's address"))
    def webhook_address(self, connection: Connection) -> str:
        try:
            has_webhook = providers.get(connection.provider).capabilities.webhook
        except InvalidInput:
            return "—"
        return f"{settings.PUBLIC_URL}/webhooks/{connection.slug}/" if has_webhook else str(_("none: we fetch"))


def _fields_of(provider: str) -> tuple[Field, ...]:
    try:
        return providers.get(provider).fields
    except InvalidInput:
        return ()


def _provider_name(provider: str) -> str:
    return dict(providers.choices()).get(provider, provider)


def _form_field(one: Field) -> forms.Field:
    label = str(one.label)[:1].upper() + str(one.label)[1:]
    if one.secret:
        widget = UnfoldAdminPasswordWidget(render_value=False, attrs={"autocomplete": "new-password"})
        return forms.CharField(label=label, required=one.required, widget=widget, strip=True, max_length=4000)
    if one.choices:
        rows = [(value, value) for value in one.choices]
        return forms.ChoiceField(
            label=label, choices=rows, help_text=one.help, required=False, widget=UnfoldAdminSelectWidget
        )
    return forms.CharField(
        label=label, required=one.required, help_text=one.help, max_length=1000, widget=UnfoldAdminTextInputWidget
    )
