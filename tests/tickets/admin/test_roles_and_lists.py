"""Roles, and the plain lists: who sees which, none counts its table, secrets stay hidden."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels_integrations.models import InboundEvent
from common.models import Connection, User
from logistics.models import Customer
from tickets.services import roles
from tickets.services.roles import ROLES, Role, set_up_roles

pytestmark = pytest.mark.django_db
BIG = [
    "logistics_customer",
    "logistics_shipment",
    "logistics_incident",
    "tickets_message",
    "channels_integrations_inboundevent",
]


OPENS_ITS_ONLY_ROW = {"tickets_surveysettings"}


def lists() -> list[tuple[str, str]]:
    return [
        (f"{model._meta.app_label}.view_{model._meta.model_name}", f"{model._meta.app_label}_{model._meta.model_name}")
        for model in admin.site._registry
    ]


@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_each_role_opens_exactly_the_lists_it_may_read(desk: Any, user_of: Any, role: str) -> None:
    client, user = desk(role), user_of(role)
    for permission, name in lists():
        status = client.get(reverse(f"admin:{name}_changelist")).status_code
        seen = 302 if name in OPENS_ITS_ONLY_ROW else 200
        assert status == (seen if user.has_perm(permission) else 403), name


def test_an_auditor_holds_no_permission_that_changes() -> None:
    codes = Group.objects.get(name="Auditor").permissions.values_list("codename", flat=True)
    assert codes
    assert [code for code in codes if not code.startswith("view_")] == []


def test_every_permission_of_the_roles_exists() -> None:
    for role in ROLES:
        group = Group.objects.get(name=role.name)
        held = {
            f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.select_related("content_type")
        }
        assert held == set(role.permissions)


def test_roles_that_were_changed_stay_until_reset() -> None:
    agent = Group.objects.get(name="Agent")
    agent.permissions.clear()
    call_command("set_up_roles", verbosity=0)
    assert agent.permissions.count() == 0
    call_command("set_up_roles", reset=True, verbosity=0)
    assert agent.permissions.count() > 10


def test_a_permission_that_is_new_in_a_role_reaches_its_group_and_undoes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = Group.objects.get(name="Agent")
    taken, added = (Permission.objects.get(codename=name) for name in ("add_message", "delete_team"))
    agent.permissions.remove(taken)
    agent.permissions.add(added)
    Group.objects.filter(pk=agent.pk).update(name="Front desk")
    later = Role("Agent", (*ROLES[0].permissions, "tickets.view_rule"))
    monkeypatch.setattr(roles, "ROLES", (later, *ROLES[1:]))

    assert set_up_roles() == ["Agent"]
    assert set_up_roles() == []

    held = set(agent.permissions.values_list("codename", flat=True))
    assert {"view_rule", "delete_team"} <= held
    assert "add_message" not in held
    assert not Group.objects.filter(name="Agent").exists()


@pytest.mark.parametrize("name", BIG)
def test_big_lists_count_nothing(desk: Any, name: str) -> None:
    client = desk("Administrator")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert not [one["sql"] for one in captured if re.search(r"count\(", one["sql"], re.IGNORECASE)]


def test_customer_list_asks_the_same_for_ten_and_for_fifty(desk: Any) -> None:
    client = desk("Administrator")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("admin:logistics_customer_changelist"))
        return len(captured)

    Customer.objects.bulk_create(Customer(name=f"A {number}") for number in range(10))
    queries()
    few = queries()
    Customer.objects.bulk_create(Customer(name=f"B {number}") for number in range(50))
    assert queries() == few


def test_secrets_of_a_connection_are_replaced_but_never_shown(desk: Any) -> None:
    box = Connection.objects.create(
        slug="box",
        name="Box",
        provider="email",
        settings={"address": "a@b.example"},
        credentials={"password": "pass-9271"},
    )
    client = desk("Administrator")
    address = reverse("admin:common_connection_change", args=[box.pk])
    body = client.get(address).content.decode()
    assert "pass-9271" not in body
    assert "••••" in body
    data = {"name": "Box", "language": "en", "is_active": "on", "provider_address": "new@b.example"}
    assert client.post(address, data).status_code == 302
    box.refresh_from_db()
    assert box.credentials == {"password": "pass-9271"}
    assert box.settings["address"] == "new@b.example"
    client.post(address, {**data, "provider_password": "other-1"})
    box.refresh_from_db()
    assert box.credentials == {"password": "other-1"}
    assert desk("Auditor").get(address).status_code in (302, 403)


def test_raw_payload_is_shown_as_text_and_can_be_handled_again(desk: Any) -> None:
    box = Connection.objects.create(slug="box", name="Box", provider="telegram")
    event = InboundEvent.objects.create(
        connection=box,
        external_id="1",
        raw=b"<script>alert(1)</script>\xff\x00",
        received_at=timezone.now(),
        state="malformed",
    )
    client = desk("Supervisor")
    address = reverse("admin:channels_integrations_inboundevent_change", args=[event.pk])
    body = client.get(address).content.decode()
    assert "&lt;script&gt;alert(1)" in body
    assert "<script>alert(1)" not in body
    data = {"action": "replay_selected", "_selected_action": [event.pk]}
    client.post(reverse("admin:channels_integrations_inboundevent_changelist"), data)
    event.refresh_from_db()
    assert event.state == "pending"


def test_only_a_superuser_makes_superusers(desk: Any) -> None:
    boss = User.objects.create_superuser("boss@clearway.example", full_name="Boss")
    plain = User.objects.create_user("plain@clearway.example", full_name="Plain")
    client = desk("Administrator")
    assert client.post(reverse("admin:common_user_change", args=[boss.pk]), {"email": "x@y.example"}).status_code == 403
    data = {"full_name": "Plain", "email": plain.email, "language": "en", "time_zone": "UTC", "is_superuser": "on"}
    client.post(reverse("admin:common_user_change", args=[plain.pk]), data)
    plain.refresh_from_db()
    assert plain.is_superuser is False


def test_pages_are_in_the_persons_language_and_zone(desk: Any, user_of: Any) -> None:
    person = user_of("Agent")
    person.language, person.time_zone = "zh-hans", "America/New_York"
    person.save()
    response = desk().get("/admin/tickets/ticket/")
    assert response["Content-Language"] == "zh-hans"
    assert response.context["your_zone"] == "America/New_York"
    client = desk()
    client.cookies["clearway_language"] = "en"
    assert client.get("/admin/tickets/ticket/")["Content-Language"] == "en"
