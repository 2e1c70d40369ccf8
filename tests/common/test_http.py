from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from common import http
from common.addresses import is_public
from scripts.standins.loopback import Answer, LoopbackServer, Request


class Site(LoopbackServer):
    """A web server that does as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Answer] = []
        self.requests: list[Request] = []

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        return self.answers.pop(0) if self.answers else Answer({"ok": True})


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with Site() as server:
        yield server


def test_answer_is_given_whatever_its_status(site: Site) -> None:
    site.answers = [Answer({"why": "no"}, status=404)]

    answer = http.request("GET", f"{site.url}/x?key=1")

    assert (answer.status, answer.ok, answer.object()) == (404, False, {"why": "no"})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"])
def test_this_machine_is_refused_under_all_its_names(site: Site, settings: Any, host: str) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False

    with pytest.raises(http.RequestFailed) as refused:
        http.request("GET", f"http://{host}:{site.port}/")

    assert refused.value.refused
    assert site.requests == []


def test_host_that_is_named_in_the_settings_may_be_asked(site: Site, settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    settings.OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1"]

    assert http.request("GET", site.url).ok


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("::7f00:1", False),
        ("::ffff:0:7f00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("fec0::1", False),
        ("2606:4700::1111", True),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_redirect_is_an_answer_and_not_followed(site: Site) -> None:
    site.answers = [Answer({}, status=302)]

    assert http.request("GET", site.url).status == 302
    assert len(site.requests) == 1


def test_answer_beyond_the_limit_is_not_read_on(site: Site) -> None:
    site.answers = [Answer(raw=b"x" * 10_000)]

    with pytest.raises(http.RequestFailed, match="more than 1000 bytes"):
        http.request("GET", site.url, limit=1000)


def test_server_that_does_not_answer_is_given_up_and_may_have_acted(site: Site) -> None:
    began = time.monotonic()
    site.answer = lambda request: (site.closing.wait(3), Answer({}))[1]  # type: ignore[method-assign]

    with pytest.raises(http.RequestFailed) as failed:
        http.request("POST", site.url, json={}, read_seconds=0.2)

    assert failed.value.may_have_arrived
    assert time.monotonic() - began < 2


def test_post_is_made_once_and_get_again_when_the_server_is_down_for_a_moment(site: Site) -> None:
    site.answers = [Answer({}, status=503)]
    assert http.request("POST", site.url, json={}).status == 503
    site.answers = [Answer({}, status=503), Answer({"ok": 1})]
    assert http.request("GET", site.url).object() == {"ok": 1}
    site.answers = [Answer(drop=True), Answer({"ok": 1})]
    assert http.request("GET", site.url).object() == {"ok": 1}
    site.answers = [Answer(drop=True)]
    with pytest.raises(http.RequestFailed) as failed:
        http.request("POST", site.url, json={})
    assert failed.value.may_have_arrived


@pytest.mark.parametrize("url", ["", "ftp://x/", "http://", "file:///etc/passwd", "http://[", "//x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(http.RequestFailed) as refused:
        http.request("GET", url)

    assert refused.value.refused


def test_nothing_of_the_address_but_its_host_is_in_a_failure(site: Site) -> None:
    key = str(uuid4())
    for start in (site.url, "http://127.0.0.1:1", "http://nowhere.invalid"):
        site.answers = [Answer(drop=True)]
        with pytest.raises(http.RequestFailed) as failed:
            http.request("POST", f"{start}/bot1:{key}/x?k={key}", headers={"Authorization": key}, json={})

        assert key not in "".join(traceback.format_exception(failed.value))
