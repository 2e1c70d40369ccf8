"""Walking every address of the site as everybody: what is answered, and whether anything was written meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.security.scene import ROLES, Scene, browser_of

METHODS = ("GET", "POST")
NOT_COUNTED = {"django_session", "common_visitcount"}
_CONVERTED = re.compile(r"<(?:\w+:)?(\w+)>")
_ADMIN_PAGE = re.compile(r"^admin/(\w+)/(\w+)/")


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern of the site, under a name that does not change when its neighbours do."""

    pattern: str
    variant: str = ""

    @property
    def key(self) -> str:
        return f"/{self.pattern}" + (f" {self.variant}" if self.variant else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody was answered: a letter of ``MEANINGS``; ``written`` names the tables whose rows changed."""

    letter: str
    body: str
    written: tuple[str, ...]


MEANINGS = {
    "L": "to the sign-in page",
    "2": "shown",
    "3": "sent on",
    "W": "done",
    "F": "403",
    "N": "404",
    "M": "405",
}
_LETTERS = {200: "2", 302: "3", 403: "F", 404: "N", 405: "M"}
DENIED = "LFNM"
_DOORS = ("/admin/login/", "/partner/sign-in/")

ACTIONS = {
    "admin/logistics/customer/": ("erase",),
    "admin/logistics/apikey/": ("revoke_selected",),
    "admin/tickets/message/": ("resend_selected",),
    "admin/channels_integrations/inboundevent/": ("replay_selected",),
    "admin/channels_integrations/webhookdelivery/": ("replay_selected",),
    "admin/logistics/statusmapping/": ("map_selected",),
    "admin/logistics/laneadvisory/": ("withdraw_selected",),
    "admin/tickets/audit/": ("accept",),
}
"""Actions of lists; each is tried by everybody, besides deleting, which is tried on every list."""


STEPS = {
    "inboundbooking": "confirm",
    "stockcount": "count",
    "shipmentinstruction": "acknowledge",
    "compensation": "start_payment",
    "claim": "write_off",
}
"""A step of each kind of warehouse work, and of money."""


def patterns(resolver: Any = None, before: str = "") -> Iterator[str]:
    """Every pattern of the site, once."""
    for one in (resolver or get_resolver()).url_patterns:
        whole = before + re.sub(r"[\^$]", "", str(one.pattern))
        if isinstance(one, URLResolver):
            yield from patterns(one, whole)
        else:
            yield whole


def routes() -> list[Route]:
    """Every pattern, and every action of a list as one more. The API's are walked with keys (`api_walking`)."""
    found = [Route(pattern) for pattern in dict.fromkeys(patterns()) if not pattern.startswith("api/v1/")]
    return found + [Route(pattern, action) for pattern, names in ACTIONS.items() for action in names]


def address(route: Route, scene: Scene) -> str:
    """An address that the pattern takes, with the ids of the scene."""
    page = _ADMIN_PAGE.match(route.pattern)
    own = scene.ids.get(f"{page[1]}.{page[2]}", "") if page else ""
    known = {
        "object_id": own,
        "id": own,
        "attachment_id": scene.ordinary.file.pk,
        "message_id": scene.ordinary.failed.pk if "resend" in route.pattern else scene.ordinary.message.pk,
        "way_name": "request_instructions",
        "act_name": "assign",
        "key": "no_scan",
        "token": scene.link,
        "slug": "mail",
        "step_name": STEPS.get(page[2], "") if page else "confirm",
        "content_type_id": "1",
        "ticket_id": scene.ordinary.ticket.pk,
        "kind": "booking",
        "work_id": scene.ids["logistics.inboundbooking"],
        "shipment_id": scene.ids["logistics.shipment"],
        "uidb64": "MQ",
        "name": "operations",
        "view_id": "1",
    }
    if route.pattern.endswith("/release/"):
        known["object_id"] = scene.ids["tickets.page to release"]
    if "/r/" in route.pattern:
        known["object_id"] = "1"
    path = re.sub(r"\(\?P<app_label>[^)]*\)", "tickets", route.pattern)
    path = path.replace("(?P<url>.*)", "nowhere")
    return "/" + _CONVERTED.sub(lambda found: str(known[found[1]]), path)


def body(route: Route, scene: Scene) -> dict[str, Any]:
    """A body that would do something, for whoever is let."""
    path, page = route.pattern, _ADMIN_PAGE.match(route.pattern)
    own = scene.ids.get(f"{page[1]}.{page[2]}", "") if page else ""
    if route.variant:
        chosen = {"action": route.variant, "_selected_action": [own]}
        return chosen | {"to_status": "delivered", "to_reason": "", "to_fault": "nobody"}
    if path.endswith("/delete/"):
        return {"post": "yes"}
    secret = {"password1": "correct horse two", "password2": "correct horse two", "usable_password": "true"}
    person = {"email": "new@clearway.example", "full_name": "New", "language": "en", "time_zone": "UTC"}
    ticket = "admin/tickets/ticket/<int:object_id>/"
    rule = "admin/tickets/rule/<int:object_id>/"
    work = {"partner": scene.ids["warehouse"], "lines-0-item": "CUP", "lines-0-units": "1", "lines-0-counted": "1"}
    sent = {"expected_at": "2030-01-07T08:00", "recipient": "New", "address": "New", "country": "ES"}
    if page and page[1] == "logistics" and page[2] in STEPS and path.endswith(("/add/", "/step/<slug:step_name>/")):
        return work | sent
    written = {
        "name": "New rule",
        "trigger": "event",
        "events": ["opened"],
        "actions": '[{"action": "add_tag", "inputs": {"tag": "hot"}}]',
        "order": "1",
        "cap_per_hour": "1",
        "version": "1",
    }
    bodies: dict[str, dict[str, Any]] = {
        "admin/tickets/claim/<int:object_id>/step/<slug:step_name>/": {"answer": "New"},
        "admin/tickets/claimterms/add/": {
            "file_within_days": "9",
            "answer_within_days": "9",
            "appeal_within_days": "9",
            "counted_from": "noticed",
            "carrier": "",
        },
        "admin/tickets/ticket/bulk/": {"act": "priority", "priority": "1", "ids": [scene.ordinary.ticket.pk]},
        "admin/tickets/ticket/add/": {"kind": "inquiry", "priority": "3", "summary": "By hand"},
        "admin/tickets/ticket/template-preview/": {
            "reference": scene.ordinary.ticket.reference,
            "language": "en",
            "audience": "customer",
            "text": "Hello {customer_name}",
        },
        f"{ticket}write/": {"audience": "note", "text": "A note"},
        f"{ticket}way/<slug:way_name>/": {"problem": "absent"},
        f"{ticket}act/<slug:act_name>/": {"assignee": "", "team": scene.ids["tickets.team"]},
        f"{rule}switch/": {"on": "1", "sure": "1"},
        f"{rule}restore/": {"number": "1", "version": "1"},
        "admin/tickets/rule/switch-all/": {"on": "0"},
        "admin/tickets/rule/add/": written,
        f"{rule.replace('int', 'path')}change/": written,
        "admin/tickets/rule/sentence/": written,
        f"{rule}sentence/": written,
        "admin/tickets/rule/backtest/": written,
        f"{rule}backtest/": written,
        "admin/logistics/apikey/add/": {"user": scene.ids["common.user"], "name": "New key", "scopes": ["read"]},
        "admin/logistics/apikey/<int:object_id>/rotate/": {"overlap": "7"},
        "admin/channels_integrations/webhooksubscription/add/": {
            "partner": scene.ids["logistics.partner"],
            "url": "https://hooks.example.com/new",
        },
        "admin/channels_integrations/webhooksubscription/<path:object_id>/change/": {
            "url": "https://hooks.example.com/other"
        },
        "admin/channels_integrations/webhooksubscription/<int:object_id>/replay/": {"hours": "24"},
        "admin/common/user/add/": person | secret,
        "admin/common/businesscalendar/<path:object_id>/day/": {"date": "2026-12-25", "act": "open"},
        "admin/common/user/<id>/password/": secret,
        "admin/auth/group/add/": {"name": "New role"},
        "admin/tickets/page/reach/": {"act": "email"},
        "partner/forgotten/": {"email": "nobody@partner.example"},
        "admin/logistics/partner/<path:object_id>/invite/": {"contact": scene.ids["contact"]},
        "admin/tickets/page/<int:object_id>/release/": {"act": "dismiss"},
    }
    if path in bodies:
        return bodies[path]
    if page and path == page[0]:
        return {"action": "delete_selected", "_selected_action": [own], "post": "yes"}
    return {"language": "en", "name": "Changed", "instruction": "pickup"}


type Sessions = dict[str, str]


def sessions() -> Sessions:
    """Everybody's session, by role; empty for whoever has not signed in."""
    found = {}
    for role in ROLES:
        cookie = browser_of(role).cookies.get(settings.SESSION_COOKIE_NAME)
        found[role] = cookie.value if cookie else ""
    return found


def walk(scene: Scene, route: Route, session_of: Sessions) -> Iterator[tuple[str, str, Answer]]:
    """Everybody by every method: role, method, answer. What was done is undone again."""
    where = address(route, scene)
    client = Client(raise_request_exception=False)
    for role, session in session_of.items():
        for method in METHODS if not route.variant else ("POST",):
            client.cookies.clear()
            if session:
                client.cookies[settings.SESSION_COOKIE_NAME] = session
            yield role, method, knock(client, method, where, body(route, scene) if method == "POST" else {})


def knock(client: Client, method: str, where: str, data: dict[str, Any]) -> Answer:
    """One request in a transaction that is undone."""
    with transaction.atomic():
        before = _written()
        response = client.get(where, data) if method == "GET" else client.post(where, data)
        content = b"".join(response) if response.streaming else response.content
        after = _written()
        transaction.set_rollback(True)
    changed = tuple(sorted(name for name, rows in after.items() if rows != before.get(name, 0)))
    letter = _LETTERS.get(response.status_code, str(response.status_code))
    if letter == "3" and response.headers["Location"].startswith(_DOORS):
        letter = "L"
    elif letter == "3" and changed:
        letter = "W"
    return Answer(letter, content.decode("utf-8", "replace"), changed)


def _written() -> dict[str, int]:
    """Rows inserted, changed and deleted by this transaction so far, by table, as the database counts them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {name: rows for name, rows in cursor.fetchall() if name not in NOT_COUNTED}
