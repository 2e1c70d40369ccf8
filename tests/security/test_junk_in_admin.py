"""Every page that the admin draws by itself, found by walking its registry, with values that fit nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import ForeignKey, ManyToManyField
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from common.models import User
from tests.security.scene import BACKEND, Scene

HUGE = "9" * 30
JUNK = ["\0", "a\0b", "x" * 300, "-1", "0", str(2**31), str(2**63), HUGE, f"-{HUGE}", "1.5", "1e999", "NaN", "null"]
JUNK += ["None", "[]", '{"a": 1}', "' OR 1=1 --", "<script>alert(1)</script>", "٣", "\u202e", "\ud7ff", "\U0010ffff"]
JUNK += ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59", "24:61", ",", "%", "%s%n", "\\", "__", "id__in", "\r\nX: y"]
WORST = ["\0", HUGE, "\ud7ff", str(2**63), "-1", "null", "x" * 300, "9999-12-31"]
LOOKUPS = ["exact", "in", "isnull", "gte", "range", "year", "regex", "contains", "nonsense"]
FINE = {200, 302, 400, 403, 404, 405, 409, 422}


@pytest.fixture
def root(scene: Scene) -> Client:
    """A superuser's browser: whoever may do everything reaches every form."""
    user = User.objects.create_superuser("root@clearway.example", full_name="Root")
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return client


def pages() -> Iterator[tuple[Any, ModelAdmin[Any], str]]:
    """Model, its admin and the beginning of its pages' names."""
    for model, page in admin.site._registry.items():
        yield model, page, f"admin:{model._meta.app_label}_{model._meta.model_name}"


def address(name: str, *args: Any) -> str | None:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None


def answered(client: Client, method: str, where: str, data: dict[str, Any]) -> int:
    """The status of a request that is undone afterwards."""
    with transaction.atomic():
        status: int = getattr(client, method)(where, data).status_code
        transaction.set_rollback(True)
    return status


def field_names(client: Client, where: str) -> dict[str, Any]:
    """What a page's form would send when it is left as it is, formsets and their management forms too."""
    response = client.get(where)
    context = getattr(response, "context_data", None) or {}
    if response.status_code != 200 or "adminform" not in context:
        return {}
    forms = [context["adminform"].form]
    for inline in context.get("inline_admin_formsets", []):
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            sent[bound.html_name] = "" if value is None else value
            for suffix in ("_0", "_1"):  # dates with their times come as two
                sent[f"{bound.html_name}{suffix}"] = ""
    return sent


def test_no_list_breaks_by_what_stands_in_its_address(root: Client, rf: RequestFactory) -> None:
    broken, tried = [], 0
    request = rf.get("/")
    request.user = User.objects.get(email="root@clearway.example")
    for model, page, name in pages():
        where = address(f"{name}_changelist")
        assert where
        filters: list[Any] = [
            one[0] if isinstance(one, (tuple, list)) else one for one in page.get_list_filter(request)
        ]
        named = [one for one in filters if isinstance(one, str)]
        named += [one.parameter_name for one in filters if isinstance(getattr(one, "parameter_name", None), str)]
        keys = ["q", "p", "o", "e", "all", "after", "before", "tab", "_to_field", "_popup", "_changelist_filters"]
        keys += [f"{one}__{lookup}" for one in named for lookup in ("exact", "isnull", "id__exact", "in", "gte")]
        keys += [*named, *(f"{one}{end}" for one in named for end in ("_from", "_to", "_from_0", "_to_1"))]
        keys += [f"{model._meta.pk.name}__{lookup}" for lookup in LOOKUPS]
        for start in (0, 11):  # neighbouring keys get other values: every value comes to every list
            for place, key in enumerate(keys):
                value = JUNK[(start + place) % len(JUNK)]
                tried += 1
                if answered(root, "get", where, {key: value}) not in FINE:
                    broken.append((where, key, value))

    assert broken == []
    assert tried > 300


