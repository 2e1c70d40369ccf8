"""Pages for what does not work say so in the reader's words and lead back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from common.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("li@clearway.example", full_name="Li Wei", is_staff=True))
    return client


def test_missing_page_leads_staff_back_and_tells_strangers_nothing(desk: Client, client: Client) -> None:
    missing = desk.get("/nowhere/")

    assert missing.status_code == 404
    assert b"This page does not exist" in missing.content
    assert b'href="/admin/"' in missing.content
    assert b"/admin/" not in client.get("/nowhere/").content


def test_refused_page_says_so_in_chinese(desk: Client) -> None:
    User.objects.update(language="zh-hans")

    refused = desk.get("/admin/common/user/")

    assert refused.status_code == 403
    assert "您无权执行此操作" in refused.content.decode()


def test_form_without_its_token_says_what_to_do() -> None:
    refused = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})

    assert refused.status_code == 403
    assert b"Please send it once more" in refused.content


def test_fault_of_ours_shows_no_trace(rf: RequestFactory, settings: Any) -> None:
    page = server_error(rf.get("/"))

    assert page.status_code == 500
    assert b"Something went wrong here" in page.content
