"""People and their roles."""

from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelect2Widget

from common.admin.base import DeskAdmin
from common.models import User


def zone_choices(*, empty: bool = False) -> list[tuple[str, str]]:
    """All IANA zones by name."""
    zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")
    return ([("", "—")] if empty else []) + [(zone, zone.replace("_", " ")) for zone in zones]


class _ZoneMixin(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            choices = zone_choices()
            current = getattr(self.instance, "time_zone", "")
            if current and current not in dict(choices):
                choices.append((current, current))
            self.fields["time_zone"] = forms.ChoiceField(
                label=self.fields["time_zone"].label, choices=choices, widget=UnfoldAdminSelect2Widget(choices=choices)
            )


class PersonForm(_ZoneMixin, UserChangeForm):
    """Changes a person; the zone is chosen from a list."""


class NewPersonForm(_ZoneMixin, UserCreationForm):
    """Adds a person with a first password."""

    class Meta:
        model = User
        fields = ("email", "full_name")


class _RoleNames(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Roles by their translated names."""

    def label_from_instance(self, obj: Any) -> str:
        return gettext(obj.name)


class _PermissionNames(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Permissions in the reader's language: Django stores their English names."""

    _ACTS: ClassVar = {
        "add": _("%(what)s: may add"),
        "change": _("%(what)s: may change"),
        "delete": _("%(what)s: may delete"),
        "view": _("%(what)s: may see"),
    }

    def label_from_instance(self, obj: Any) -> str:
        act, _underscore, name = obj.codename.partition("_")
        model = obj.content_type.model_class()
        if act in self._ACTS and name == obj.content_type.model and model is not None:
            return str(self._ACTS[act]) % {"what": capfirst(str(model._meta.verbose_name_plural))}
        return gettext(obj.name)


def _given_or_used() -> QuerySet[Permission]:
    """Permissions that change something here: of models with a page, of our own making, or held by a role."""
    pages = ContentType.objects.get_for_models(*filter(admin.site.is_registered, apps.get_models())).values()
    usual = Q(codename__regex=r"^(add|change|delete|view)_")
    chosen = Permission.objects.filter(Q(content_type__in=pages) | ~usual | Q(group__isnull=False))
    return (
        Permission.objects.filter(pk__in=chosen.values("pk"))
        .select_related("content_type")
        .order_by("content_type__app_label", "content_type__model", "codename")
    )


@admin.register(User)
class PersonAdmin(BaseUserAdmin[User], DeskAdmin):
    """Who may sign in, as what. People are switched off, never deleted: their name stands on what they did."""

    form = PersonForm
    add_form = NewPersonForm
    change_password_form = AdminPasswordChangeForm
    list_display = (
        "person",
        "email",
        "employee_number",
        "roles",
        "time_zone",
        "language",
        "is_active",
    )
    list_filter = (
        "is_active",
        "is_staff",
        "groups",
        "language",
    )
    search_fields = (
        "full_name",
        "email",
        "employee_number",
    )
    ordering = (
        "full_name",
        "id",
    )
    readonly_fields = (
        "last_login",
        "date_joined",
    )
    filter_horizontal = ("groups",)
    fieldsets = (
        (None, {"fields": ["full_name", "email", "employee_number", "password"]}),
        (_("Language and time"), {"fields": ["language", "time_zone"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "groups", "is_superuser", "last_login", "date_joined"]}),
    )
    add_fieldsets: Any = (
        (
            None,
            {
                "fields": [
                    "full_name",
                    "email",
                    "employee_number",
                    "language",
                    "time_zone",
                    "is_staff",
                    "groups",
                    "usable_password",
                    "password1",
                    "password2",
                ]
            },
        ),
    )

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["form_class"] = _RoleNames
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related(Prefetch("groups", Group.objects.order_by("name")))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Only a superuser makes superusers, and nobody else edits them: that would be a way to all rights."""
        fields = [*super().get_readonly_fields(request, obj)]
        if not request.user.is_superuser:
            fields.append("is_superuser")
        return fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return bool(super().has_change_permission(request, obj))

    @display(description=_("name"), ordering="full_name")
    def person(self, user: User) -> str:
        return str(user)

    @display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(str(_(group.name)) for group in user.groups.all()) or "—"


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(BaseGroupAdmin, DeskAdmin):
    """Roles are groups of permissions; `manage.py set_up_roles` sets the usual ones."""

    list_display = ("role",)
    search_fields = ("name",)
    may_delete = True

    @display(description=_("role"), ordering="name")
    def role(self, group: Group) -> str:
        return gettext(group.name)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            kwargs |= {"queryset": _given_or_used(), "form_class": _PermissionNames}
        return super().formfield_for_manytomany(db_field, request, **kwargs)
