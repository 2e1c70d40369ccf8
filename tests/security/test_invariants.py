"""What holds whoever asks: history, messages, passwords, states; sessions, cookies, tokens and pages that break."""

from __future__ import annotations

import secrets
from importlib import import_module
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory

from channels_integrations.models import DeliveryAttempt, InboundEvent
from common.models import User
from tests.security.scene import BACKEND, SECRET, Scene, browser_of
from tickets.models import Attachment, ChainHead, Message, Ticket, TicketEvent

DELETABLE = {
    "auth.group",
    "common.businesscalendar",
    "knowledge_base.countrychecklist",
    "knowledge_base.messagetemplate",
    "knowledge_base.wordlist",
    "tickets.claimterms",
    "tickets.escalationpolicy",
    "tickets.promisepolicy",
    "tickets.reportschedule",
    "tickets.rota",
    "tickets.team",
}
"""Configuration. What is in use of it is refused with a sentence all the same."""


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("model", [TicketEvent, ChainHead])
def test_the_sites_own_database_user_cannot_rewrite_history(scene: Scene, model: Any, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(model._meta.db_table))


@pytest.mark.django_db(transaction=True)
def test_history_cannot_be_emptied_outside_a_test_database() -> None:
    forward = import_module("tickets.migrations.0002_append_only")
    name = f"append_only_{secrets.token_hex(4)}"
    given = {key: value for key, value in connection.get_connection_params().items() if key in CONNECTED_BY}
    with psycopg.connect(**given, autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(**{**given, "dbname": name}, autocommit=True) as other:
                for table in forward.TABLES:
                    other.execute(f"CREATE TABLE {table} (id int)")
                    other.execute(f"INSERT INTO {table} VALUES (1)")
                other.execute(forward.FORWARD)
                for table in forward.TABLES:
                    for act in (f"TRUNCATE {table}", f"DELETE FROM {table}", f"UPDATE {table} SET id = 2"):
                        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
                            other.execute(act)
        finally:
            owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


CONNECTED_BY = {"host", "port", "user", "password", "dbname"}


def test_even_a_superuser_deletes_only_what_holds_no_history(scene: Scene) -> None:
    request = RequestFactory().get("/")
    request.user = User.objects.create_superuser("root@clearway.example", full_name="Root")

    may = {
        model._meta.label_lower for model, page in admin.site._registry.items() if page.has_delete_permission(request)
    }

    assert may == DELETABLE
    for model in (Message, Ticket, TicketEvent, Attachment, InboundEvent, DeliveryAttempt, ChainHead):
        page = admin.site._registry.get(model)
        assert page is None or not any(
            (
                page.has_delete_permission(request),
                page.has_change_permission(request),
                model is not Ticket and page.has_add_permission(request),
            )
        )


def test_no_form_sets_what_it_does_not_show(scene: Scene) -> None:
    client, ticket = browser_of("Su"), scene.ordinary.ticket
    forged = {"state": "delivered", "phase": "closed", "kind": "safety", "customer": "1", "resolution": "solved"}

    client.post(f"/admin/tickets/ticket/{ticket.pk}/way/request_instructions/", {"problem": "absent", **forged})

    moved = Ticket.objects.get(pk=ticket.pk)
    assert (moved.state, moved.phase, moved.kind) == ("instructions_requested", "waiting", "failed_delivery")
    boss = browser_of("Ad")
    data = {"email": "n@clearway.example", "full_name": "N", "language": "en", "time_zone": "UTC"}
    data |= {"password1": "correct horse", "password2": "correct horse", "usable_password": "true"}
    boss.post("/admin/common/user/add/", {**data, "is_superuser": "on", "user_permissions": ["1"]})
    made = User.objects.get(email="n@clearway.example")
    assert not made.is_superuser
    assert not made.user_permissions.exists()
    change = {"email": made.email, "full_name": "N", "language": "en", "time_zone": "UTC"}
    boss.post(f"/admin/common/user/{made.pk}/change/", {**change, "is_superuser": "on", "password": "md5$forged"})
    again = User.objects.get(pk=made.pk)
    assert not again.is_superuser
    assert again.password == made.password


@pytest.mark.parametrize("role", ["Su", "Au", "Ad"])
def test_a_persons_page_shows_no_hash_of_a_password(scene: Scene, role: str) -> None:
    page = browser_of(role).get(f"/admin/common/user/{scene.ids['common.user']}/change/").content.decode()

    hashed = scene.people["ng"].password
    assert hashed not in page
    assert hashed.rpartition("$")[2][8:] not in page


def test_lists_cannot_be_filtered_by_secrets(scene: Scene) -> None:
    client = browser_of("Ad")

    for query in ("password__startswith=md5", "groups__permissions__codename=x"):
        assert client.get(f"/admin/common/user/?{query}").status_code in (302, 400), query


def test_signing_in_changes_the_session_and_signing_out_ends_it(scene: Scene) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "chosenbyanattacker00000000000000"
    client.get("/admin/login/")

    client.post("/admin/login/", {"username": "ag@clearway.example", "password": "correct horse battery"})
    known = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert known != "chosenbyanattacker00000000000000"
    assert client.get("/admin/tickets/ticket/").status_code == 200
    client.post("/admin/logout/")

    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = known
    assert thief.get("/admin/tickets/ticket/").status_code == 302


def test_a_changed_password_ends_other_sessions(scene: Scene) -> None:
    client = browser_of("Ag")
    scene.people["Ag"].set_password("another long one")
    scene.people["Ag"].save(update_fields=["password"])

    assert client.get("/admin/tickets/ticket/").status_code == 302


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(scene: Scene, wanted: str) -> None:
    name = {"username": "ag@clearway.example", "password": "correct horse battery", "next": wanted}
    places = [
        Client().post("/admin/login/", name),
        Client().post(f"/admin/login/?next={wanted}", name),
        browser_of("Ag").get("/admin/login/", {"next": wanted}),
        Client().post("/i18n/setlang/", {"language": "en", "next": wanted}),
        browser_of("Ag").post("/admin/tickets/ticket/bulk/", {"return_to": wanted}),
        browser_of("Ag").post(f"/admin/tickets/message/{scene.ordinary.failed.pk}/resend/", {"return_to": wanted}),
    ]

    for answer in places:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/")
        assert not answer.headers["Location"].startswith(("//", "/\\"))


def test_every_post_of_staff_wants_its_token(scene: Scene) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.people["Ad"], backend=BACKEND)
    ticket, customer = scene.ordinary.ticket.pk, scene.ids["logistics.customer"]
    places = ["/admin/login/", "/admin/logout/", "/i18n/setlang/", "/admin/password_change/"]
    places += ["/admin/tickets/ticket/bulk/", "/admin/tickets/ticket/add/", "/admin/tickets/message/1/resend/"]
    places += [f"/admin/tickets/ticket/{ticket}/{rest}/" for rest in ("write", "way/dispose", "act/assign")]
    places += [f"/admin/logistics/customer/{customer}/change/", "/admin/logistics/customer/", "/admin/auth/group/add/"]

    for place in places:
        answer = client.post(place, {"text": "x"})
        assert answer.status_code == 403, place
        assert SECRET not in answer.content.decode()
    assert Ticket.objects.get(pk=ticket).event_sequence == scene.ordinary.ticket.event_sequence


