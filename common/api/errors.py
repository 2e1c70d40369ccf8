"""Refusals as `application/problem+json` (RFC 9457), and the catalogue of their codes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from common.api.requests import request_id
from common.errors import DomainError, InvalidInput

logger = logging.getLogger(__name__)
CATALOGUE_PATH = "/api/docs/errors"
PROBLEM_TYPE = "application/problem+json"
WHOLE_BODY = "body"
"""The name under which stands what is wrong with all of a body, and not with one field."""


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """A line of the catalogue: a stable code, its status, a title, and what to do about it."""

    code: str
    status: int
    title: Any
    advice: Any


CATALOGUE: dict[str, ErrorKind] = {}


def declare(code: str, *, status: int, title: Any, advice: Any) -> None:
    """Add a code to the catalogue. Title and advice are lazily translated sentences for programmers."""
    CATALOGUE[code] = ErrorKind(code, status, title, advice)


class ApiProblem(DomainError):
    """A refusal of the API itself. ``headers`` go into its answer."""

    def __init__(self, message: Any = "", *, code: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, code=code)
        self.headers = dict(headers or {})


class PreconditionFailed(ApiProblem):
    """`If-Match` does not name the present state."""

    code = "precondition_failed"


def problem(
    code: str,
    *,
    detail: Any = "",
    errors: Mapping[str, list[str]] | None = None,
    status: int = 0,
) -> dict[str, Any]:
    """The members of a problem. A code that is in no catalogue is one of a rule that did not hold: 409."""
    kind = CATALOGUE.get(code)
    found: dict[str, Any] = {
        "type": f"{CATALOGUE_PATH}#{code}",
        "title": str(kind.title) if kind else str(_("The request cannot be met.")),
        "status": status or (kind.status if kind else 409),
        "detail": str(detail or (kind.advice if kind else "")),
        "code": code,
        "request_id": request_id(),
    }
    if errors:
        found["errors"] = dict(errors)
    return found


def problem_of(error: Exception) -> tuple[dict[str, Any], dict[str, str]]:
    """The problem and the headers with which an error is answered."""
    if isinstance(error, DomainError):
        headers = error.headers if isinstance(error, ApiProblem) else {}
        errors = (
            {str(name): [str(one) for one in said] for name, said in error.data.items()}
            if isinstance(error, InvalidInput) and all(isinstance(said, list) for said in error.data.values())
            else None
        )
        return problem(error.code, detail=error.message, errors=errors), headers
    if isinstance(error, exceptions.ValidationError):
        return problem("invalid_input", errors=dict(_flat(error.detail))), {}
    if isinstance(error, DjangoValidationError):
        return problem("invalid_input", errors={WHOLE_BODY: [str(one) for one in error.messages]}), {}
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    for types, code in _BY_TYPE:
        if isinstance(error, types):
            return problem(code), {"Retry-After": "5"} if code == "unavailable" else {}
    return problem("internal_error"), {}


def answer_to(error: Exception, context: Mapping[str, Any] | None = None) -> Response:
    """The handler of REST framework: every error becomes a problem; one that nobody expected is logged."""
    body, headers = problem_of(error)
    if body["status"] >= 500:
        logger.error("a request of the API failed", exc_info=error)
    if body["status"] == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="clearway"')
    return Response(body, status=body["status"], headers=headers, content_type=PROBLEM_TYPE)


def refusal(code: str, *, detail: Any = "", headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A problem as an answer from outside of any view."""
    body = problem(code, detail=detail)
    raw = JSONRenderer().render(body)
    return HttpResponse(raw, status=body["status"], headers=dict(headers or {}), content_type=PROBLEM_TYPE)


