"""Keys to the API: issued, rotated, revoked. A key's text is shown once, on the page that answers its making."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from common.admin import words
from common.admin.base import Chips, DeskAdmin
from common.errors import DomainError, InvalidInput
from logistics.choices import Scope
from logistics.models import ApiKey
from logistics.services.api_keys import (
    issue_key,
    may_act_as,
    new_key_errors,
    revoke_key,
    rotate_key,
    sound_networks,
)

_STATES = {
    "works": pgettext_lazy("key", "Works"),
    "expired": pgettext_lazy("key", "Expired"),
    "revoked": pgettext_lazy("key", "Revoked"),
}
_TOLD = ["holder", "shown", "what", "state_told", "used", "last_used_from", "issued", "replaced", "steps"]
_COLOURS = Chips(works="success", expired="warning", revoked="danger")


def state_of(key: ApiKey, now: datetime) -> str:
    """works, expired or revoked."""
    if key.revoked_at is not None:
        return "revoked"
    return "works" if key.works(now=now) else "expired"


class _Lines(forms.CharField):
    """Networks, one a line."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").replace(",", "\n").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        """Refuse what is no network."""
        try:
            sound_networks(value)
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error

    def run_validators(self, value: Any) -> None:
        """None: a list is no text."""

    def clean(self, value: Any) -> Any:
        """The networks as CIDR."""
        return sound_networks(super().clean(value))


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new key, or the name, term and places of one."""

    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
        help_text=_("The last two are for integrations of ours only, never for partners."),
    )
    allowed_networks = _Lines(
        label=_("Allowed networks"),
        required=False,
        help_text=_("Addresses or networks, one a line, like 203.0.113.0/24; empty: from everywhere."),
    )
    request: HttpRequest

    class Meta:
        model = ApiKey
        fields = ("partner", "user", "name", "scopes", "expires_at", "allowed_networks")
        help_texts: ClassVar = {
            "partner": _("Whose system calls. For an integration of ours, choose a person below instead."),
            "expires_at": _("Empty: never."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk is not None:
            return cleaned
        user = cleaned.get("user")
        if user is not None and not may_act_as(self.request.user, user):  # type: ignore[arg-type]
            self.add_error("user", _("You cannot issue a key that may do more than you may yourself."))
        found = new_key_errors(
            partner=cleaned.get("partner"),
            user=user,
            name=cleaned.get("name") or "",
            scopes=cleaned.get("scopes") or [],
            expires_at=cleaned.get("expires_at"),
            networks=cleaned.get("allowed_networks") or [],
            now=timezone.now(),
        )
        for name, said in found.items():
            if name not in self.errors:
                self.add_error(name, said)
        return cleaned


class RotationForm(forms.Form):
    """How long old and new key work side by side."""

    overlap = forms.TypedChoiceField(
        label=_("The old key still works"),
        coerce=int,
        choices=[(0, _("not at all")), (1, _("a day")), (7, _("a week")), (30, _("30 days")), (90, _("90 days"))],
        initial=7,
    )


@admin.register(ApiKey)
class ApiKeyAdmin(DeskAdmin):
    """Who may use the API as whom, since when, from where. Keys are revoked, never deleted."""

    form = KeyForm
    list_display = ("name", "holder", "shown", "what", "state", "expires_at", "used", "last_used_from")
    list_select_related = ("partner", "user")
    search_fields = ("name", "prefix", "partner__name", "user__full_name", "user__email")
    autocomplete_fields = ("partner", "user")
    ordering = ("-id",)
    actions = ("revoke_selected",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("partner", "user", "created_by", "replaces")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["partner", "user", "name", "scopes", "expires_at", "allowed_networks"]})]
        return [(_("This key"), {"fields": _TOLD}), (None, {"fields": ["name", "expires_at", "allowed_networks"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        return [*_TOLD, *(["expires_at"] if obj.revoked_at else [])]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **named: Any) -> Any:
        form = super().get_form(request, obj, change=change, **named)
        return type("KeyFormOfRequest", (form,), {"request": request})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """One button: the page that follows shows the key's text."""
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        response: HttpResponse = super().add_view(request, form_url, (extra_context or {}) | one_button)
        return response

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["name", "expires_at", "allowed_networks"])
            return
        key, text = issue_key(
            partner=obj.partner,
            user=obj.user,
            name=obj.name,
            scopes=obj.scopes,
            expires_at=obj.expires_at,
            allowed_networks=obj.allowed_networks,
            actor_user=request.user,
            now=timezone.now(),
        )
        obj.pk, obj.prefix, obj.issued_text = key.pk, key.prefix, text

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The page with the key's text: it stands in no session, no cookie and no address."""
        return self._shown_once(request, obj, obj.issued_text)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:object_id>/rotate/", self.admin_site.admin_view(self.rotate), name="logistics_apikey_rotate"),
            path("<int:object_id>/revoke/", self.admin_site.admin_view(self.revoke), name="logistics_apikey_revoke"),
        ]
        return own + list(super().get_urls())

    def rotate(self, request: Any, object_id: int) -> HttpResponse:
        """Ask how long both work, then issue the successor and show its text."""
        key = self._key(request, object_id)
        if key.user is not None and not may_act_as(request.user, key.user):
            raise PermissionDenied  # its successor would be a way to their rights
        form = RotationForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            days = timedelta(days=form.cleaned_data["overlap"])
            try:
                new, text = rotate_key(key=key, overlap=days, actor_user=request.user, now=timezone.now())
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                self.log_addition(request, new, f"rotated {key.prefix}")
                return self._shown_once(request, new, text)
        return self._asked(request, key, form, heading=gettext("Rotate the key"), submit=gettext("Issue the new key"))

    def revoke(self, request: Any, object_id: int) -> HttpResponse:
        """Ask, then end the key at once."""
        key = self._key(request, object_id)
        if request.method == "POST":
            if revoke_key(key=key, actor_user=request.user, now=timezone.now()):
                self.log_change(request, key, "revoked")
            messages.success(request, gettext("The key does not work any more."))
            return HttpResponseRedirect(reverse("admin:logistics_apikey_change", args=[key.pk]))
        intro = gettext("It ends at once. Whatever uses it is refused from then on.")
        return self._asked(
            request, key, forms.Form(), heading=gettext("Revoke the key"), submit=gettext("Revoke"), intro=intro
        )

    @action(description=_("Revoke: they do not work any more"), permissions=["change"])
    def revoke_selected(self, request: Any, queryset: QuerySet[ApiKey]) -> None:
        """End the selected keys at once."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        now = timezone.now()
        done = sum(revoke_key(key=key, actor_user=request.user, now=now) for key in queryset[:100])
        messages.success(request, ngettext("%(count)d key revoked.", "%(count)d keys revoked.", done) % {"count": done})

    def _key(self, request: Any, object_id: int) -> ApiKey:
        if not self.has_change_permission(request):
            raise PermissionDenied
        key: ApiKey | None = self.get_queryset(request).filter(pk=object_id).first()
        if key is None:
            raise Http404
        return key

    def _asked(self, request: HttpRequest, key: ApiKey, form: forms.Form, **named: Any) -> HttpResponse:
        address = reverse("admin:logistics_apikey_change", args=[key.pk])
        context = self.admin_site.each_context(request) | {"opts": self.opts, "title": str(key), "form": form}
        context |= {"about": f"{key} · {key.partner or key.user}"}
        return render(request, "admin/logistics/work_form.html", context | {"address": address} | named)

    def _shown_once(self, request: HttpRequest, key: ApiKey, text: str) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts, "title": key.name, "key": key}
        page = render(request, "admin/logistics/key_issued.html", context | {"text": text})
        page.headers["Cache-Control"] = "no-store"
        return page

    @display(description=_("holder"))
    def holder(self, key: ApiKey) -> str:
        return str(key.partner or key.user)

    @display(description=pgettext_lazy("API", "key"), ordering="prefix")
    def shown(self, key: ApiKey) -> str:
        return f"cw_live_{key.prefix}_…"

    @display(description=_("scopes"))
    def what(self, key: ApiKey) -> str:
        return ", ".join(str(Scope(scope).label) for scope in key.scopes)

    @display(description=_("state"), label=_COLOURS)
    def state(self, key: ApiKey) -> tuple[str, str]:
        found = state_of(key, timezone.now())
        return found, str(_STATES[found])

    @display(description=_("state"))
    def state_told(self, key: ApiKey) -> str:
        """As on its page, where labels cannot be drawn."""
        return str(_STATES[state_of(key, timezone.now())])

    @display(description=_("last used"), ordering="last_used_at")
    def used(self, key: ApiKey) -> str:
        return words.age(key.last_used_at, timezone.now()) or gettext("never")

    @display(description=_("issued"))
    def issued(self, key: ApiKey) -> str:
        return f"{words.moment(key.created_at)}, {key.created_by}" if key.created_by else words.moment(key.created_at)

    @display(description=_("replaces"))
    def replaced(self, key: ApiKey) -> str:
        if key.replaces is None:
            return "—"
        address = reverse("admin:logistics_apikey_change", args=[key.replaces.pk])
        return format_html('<a href="{}">cw_live_{}_…</a>', address, key.replaces.prefix)

    @display(description=_("what can be done"))
    def steps(self, key: ApiKey) -> str:
        if not key.works(now=timezone.now()):
            return "—"
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a>',
            reverse("admin:logistics_apikey_rotate", args=[key.pk]),
            gettext("Rotate…"),
            reverse("admin:logistics_apikey_revoke", args=[key.pk]),
            gettext("Revoke…"),
        )


class KeyInline(TabularInline):
    """A partner's keys, seen from the partner's page."""

    model = ApiKey
    extra = 0
    show_change_link = True
    fields = ("name", "shown", "what", "state_told", "expires_at", "used", "last_used_from")
    readonly_fields = fields
    verbose_name_plural = _("API keys")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset.order_by("-id")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are issued on their own page, which shows their text."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes them here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are revoked."""
        return False

    shown = ApiKeyAdmin.shown
    what = ApiKeyAdmin.what
    used = ApiKeyAdmin.used
    state_told = ApiKeyAdmin.state_told