@pytest.mark.parametrize("lookup", ["password__startswith", "email__regex", "full_name__contains", "id__range"])
def test_nobody_feels_for_what_a_list_does_not_show(root: Client, lookup: str) -> None:
    assert root.get("/admin/common/user/", {lookup: "m"}).status_code == 400
    assert root.get("/admin/common/user/", {"is_active__exact": "1"}).status_code == 200


def test_no_form_breaks_by_what_stands_in_its_fields(root: Client, scene: Scene) -> None:
    broken, tried = [], 0
    for model, _page, name in pages():
        own = scene.ids.get(model._meta.label_lower)
        for where in (address(f"{name}_add"), address(f"{name}_change", own)):
            usual = field_names(root, where) if where else {}
            points = {field.name for field in model._meta.get_fields() if isinstance(field, _POINTERS)}
            keys = [key for key in usual if key.rpartition("-")[2] in points]
            # All at once, and keys alone, so that what is wrong elsewhere does not hide a row's key.
            wrong = [dict.fromkeys(usual, HUGE) | _formsets(usual, "-1"), {**usual, **dict.fromkeys(keys, "\0")}]
            wrong += [{**usual, **dict.fromkeys(keys, "\ud7ff"), **_formsets(usual, "\ud7ff")}]
            for data in wrong if usual else []:
                tried += 1
                if answered(root, "post", str(where), data) not in FINE:
                    broken.append((where, sorted(usual)[:5]))

    assert broken == []
    assert tried > 60


_POINTERS = (ForeignKey, ManyToManyField)


def _formsets(usual: dict[str, Any], junk: str) -> dict[str, str]:
    """The counts and keys of rows below a form."""
    return {key: junk for key in usual if key.endswith(("_FORMS", "-id", "-DELETE"))}


def test_no_address_of_a_form_breaks_by_its_key_or_its_first_values(root: Client) -> None:
    broken = []
    for model, _page, name in pages():
        add = address(f"{name}_add")
        names = [field.name for field in model._meta.get_fields() if not field.auto_created]
        for junk in WORST:
            if add and answered(root, "get", add, dict.fromkeys(names, junk)) not in FINE:
                broken.append((add, junk))
            for page in ("change", "delete", "history"):
                where = address(f"{name}_{page}", junk.replace("/", "_") or "x")
                if where and "\0" not in where and answered(root, "get", where, {}) not in FINE:
                    broken.append((where, junk))

    assert broken == []


def test_no_picker_breaks_by_what_it_is_asked(root: Client) -> None:
    pickers = {
        (field.model._meta.app_label, field.model._meta.model_name, field.name)
        for model, page in admin.site._registry.items()
        for one in (page, *(inline(model, admin.site) for inline in page.inlines))
        for name in one.autocomplete_fields
        for field in [one.model._meta.get_field(name)]
    }
    assert pickers
    broken = []
    for app, model, field in sorted(pickers):
        usual = {"app_label": app, "model_name": model, "field_name": field}
        assert answered(root, "get", "/admin/autocomplete/", usual) == 200
        broken += [
            (usual, key, junk)
            for junk in WORST
            for key in (*usual, "term", "page", "to_field")
            if answered(root, "get", "/admin/autocomplete/", {**usual, key: junk}) not in FINE
        ]

    assert broken == []


def test_no_action_breaks_by_the_rows_it_is_given(root: Client, scene: Scene) -> None:
    broken = []
    for model, _page, name in pages():
        where = address(f"{name}_changelist")
        actions = [value for value, _label in _actions(root, str(where)) if value]
        for action in [*actions, "delete_selected", "nonsense"]:
            for junk in WORST[:3]:
                for chosen in ([junk], [scene.ids.get(model._meta.label_lower, 1), junk]):
                    data = {"action": action, "_selected_action": chosen, "select_across": junk, "index": junk}
                    if answered(root, "post", str(where), data) not in FINE:
                        broken.append((where, action, junk))

    assert broken == []


def _actions(client: Client, where: str) -> list[tuple[str, str]]:
    context = getattr(client.get(where), "context_data", None) or {}
    listed = context.get("cl")
    assert listed is None or isinstance(listed, ChangeList)
    form = context.get("action_form")
    return list(form.fields["action"].choices) if form else []
