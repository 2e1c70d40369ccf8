"""The API's own line: what protects a page protects an answer of the API, and no session comes in."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from common.models import User
from tests.common.api.conftest import Ask

pytestmark = pytest.mark.django_db
SAFETY = (
    *("Content-Security-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy", "Referrer-Policy"),
    *("X-Content-Type-Options", "X-Frame-Options", "X-Request-Id"),
)


@pytest.mark.parametrize("path", ["beats/", "nowhere/", "%0A", ""])
def test_every_safety_header_of_a_page_stands_on_an_answer_of_the_api(ask: Ask, path: str) -> None:
    page, answer = Client().get("/admin/login/"), ask("GET", path)
    for name in SAFETY:
        assert answer.headers[name], name
        if name != "X-Request-Id":
            assert answer.headers[name] == page.headers[name], name


def test_a_session_opens_nothing_and_no_cookie_is_set() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("boss@clearway.example", "knows-what-to-do-1", full_name="Boss"))
    answer = client.get("/api/v1/me/")
    assert answer.status_code == 401
    assert not answer.cookies


def test_a_host_that_is_not_ours_is_refused(ask: Ask) -> None:
    assert ask("GET", "beats/", host="elsewhere.example").status_code == 400


def test_plain_http_is_sent_to_https_where_the_site_has_it(ask: Ask, settings: pytest.FixtureRequest) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    assert ask("GET", "beats/").status_code == 301


def test_the_line_leaves_out_only_what_needs_a_session_or_serves_files() -> None:
    place = settings.MIDDLEWARE.index("common.api.line.ApiLineMiddleware")
    left_out = [name for name in settings.MIDDLEWARE[place + 1 :] if name not in settings.API_MIDDLEWARE]
    assert left_out == [
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "config.people.SessionsEndMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "config.people.OwnLanguageMiddleware",
        "common.middleware.PersonMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "axes.middleware.AxesMiddleware",
    ]