def test_a_page_that_breaks_tells_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    from tickets.admin import ticket as pages

    def broken(*given: Any, **more: Any) -> None:
        raise RuntimeError("postgresql://clearway:hunter2@db/clearway")

    monkeypatch.setattr(pages, "queue_view", broken)
    assert not settings.DEBUG

    answer = browser_of("Ag", raise_request_exception=False).get("/admin/tickets/ticket/")

    assert answer.status_code == 500
    told = answer.content.decode()
    assert len(told) < 2_000
    for word in ("hunter2", "Traceback", "RuntimeError", "/work", "settings"):
        assert word not in told


def test_attachments_and_mails_carry_headers_that_disarm_them(scene: Scene) -> None:
    ticket, client = f"/admin/tickets/ticket/{scene.ordinary.ticket.pk}", browser_of("Ag")

    file = client.get(f"{ticket}/file/{scene.ordinary.file.pk}/")
    mail = client.get(f"{ticket}/message/{scene.ordinary.message.pk}/")

    for answer in (file, mail):
        policy = answer.headers["Content-Security-Policy"]
        assert "sandbox" in policy
        assert "default-src 'none'" in policy
        assert "allow-scripts" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]


def test_no_model_has_a_page_without_being_thought_of() -> None:
    pages = {model._meta.label_lower for model in admin.site._registry}

    assert "axes.accessattempt" not in pages
    assert "tickets.customerlink" not in pages
    assert pages <= {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
