"""Walking every address of the API as every kind of caller, at their own objects and at others'.

An address is listed twice: here it is told what it is about, in `api_table.txt` what everybody is answered.

    @case("bookings/<int:pk>/")                       # the pattern below /api/v1/, as urls.py has it
    def booking(world: World, partner: Partner) -> Case:
        found = announce(partner=partner, ...)          # an object of this partner's
        return Case({"pk": found.pk}, bodies={"POST": {"slot": ...}}, marks=(found.reference,))

The function is called for the caller's own partner and for a foreign one. `marks` are words by which the object would
be recognised: none of the foreign one's may stand in any answer to somebody else. A table line names method and
address, then a letter for each of `CALLERS`; run the test, and it prints the line that it saw.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from common.api.views import ApiView
from common.models import User
from logistics.choices import STAFF_SCOPES, PartnerKind, Scope
from logistics.models import ApiKey, Partner
from logistics.services.api_keys import issue_key, revoke_key
from tests.security import api_cases
from tests.security.scene import BACKEND, user_of

PREFIX = "api/v1/"
TABLE_FILE = Path(__file__).parent / "api_table.txt"
CALLERS = {
    "an": "no key",
    "se": "a signed-in administrator without a key",
    "wk": "a key that does not exist",
    "ex": "expired key",
    "rv": "revoked key",
    "ad": "key used from elsewhere",
    "pi": "key of a partner switched off",
    "si": "key of a person switched off",
    "ps": "partner's key without the scope",
    "po": "partner: own",
    "pf": "partner: another partner's",
    "pn": "partner: what does not exist",
    "sn": "integration of a person without a role",
    "st": "integration of an administrator",
}
STRANGERS = ("an", "se", "wk", "ex", "rv", "ad", "pi", "si")
MEANINGS = {
    "2": "answered",
    "W": "done",
    "I": "400",
    "K": "401",
    "F": "403",
    "N": "404",
    "C": "409",
    "U": "422",
    "-": "does not apply",
}
_LETTERS = {400: "I", 401: "K", 403: "F", 404: "N", 409: "C", 422: "U"}
NOT_COUNTED = frozenset({"common_visitcount", "django_session"})
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_WRONG_KEY = f"cw_live_{'a' * 10}_{'b' * 43}"


@dataclass(frozen=True, slots=True)
class Case:
    """An address at one partner's object. ``kwargs`` fill its pattern; without any it is about no object.

    ``bodies`` are what each method is sent, JSON or, where a value is bytes, a form with files. ``naming`` are bodies
    that name the object, sent by another partner: for addresses that take names of objects in their body. ``missing``
    are kwargs of an object that does not exist, where 987654321 or the text with its digits replaced by 9 will not do.
    ``feelers`` are queries by which another partner might look for it; they must find nothing.
    """

    kwargs: Mapping[str, Any] = field(default_factory=dict)
    bodies: Mapping[str, Any] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    naming: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, Any] = field(default_factory=dict)
    feelers: tuple[str, ...] = ()


type Factory = Callable[[World, Partner], Case]
CASES: dict[str, Factory] = {}


def case(pattern: str) -> Callable[[Factory], Factory]:
    """Register what the address below `/api/v1/` with this pattern is about."""

    def register(factory: Factory) -> Factory:
        assert pattern not in CASES, f"{pattern} is listed twice"
        CASES[pattern] = factory
        return factory

    return register


@dataclass(slots=True)
class World:
    """Two partners and everybody's keys. ``staff`` is an administrator."""

    own: Partner
    foreign: Partner
    staff: User
    keys: dict[str, str]
    shared: dict[str, Any] = field(default_factory=dict)
    """For factories: what they make once for several addresses, under a name that begins with their module's."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address and its view."""

    pattern: str
    view: type[ApiView]

    @property
    def methods(self) -> list[str]:
        return [method for method in METHODS if method in self.view.scopes]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a request was answered."""

    letter: str
    status: int
    body: bytes
    written: tuple[str, ...]
    queries: int

    @property
    def told(self) -> Any:
        """The body without what differs from request to request."""
        return re.sub(rb'"request_id":\s*"[^"]*"', b"", self.body)


def load_cases() -> None:
    """Import every module of cases."""
    for module in pkgutil.iter_modules(api_cases.__path__):
        importlib.import_module(f"{api_cases.__name__}.{module.name}")


def routes(resolver: Any = None, before: str = "") -> Iterator[Route]:
    """Every address of the API."""
    for one in (resolver or get_resolver()).url_patterns:
        whole = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, whole)
        elif whole.startswith(PREFIX) and hasattr(one.callback, "view_class"):
            yield Route(whole.removeprefix(PREFIX), one.callback.view_class)


def build_world() -> World:
    """Two partners, and a key for every kind of caller; roles must be set up."""
    now = timezone.now()
    own, foreign, idle = (
        Partner.objects.create(name=name, kind=PartnerKind.WAREHOUSE, time_zone="UTC", is_active=active)
        for name, active in (("Ownhouse", True), ("Otherhouse", True), ("Idlehouse", False))
    )
    admin, roleless, gone = user_of("Ad"), user_of("ng"), user_of("in")
    assert isinstance(admin, User)
    assert isinstance(roleless, User)
    assert isinstance(gone, User)
    partners_scopes = [scope for scope in Scope.values if scope not in STAFF_SCOPES]

    def made(**named: Any) -> tuple[ApiKey, str]:
        usual: dict[str, Any] = {"name": "Walk", "scopes": partners_scopes, "now": now}
        return issue_key(**usual | named)

    expired, expired_text = made(partner=own, expires_at=now + timedelta(hours=1))
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=now - timedelta(hours=1))
    revoked, revoked_text = made(partner=own)
    revoke_key(key=revoked, now=now)
    keys = {
        "wk": _WRONG_KEY,
        "ex": expired_text,
        "rv": revoked_text,
        "ad": made(partner=own, allowed_networks=["192.0.2.0/24"])[1],
        "pi": made(partner=idle)[1],
        "si": _key_of_one_who_left(gone, made),
        "po": made(partner=own)[1],
        "sn": made(user=roleless, scopes=Scope.values)[1],
        "st": made(user=admin, scopes=Scope.values)[1],
    }
    for scope in Scope.values:
        rest = [one for one in partners_scopes if one != scope]
        keys[f"ps {scope}"] = made(partner=own, scopes=rest)[1]
    keys["pf"] = keys["pn"] = keys["po"]
    ApiKey.objects.update(last_used_at=now + timedelta(hours=1))  # the walk writes no use of a key
    return World(own, foreign, admin, keys)


def _key_of_one_who_left(user: User, made: Callable[..., tuple[ApiKey, str]]) -> str:
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.refresh_from_db()
    text = made(user=user, scopes=Scope.values)[1]
    User.objects.filter(pk=user.pk).update(is_active=False)
    return text


def walk(route: Route, world: World, own: Case, foreign: Case) -> Iterator[tuple[str, str, Seen | None]]:
    """Everybody by every method: method, caller, what was seen; None where the caller's question does not arise."""
    for method in route.methods:
        for caller in CALLERS:
            yield method, caller, ask(route, method, caller, world, own, foreign)


