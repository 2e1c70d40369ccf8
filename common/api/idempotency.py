"""Writes that may be sent twice: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).

The stored answer is written in the transaction of the write itself, under an advisory lock of caller and key. So one of
several equal requests runs and the others are told 409 meanwhile; a process that dies takes lock and transaction with
it, and nothing is claimed for ever; and no write happens whose answer is not there to be given again.

Refusals are not stored, since nothing happened: the same key may be sent again with a corrected body.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.caller import Caller
from common.api.errors import ApiProblem
from common.crypto import seal, unseal
from common.errors import InvalidInput
from common.models import IdempotentAnswer

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
LONGEST_KEY = 255
REPLAYED = "Idempotency-Replayed"
_KEPT_HEADERS = ("Content-Type", "ETag", "Location", "Deprecation", "Sunset", "Link")
# Written out: every write of the API runs them. Two statements in one trip: the second looks when the lock is held.
_LOCK = """
SELECT pg_try_advisory_xact_lock(%s);
SELECT EXISTS (SELECT FROM common_idempotentanswer WHERE caller = %s AND key = %s)
"""
_KEEP = """
INSERT INTO common_idempotentanswer (caller, key, request_hash, status, headers, body, created_at)
VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s)
"""


def idempotency_key(request: Request) -> str:
    """The request's key, empty without one. Raises InvalidInput for one that is none."""
    key = request.headers.get(HEADER, "").strip()
    if key and (len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable()):
        raise InvalidInput(data={HEADER: [_("At most 255 printable ASCII characters.")]})
    return key


def answer_once(
    request: Request, caller: Caller, key: str, *, run: Callable[[], HttpResponse], now: datetime
) -> HttpResponse:
    """Run a write unless its answer is there already. An error undoes all that ``run`` did and is stored nowhere.

    Raises ApiProblem: `idempotency_in_progress` (409), `idempotency_key_reused` (422).
    """
    owner = f"partner {caller.partner_id}" if caller.is_partner else f"user {caller.user.pk if caller.user else 0}"
    asked = _hash(request)
    with transaction.atomic():
        is_ours, is_known = _lock(owner, key)
        if not is_ours:
            raise ApiProblem(code="idempotency_in_progress", headers={"Retry-After": "1"})
        stored = IdempotentAnswer.objects.filter(caller=owner, key=key).first() if is_known else None
        if stored is not None and stored.created_at <= now - KEPT:
            stored.delete()
            stored = None
        if stored is not None:
            if bytes(stored.request_hash) != asked:
                raise ApiProblem(code="idempotency_key_reused")
            return _again(stored)
        response = run()
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        if isinstance(response, Response):
            response.render()
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        body = seal(response.content)  # it may show a secret, this once
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [owner, key, asked, response.status_code, json.dumps(headers), body, now])
    return response


def forget_old(*, now: datetime) -> int:
    """Remove answers that nobody may ask for again. How many."""
    return IdempotentAnswer.objects.filter(created_at__lte=now - KEPT).delete()[0]


def _again(stored: IdempotentAnswer) -> HttpResponse:
    answer = HttpResponse(unseal(bytes(stored.body)), status=stored.status)
    for name, value in stored.headers.items():
        answer.headers[name] = value
    answer.headers[REPLAYED] = "true"
    return answer


def _lock(owner: str, key: str) -> tuple[bool, bool]:
    """Whether nobody else is at it, and whether there is an answer already."""
    digest = hashlib.sha256(f"idempotency {owner} {key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [int.from_bytes(digest[:8], signed=True), owner, key])
        (is_ours,) = cursor.fetchone()
        cursor.nextset()
        (is_known,) = cursor.fetchone()
        return is_ours, is_known


def _hash(request: Request) -> bytes:
    """What makes two requests the same: method, address, body. A form's parts count, not how they were put together."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type.startswith("multipart/"):
        form: Any = request.data
        for name, values in sorted(form.lists()):
            for value in values:
                found.update(f"{len(name)} {name} ".encode())
                found.update(_content(value))
    else:
        found.update(request._request.body)  # noqa: SLF001 - what was sent, before it was read
    return found.digest()


def _content(value: Any) -> bytes:
    if isinstance(value, UploadedFile):
        inner = hashlib.sha256(f"{value.name} {value.content_type}\n".encode())
        for chunk in value.chunks():
            inner.update(chunk)
        value.seek(0)
        return inner.digest()
    return hashlib.sha256(str(value).encode()).digest()