def _of_framework(error: exceptions.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    if isinstance(error, exceptions.Throttled):
        seconds = str(max(1, int(getattr(error, "wait", None) or 1)))
        return problem("rate_limited"), {"Retry-After": seconds}
    code = next((code for types, code in _FRAMEWORK if isinstance(error, types)), "invalid_input")
    # What the framework says itself is for its programmers; what we say is a sentence of ours.
    own = isinstance(error, exceptions.AuthenticationFailed | exceptions.NotAuthenticated | exceptions.ParseError)
    return problem(code, detail=error.detail if own else "", status=error.status_code), {}


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Errors of nested fields by their path: `lines.0.quantity`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            where = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from _flat(inner, where)
    elif isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        for number, inner in enumerate(detail):
            if inner:
                yield from _flat(inner, f"{path}.{number}" if path else str(number))
    else:
        yield path or WHOLE_BODY, [str(one) for one in detail] if isinstance(detail, list) else [str(detail)]


_FRAMEWORK: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NotAuthenticated, "not_authenticated"),
    (exceptions.AuthenticationFailed, "authentication_failed"),
    (exceptions.PermissionDenied, "permission_refused"),
    (exceptions.NotFound, "not_found"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.NotAcceptable, "not_acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (exceptions.ParseError, "malformed"),
)
_BY_TYPE: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (Http404, "not_found"),
    (PermissionDenied, "permission_refused"),
    (RequestDataTooBig, "too_large"),
    ((SuspiciousOperation, BadRequest), "malformed"),
    (DataError, "invalid_input"),  # a number or a text beyond what its column holds
    ((OperationalError, InterfaceError), "unavailable"),
)

declare(
    "invalid_input",
    status=400,
    title=_("Some of what was sent cannot be used."),
    advice=_("The member “errors” says for each field what is wrong. Correct it and send the request again."),
)
declare(
    "malformed",
    status=400,
    title=_("The request is not well formed."),
    advice=_("Send JSON as RFC 8259 has it: UTF-8, each name once in an object, no NaN, not nested too deeply."),
)
declare(
    "invalid_cursor",
    status=400,
    title=_("The cursor is none of ours."),
    advice=_("Take cursors from “next” as they are, and keep the same ordering. Begin anew without a cursor."),
)
declare(
    "not_authenticated",
    status=401,
    title=_("The request has no key."),
    advice=_("Send a key: “Authorization: Bearer cw_live_…”."),
)
declare(
    "authentication_failed",
    status=401,
    title=_("The key does not work."),
    advice=_("It is mistyped, expired, revoked, or must not be used from this address. Ask whoever issued it."),
)
declare(
    "permission_refused",
    status=403,
    title=_("The key may not do this."),
    advice=_("The key lacks a scope, or the person whom it acts for lacks a permission. Ask whoever issued it."),
)
declare(
    "not_found",
    status=404,
    title=_("There is nothing here, or nothing for you."),
    advice=_("Look at the address: identifiers come from our answers, and addresses end with a slash."),
)
declare(
    "method_not_allowed",
    status=405,
    title=_("This address does not know the method."),
    advice=_("The schema says which methods an address knows."),
)
declare(
    "not_acceptable",
    status=406,
    title=_("No such format is spoken here."),
    advice=_("Accept application/json."),
)
declare(
    "idempotency_in_progress",
    status=409,
    title=_("A request with this Idempotency-Key is being worked on."),
    advice=_("Wait a moment and send it again: you will be given its answer."),
)
declare(
    "precondition_failed",
    status=412,
    title=_("It was changed meanwhile."),
    advice=_("Read it again, look whether your change still makes sense, and send it with the new ETag."),
)
declare(
    "too_large",
    status=413,
    title=_("The request is too large."),
    advice=_("Send less at once: the schema names the limits."),
)
declare(
    "unsupported_media_type",
    status=415,
    title=_("The body's media type is not known here."),
    advice=_("Send application/json; files as multipart/form-data."),
)
declare(
    "idempotency_key_reused",
    status=422,
    title=_("This Idempotency-Key was used for another request."),
    advice=_("Make a new key for each new request; repeat one only with the very same method, address and body."),
)
declare(
    "rate_limited",
    status=429,
    title=_("Too many requests."),
    advice=_("Wait as many seconds as Retry-After says."),
)
declare(
    "internal_error",
    status=500,
    title=_("Something broke on our side."),
    advice=_("Nothing was changed. Send the request again later; tell us its request id when it stays so."),
)
declare(
    "unavailable",
    status=503,
    title=_("We cannot answer at the moment."),
    advice=_("Nothing was changed. Wait as many seconds as Retry-After says and send the request again."),
)