def ask(  # noqa: PLR0917 - all of it is one question
    route: Route, method: str, caller: str, world: World, own: Case, foreign: Case, **headers: str
) -> Seen | None:
    """One request of one caller."""
    where, body = own.kwargs, own.bodies.get(method)
    if caller in {"pf", "pn"} and not own.kwargs:
        if caller == "pn" or method not in foreign.naming:
            return None
        body = foreign.naming[method]
    elif caller == "pf":
        where = foreign.kwargs
    elif caller == "pn":
        where = dict(own.missing) or {name: _missing(value) for name, value in own.kwargs.items()}
    name = f"ps {route.view.scopes[method]}" if caller == "ps" else caller
    client = Client(raise_request_exception=False)
    if caller == "se":
        client.force_login(world.staff, backend=BACKEND)
    if name in world.keys:
        headers["authorization"] = f"Bearer {world.keys[name]}"
    return knock(client, method, address(route, where), body, headers)


def address(route: Route, kwargs: Mapping[str, Any]) -> str:
    """The address with its kwargs filled in."""
    return f"/{PREFIX}" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(kwargs[found[1]]), route.pattern)


_strangers = iter(range(10**9))


def knock(client: Client, method: str, where: str, body: Any, headers: Mapping[str, str]) -> Seen:
    """One request in a transaction that is undone; each from an address of its own, so that nobody is throttled."""
    number = next(_strangers)
    sender = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    sent: dict[str, Any] = {"headers": dict(headers), "REMOTE_ADDR": sender}
    if isinstance(body, dict) and any(isinstance(value, bytes) for value in body.values()):
        parts = {
            name: SimpleUploadedFile("paper.pdf", value, "application/pdf") if isinstance(value, bytes) else value
            for name, value in body.items()
        }
        sent["data"] = parts if method == "POST" else None
    elif method != "GET" and body is not None:
        sent |= {"data": json.dumps(body, default=str), "content_type": "application/json"}
    with transaction.atomic():
        before = _written()
        with CaptureQueriesContext(connection) as queries:
            response = getattr(client, method.lower())(where, **sent)
            content = b"".join(response) if response.streaming else response.content
        after = _written()
        transaction.set_rollback(True)
    changed = tuple(sorted(name for name, rows in after.items() if rows != before.get(name, 0)))
    letter = _LETTERS.get(response.status_code, str(response.status_code))
    if 200 <= response.status_code < 300:
        letter = "W" if changed else "2"
    return Seen(letter, response.status_code, content, changed, len(queries))


def read_table() -> dict[tuple[str, str], str]:
    """Address and method → a letter for each of ``CALLERS``."""
    found = {}
    for line in TABLE_FILE.read_text().splitlines():
        if line and not line.startswith("#"):
            method, pattern, letters = line.split()
            found[pattern, method] = letters
    return found


def section() -> list[str]:
    """The table as a section of the page that shows who may open what."""
    meanings = ", ".join(f"`{letter}` {meaning}" for letter, meaning in MEANINGS.items())
    lines = [
        "",
        "## The API",
        "",
        (
            "Every method of every address, for every kind of caller. `tests/security/test_api_access.py` walks all of "
            "it: a refusal changes nothing, what is another partner's is answered like what does not exist, and no "
            "answer holds a word of it."
        ),
        "",
        f"{meanings}.",
        "",
        "| method | address | " + " | ".join(CALLERS.values()) + " |",
        "|---" * (len(CALLERS) + 2) + "|",
    ]
    for (pattern, method), letters in sorted(read_table().items()):
        lines.append(f"| {method} | `{pattern}` | " + " | ".join(letters) + " |")
    return lines


def _missing(value: Any) -> Any:
    return 987_654_321 if isinstance(value, int) else re.sub(r"\d", "9", str(value))


def _written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {name: rows for name, rows in cursor.fetchall() if name not in NOT_COUNTED}
