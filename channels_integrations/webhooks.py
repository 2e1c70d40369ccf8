"""The entrance for providers: ``POST /webhooks/<slug>/`` verifies, keeps, answers. Understanding comes later.

Nothing here needs a session, a language or a person, so ``WebhookMiddleware`` takes these requests out of the line
before the middleware that does.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from channels_integrations import providers
from channels_integrations.contract import Adapter
from channels_integrations.payload import hash_key
from channels_integrations.services.storing import Incoming, incoming, store_events, store_malformed
from common.errors import InvalidInput, MalformedPayload, SignatureRefused
from common.models import Connection

logger = logging.getLogger(__name__)

PREFIX = "/webhooks/"
KEEP_SECONDS = 3.0
"""How long a connection may be used after it was changed elsewhere."""
_MOST_KEPT = 1_000
_SLUG = re.compile(r"/webhooks/([-a-zA-Z0-9_]{1,50})/?")

type Known = tuple[Connection, Adapter] | None
_known: dict[str, tuple[float, Known]] = {}


class WebhookMiddleware:
    """Answers webhooks at once; everything else goes on down the line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take a webhook out of the line."""
        path = request.path_info
        if path.startswith(PREFIX) and (found := _SLUG.fullmatch(path)):
            return receive(request, found[1])
        return self.get_response(request)


@csrf_exempt
def receive(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what a provider sent. 200 stored or duplicate; 400 unreadable (kept all the same); 403, 404, 405, 413."""
    if request.method != "POST":
        response = _answer(405, error="method_not_allowed", message="Webhooks are sent by POST.")
        response.headers["Allow"] = "POST"
        return response
    known = _connection(slug)
    if known is None:
        return _answer(404, error="not_found", message="There is no such webhook.")
    account, adapter = known
    body = _body(request, adapter.capabilities.body_limit)
    if body is None:
        limit = adapter.capabilities.body_limit
        return _answer(413, error="too_large", message=f"The body is larger than {limit} bytes.")
    try:
        adapter.verify(account, _headers(request.META), body)
    except SignatureRefused as refused:
        logger.warning("a request to the webhook of %s was refused: %s", slug, refused.message)
        return _answer(403, error="signature_refused", message="The signature or secret does not fit.")
    return _keep(account, adapter, body)


def forget_connections() -> None:
    """Read connections anew at their next request; called when one changed in this process."""
    _known.clear()


def _keep(account: Connection, adapter: Adapter, body: bytes) -> HttpResponse:
    now = timezone.now()
    try:
        try:
            envelopes = adapter.envelopes(account, body)
        except MalformedPayload as malformed:
            event = Incoming(hash_key(body), "", body)
            store_malformed(connection=account, event=event, detail=malformed.message, now=now)
            return _answer(400, error="malformed", message=malformed.message)
        stored = store_events(connection=account, events=incoming(envelopes, body), now=now)
    except DatabaseError:
        logger.exception("a payload for %s could not be kept", account.slug)
        return _answer(503, error="unavailable", message="The payload could not be kept. Send it again later.")
    return _answer(200, status="stored" if stored else "duplicate")


def _connection(slug: str) -> Known:
    at, known = _known.get(slug, (float("-inf"), None))
    now = time.monotonic()
    if now - at < KEEP_SECONDS:
        return known
    account = Connection.objects.filter(slug=slug, is_active=True).first()
    known = None
    if account is not None:
        try:
            adapter = providers.get(account.provider)
        except InvalidInput:
            logger.error("the connection %s is of a provider that this program does not know", slug)
        else:
            known = (account, adapter) if adapter.capabilities.webhook else None
    if len(_known) >= _MOST_KEPT:
        _known.clear()  # somebody tries names
    _known[slug] = (now, known)
    return known


def _body(request: HttpRequest, limit: int) -> bytes | None:
    """The raw body, None when it is larger than ``limit`` bytes. A body in chunks has no length beforehand."""
    declared = request.META.get("CONTENT_LENGTH") or ""
    if declared.isascii() and declared.isdigit():
        if int(declared) > limit:
            return None
        return request.read(int(declared))
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        body: bytes = request.META["wsgi.input"].read(limit + 1)
        return body if len(body) <= limit else None
    return b""


def _headers(meta: Mapping[str, Any]) -> dict[str, str]:
    """Header names in lower case with dashes, as adapters look for them."""
    headers = {name[5:].replace("_", "-").lower(): value for name, value in meta.items() if name.startswith("HTTP_")}
    headers["content-type"] = meta.get("CONTENT_TYPE", "")
    return headers


def _answer(code: int, /, **content: str) -> HttpResponse:
    response = JsonResponse(content, status=code)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Length"] = str(len(response.content))  # the middleware that does this is passed by
    return response
