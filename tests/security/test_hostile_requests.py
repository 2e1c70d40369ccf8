"""Requests as nobody sends them by accident: an answer in words, never a broken page, nothing written or run."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.security import walking
from tests.security.scene import Scene, browser_of

HUGE = "9" * 30
MEGABYTE = "x" * 2**20
WEIRD = [
    "\0",
    "a\0b",
    "' OR 1=1 --",
    "'; DROP TABLE tickets_ticket; --",
    '"\\',
    "%s%n%(x)s{0}{x.__class__}",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}{% debug %}",
    "../../etc/passwd",
    "\u202egpj.exe",
    "\ud7ff\uffff\U0010ffff",
    "-1",
    "0",
    HUGE,
    "-" + HUGE,
    "1e999",
    "NaN",
    "true",
    "[]",
    ":*|&!()<->",
    "&" * 300,
    "\r\nSet-Cookie: a=b",
    "x" * 5000,
]
FINE = {200, 302, 400, 403, 404, 405, 409, 410, 413, 414, 422, 429}


def ask(client: Client, method: str, where: str, data: Any) -> Any:
    """The response to a request that is undone; one that breaks is a failure of its own."""
    with transaction.atomic():
        response = client.get(where, data) if method == "GET" else client.post(where, data)
        if response.streaming:
            b"".join(response)
        transaction.set_rollback(True)
    return response


@pytest.mark.parametrize("value", WEIRD, ids=lambda value: repr(value)[:20])
def test_no_query_breaks_a_page_of_the_desk(scene: Scene, value: str) -> None:
    client = browser_of("Ad", raise_request_exception=False)
    ticket = scene.ordinary.ticket.pk
    queue = "/admin/tickets/ticket/"
    names = ["tab", "kind", "priority", "language", "channel", "origin", "team", "owner", "snoozed", "q"]
    names += ["after", "before"]
    queries: list[tuple[str, dict[str, str]]] = [(queue, {name: value}) for name in names]
    queries += [
        (queue, dict.fromkeys(names, value)),
        (f"{queue}{ticket}/change/", {"before": value, "queue": value}),
        (f"{queue}{ticket}/change/", {"queue": f"kind={value}&q={value}"}),
        (f"{queue}{ticket}/log/", {"before": value, "queue": value}),
        ("/admin/search/", {"s": value, "page": value}),
        ("/admin/logistics/shipment/", {"q": value, "p": value, "o": value, "status": value}),
        ("/admin/logistics/shipment/", {"carrier__id__exact": value, "nonsense__x": value}),
        ("/admin/logistics/customer/", {"q": value, "tier__exact": value}),
        ("/admin/common/user/", {"q": value, "is_active__exact": value, "groups__id__exact": value}),
        ("/admin/channels_integrations/inboundevent/", {"q": value, "state": value}),
        ("/admin/channels_integrations/inboundevent/", {"connection__id__exact": value}),
        ("/admin/channels_integrations/deliveryattempt/", {"q": value, "_to_field": value, "_popup": value}),
        ("/admin/tickets/message/", {"status": value, "e": value}),
        ("/admin/login/", {"next": value}),
        ("/", {"lang": value}),
    ]
    picker = {"app_label": "tickets", "model_name": "ticket", "field_name": "customer"}
    queries += [("/admin/autocomplete/", {**picker, "term": value, "page": value})]
    queries += [("/admin/autocomplete/", {**picker, name: value}) for name in picker]

    broken = [(where, data) for where, data in queries if ask(client, "GET", where, data).status_code not in FINE]

    assert broken == []


@pytest.mark.parametrize("value", [*WEIRD, MEGABYTE], ids=lambda value: repr(value)[:20])
def test_no_form_of_the_desk_breaks(scene: Scene, value: str) -> None:
    client = browser_of("Su", raise_request_exception=False)
    ticket = f"/admin/tickets/ticket/{scene.ordinary.ticket.pk}"
    every = ["text", "audience", "seen", "assignee", "team", "until", "priority", "kind", "into", "messages", "note"]
    every += ["to_user", "to_team", "problem", "return_to", "act", "ids"]
    posts: list[tuple[str, dict[str, Any]]] = [
        (f"{ticket}/write/", {"audience": "note", "text": value}),
        (f"{ticket}/write/", {"audience": "customer", "text": value}),
        (f"{ticket}/write/", {"audience": value, "text": "x"}),
        (f"{ticket}/write/", {"audience": f"thread:{value}", "text": "x"}),
        (f"{ticket}/write/", {"audience": f"partner:{value}", "text": "x", "seen": value}),
        (f"{ticket}/way/request_instructions/", dict.fromkeys(every, value)),
        (f"{ticket}/way/book_redelivery/", {"date": value, "window": value}),
        (f"{ticket}/way/hold_for_pickup/", {"place": value, "last_day": value}),
        ("/admin/tickets/ticket/add/", {"kind": value, "priority": value, "customer": value, "summary": value}),
        ("/admin/tickets/ticket/add/", {"kind": "inquiry", "priority": "3", "summary": value[:200], "text": value}),
        ("/admin/tickets/ticket/add/", {"tracking_number": value, "kind": "delay", "priority": "3", "summary": "x"}),
        ("/admin/logistics/customer/", {"action": value, "_selected_action": value, "index": value}),
        ("/admin/logistics/statusmapping/", {"action": "map_selected", "_selected_action": value, "to_status": value}),
        ("/admin/tickets/message/", {"action": "resend_selected", "_selected_action": value}),
        (f"/admin/logistics/customer/{scene.ids['logistics.customer']}/change/", {"name": value, "note": value}),
        ("/i18n/setlang/", {"language": value, "next": value}),
        ("/admin/login/", {"username": value, "password": value, "next": value}),
        ("/admin/password_change/", {"old_password": value, "new_password1": value, "new_password2": value}),
    ]
    posts += [
        (f"{ticket}/act/{act}/", dict.fromkeys(every, value))
        for act in ("assign", "hand-over", "snooze", "priority", "kind", "merge", "split")
    ]
    for name in ("assignee", "until", "priority", "act"):
        for act in ("assign", "snooze", "priority"):
            chosen = {"act": act, "ids": [scene.ordinary.ticket.pk, value], "priority": "1", "until": ""}
            posts.append(("/admin/tickets/ticket/bulk/", {**chosen, name: value, "return_to": value}))

    broken = [
        (where, sorted(data)) for where, data in posts if ask(client, "POST", where, data).status_code not in FINE
    ]

    assert broken == [], broken


@pytest.mark.parametrize("number", ["0", HUGE, "-1", "1.5", "%00", "abc", "1%0d%0aX:y", "..%2f..%2fadmin", "_00"])
def test_no_number_in_an_address_breaks_a_page(scene: Scene, number: str) -> None:
    client = browser_of("Ad", raise_request_exception=False)
    kept = scene.ids | dict.fromkeys(scene.ids, number)

    for route in walking.routes():
        if "object_id" in route.pattern or "<id>" in route.pattern or "message_id" in route.pattern:
            there = Scene(scene.ordinary, scene.safety, kept, scene.link)
            where = walking.address(route, there)
            for found in ("/file/", "/message/"):
                where = where.replace(f"{found}{scene.ordinary.file.pk}/", f"{found}{number}/")
            for method in walking.METHODS:
                response = ask(client, method, where, {})
                assert response.status_code in FINE, (method, where)
                assert "\n" not in response.headers.get("Location", "")


@pytest.mark.parametrize(
    "key",
    [
        [True, "2026-11-24T09:00:00+00:00", 1],
        [2**40, "2026-11-24T09:00:00+00:00", 1],
        [1, "0001-01-01T00:00:00+23:59", 1],
        [1, "9999-12-31T23:59:59-23:59", 1],
        [1, "2026-11-24T09:00:00+00:00", True],
        [1, "2026-11-24T09:00:00+00:00", 2**63 - 1],
        [1, 5, 1],
        [[], {}, None],
        ["2026-11-24T09:00:00+00:00", 1],
        [1, 1, "2026-11-24T09:00:00+00:00", 1],
        [True, True, "2026-11-24T09:00:00+00:00", True],
        [True],
        [-(2**62)],
    ],
    ids=str,
)
@pytest.mark.parametrize("tab", ["ours", "mine", "resolved", "found"])
def test_no_forged_key_breaks_the_queue(scene: Scene, tab: str, key: list[Any]) -> None:
    client = browser_of("Ag", raise_request_exception=False)
    text = base64.urlsafe_b64encode(json.dumps(key).encode()).decode()
    asked = {"tab": tab, "q": "where"} if tab == "found" else {"tab": tab}

    for side in ("after", "before"):
        assert ask(client, "GET", "/admin/tickets/ticket/", {**asked, side: text}).status_code == 200


@pytest.mark.parametrize("moment", ["9999-12-31T23:59", "0001-01-01T00:00", "2026-02-30T10:00", "99999-01-01T00:00"])
def test_no_moment_given_by_staff_breaks_a_page_for_others(scene: Scene, moment: str) -> None:
    client = browser_of("Ag", raise_request_exception=False)
    number = scene.ordinary.ticket.pk
    client.post(f"/admin/tickets/ticket/{number}/act/snooze/", {"until": moment})
    client.post("/admin/tickets/ticket/bulk/", {"act": "snooze", "ids": [number], "until": moment})

    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"):
        scene.people["Su"].time_zone = zone
        scene.people["Su"].save(update_fields=["time_zone"])
        reader = browser_of("Su", raise_request_exception=False)
        assert reader.get("/admin/tickets/ticket/?snoozed=1&tab=unassigned").status_code == 200
        assert reader.get(f"/admin/tickets/ticket/{number}/change/").status_code == 200
        assert reader.get(f"/admin/tickets/ticket/{number}/log/").status_code == 200


COOKIES = ['"abcdefgh\\000"', '"\\303\\050abcdef"', "x" * 4000, "' OR 1=1 --", "\\", "%00%00%00%00%00%00%00%00"]


@pytest.mark.parametrize("cookie", COOKIES, ids=lambda value: value[:12])
def test_no_cookie_breaks_a_page(scene: Scene, cookie: str) -> None:
    client = Client(raise_request_exception=False)

    for name in ("clearway_session", "clearway_csrf", "clearway_language", "messages"):
        for where in ("/admin/login/", "/admin/", f"/t/{scene.link}/", "/"):
            response = client.get(where, headers={"cookie": f"{name}={cookie}"})
            assert response.status_code in FINE, (name, where)


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-language": "x" * 100_000},
        {"accept-language": "zh-" + "a-" * 5_000},
        {"x-forwarded-for": "\0, " * 50},
        {"referer": "javascript:alert(1)"},
        {"x-requested-with": "fetch\0"},
        {"authorization": "Bearer \xff\xfe"},
        {"content-type": "multipart/form-data; boundary="},
        {"content-type": "application/x-www-form-urlencoded; charset=nonsense"},
        {"content-type": "multipart/form-data; boundary=" + "a" * 5_000},
    ],
    ids=str,
)
def test_no_header_breaks_a_page(scene: Scene, headers: dict[str, str]) -> None:
    client = browser_of("Ag", raise_request_exception=False)

    for where in ("/admin/login/", "/admin/tickets/ticket/", f"/t/{scene.link}/", "/metrics", "/webhooks/mail/"):
        assert client.get(where, headers=headers).status_code in FINE, where
        kind = headers.get("content-type", "application/x-www-form-urlencoded")
        assert client.generic("POST", where, b"a=b", kind, headers=headers).status_code in FINE, where


@pytest.mark.parametrize("length", ["²", "-1", "1e3", "٣", "9" * 40, "abc"])
def test_a_length_that_is_no_number_is_refused(client: Client, db: None, length: str) -> None:
    client.raise_request_exception = False

    for where in ("/admin/login/", "/webhooks/mail/"):
        answer = client.generic("POST", where, b"x", CONTENT_LENGTH=length)
        assert answer.status_code in FINE, where
