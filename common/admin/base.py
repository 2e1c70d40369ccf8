"""What every list and page of the desk shares."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import CharField, DateField, DateTimeField, Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from unfold import paginator as unfold_paginator
from unfold.admin import ModelAdmin

from common.admin.pickers import SoundPickers
from common.policies.moments import check_likely
from common.uses import uses_of

_LAST_PAGE = 1_000_000
_LOOKUPS = frozenset(DateTimeField().get_lookups()) | frozenset(CharField().get_lookups())
_COMPARISONS = frozenset({"exact", "in", "isnull", "gt", "gte", "lt", "lte"})


class InfinitePaginator(unfold_paginator.InfinitePaginator):
    """Pages of a list that is never counted. Beyond the last row there is an empty page, not an error.

    Unfold's templates know by the name of the class that there is no number to show.
    """

    def validate_number(self, number: Any) -> int:
        try:
            return min(max(int(number), 1), _LAST_PAGE)
        except (TypeError, ValueError):
            return 1


class Chips(dict[str, str]):
    """Colours of a label by its value. Others are plain: without a colour Unfold would show the bare value."""

    def __missing__(self, key: str) -> str:
        return ""


class DeskAdmin(SoundPickers, ModelAdmin):
    """A list that never counts its table, orders by its key, and has no way to delete."""

    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True
    warn_unsaved_form = True
    compressed_fields = True
    may_delete = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether a row may go: only where the model's admin says so, and with the permission."""
        return self.may_delete and bool(super().has_delete_permission(request, obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What would go along, and what stands in the way: also what names a row without a foreign key."""
        deleted, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, forbidden, [*protected, *(sentence for row in objs for sentence in uses_of(row))]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether an address may narrow a list so: by comparing, not by patterns, ranges and parts of dates.

        Django lets every lookup of an own column pass; with some values these break the query, and a pattern lets
        whoever sees a list feel for what its pages do not show.
        """
        last = lookup.rpartition(LOOKUP_SEP)[2]
        if last in _LOOKUPS - _COMPARISONS:
            return False
        return bool(super().lookup_allowed(lookup, value, request))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What an address fills a new row's form with. A moment cannot come so: forms draw no text for one."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        moments = {field.name for field in self.opts.concrete_fields if isinstance(field, DateTimeField)}
        return {name: value for name, value in initial.items() if name not in moments}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **named: Any) -> Any:
        """A day or a moment is one that can be shown in every zone."""
        field = super().formfield_for_dbfield(db_field, request, **named)
        if field is not None and isinstance(db_field, DateField):
            field.validators = [*field.validators, check_likely]
        return field

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *more: Any, **named: Any) -> Any:
        """Run an action, unless what is selected can be no row's key: Django would look for it all the same."""
        try:
            for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.to_python(key)
        except ValidationError as error:
            raise BadRequest from error
        return super().response_action(request, queryset, *more, **named)


class ReadOnlyAdmin(DeskAdmin):
    """Rows that are looked at, never written here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes."""
        return False
