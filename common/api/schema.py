"""The schema (OpenAPI 3.1), drawn from views, what ``documented`` says of their methods, and the error catalogue."""

from __future__ import annotations

import re
from collections import defaultdict
from copy import deepcopy
from http import HTTPStatus
from typing import Any, ClassVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, build_media_type_object
from rest_framework import serializers

from common.api.documented import Documented
from common.api.errors import CATALOGUE, PROBLEM_TYPE, problem
from common.api.filter_schema import parameters_of
from common.api.inputs import Input

_ALWAYS = ("invalid_input", "not_authenticated", "authentication_failed", "permission_refused", "rate_limited")
_EVERYWHERE = ("internal_error", "unavailable")
_WRITES = ("malformed", "idempotency_in_progress", "idempotency_key_reused")
_WITH_BODY = ("too_large", "unsupported_media_type")
_HEADERS = ("X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


class Problem(serializers.Serializer):  # type: ignore[type-arg]
    """Why a request was refused (RFC 9457). `code` is stable; `detail` is a sentence in the caller's language."""

    type = serializers.CharField(help_text="Where the code is explained.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    request_id = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment] # a field, not the errors of reading
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Sentences by field; the fields of an item of a list are named like lines.0.quantity.",
    )


class ApiSchema(AutoSchema):
    """One address in the schema."""

    method: str
    view: Any

    @property
    def _said(self) -> Documented:
        handler = getattr(self.view, self.method.lower())
        said = getattr(handler, "documented", None)
        if not isinstance(said, Documented):
            raise TypeError(f"{type(self.view).__name__}.{self.method.lower()} is not @documented")
        return said

    def is_excluded(self) -> bool:
        return self.method == "HEAD"

    def get_operation_id(self) -> str:
        return self._said.operation_id

    def get_summary(self) -> str | None:
        return str(self._said.summary) or self._paragraphs()[0] or None

    def get_description(self) -> str:  # type: ignore[override]
        """The docstring of the method, and the scope that it asks for."""
        scope = self.view.scopes[self.method]
        text = "\n\n".join(self._paragraphs() if self._said.summary else self._paragraphs()[1:])
        return f"{text}\n\nScope: `{scope}`.".strip()

    def _paragraphs(self) -> list[str]:
        text = (getattr(self.view, self.method.lower()).__doc__ or "").strip()
        return [" ".join(part.split()) for part in text.split("\n\n")]

    def get_tags(self) -> list[str]:
        return [self._said.tag or self.path.removeprefix("/api/v1/").partition("/")[0]]

    def is_deprecated(self) -> bool:
        return hasattr(getattr(self.view, self.method.lower()), "deprecation_headers")

    def get_extensions(self) -> dict[str, Any]:
        return {"x-scope": str(self.view.scopes[self.method])}

    def _get_parameters(self) -> list[dict[str, Any]]:
        said, found = self._said, self._path_parameters()
        is_read = self.method == "GET"
        if is_read and said.many:
            found += [_query("cursor", {"type": "string", "maxLength": 2000}, "Where to go on: as `next` has it.")]
            size = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
            found += [_query("limit", size, "Rows of a page.")]
            known = list(self.view.orderings)
            found += [_query("ordering", {"type": "string", "enum": known, "default": known[0]}, "Order of the rows.")]
            if self.view.filters is not None:
                found += parameters_of(self.view.filters)
        names = self.view.parameters
        if "fields" in names and (said.many or said.answer is not None) and said.media_type == "application/json":
            found += [
                _query(
                    "fields",
                    {"type": "string", "maxLength": 1000},
                    "Fields to answer, separated by commas; all without.",
                )
            ]
        if said.versioned:
            header, text = (
                ("If-None-Match", "Answer 304 when this is still the ETag.")
                if is_read
                else ("If-Match", "Refuse with 412 unless this is still the ETag.")
            )
            found += [_header(header, text)]
        if not is_read:
            text = "Repeat a request with the same key, and it is done once: its answer is kept for 24 hours."
            found += [
                _header(
                    "Idempotency-Key",
                    text,
                    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!-~]([ -~]*[!-~])?$"},
                )
            ]
        return [*found, *getattr(self.view, "extra_parameters", {}).get(self.method, [])]

    def _path_parameters(self) -> list[dict[str, Any]]:
        names = re.findall(r"{(\w+)}", self.path)
        found: list[dict[str, Any]] = self._resolve_path_parameters(names)  # type: ignore[no-untyped-call]
        return found

    def _get_request_body(self, direction: Any = "request") -> dict[str, Any] | None:
        said = self._said
        if said.body is None or self.method not in {"POST", "PUT", "PATCH", "DELETE"}:
            return None
        content = {said.body_media_type: _content(self._schema(said.body, "request"), said.body_example)}
        return {"content": content, "required": True}

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        said = self._said
        found = {str(said.status): self._answer(said)}
        for status, described in said.more_answers.items():
            content = (
                {}
                if described is None
                else {"content": {"application/json": _content(self._schema(described, "response"))}}
            )
            found[str(status)] = {"description": HTTPStatus(status).phrase, **content, "headers": _headers()}
        if said.versioned and self.method == "GET":
            found["304"] = {"description": "Not changed since the ETag that was sent.", "headers": _headers()}
        by_status: dict[int, list[str]] = defaultdict(list)
        for code in self._codes(said):
            by_status[CATALOGUE[code].status].append(code)
        for status, codes in sorted(by_status.items()):
            found[str(status)] = self._refusal(codes)
        return found

    def _codes(self, said: Documented) -> list[str]:
        codes = list(_ALWAYS)
        if said.many:
            codes.append("invalid_cursor")
        if "{" in self.path:
            codes.append("not_found")
        if self.method != "GET":
            codes += _WRITES
        if said.body is not None:
            codes += _WITH_BODY
        if said.versioned and self.method != "GET":
            codes.append("precondition_failed")
        return list(dict.fromkeys([*codes, *said.problems, *_EVERYWHERE]))

    def _answer(self, said: Documented) -> dict[str, Any]:
        headers = _headers()
        if said.versioned:
            headers["ETag"] = {"$ref": "#/components/headers/ETag"}
        if said.status == 201:
            headers["Location"] = {"$ref": "#/components/headers/Location"}
        found: dict[str, Any] = {"description": HTTPStatus(said.status).phrase, "headers": headers}
        if said.answer is not None:
            schema = self._schema(said.answer, "response")
            if said.many:
                schema = self._page(said.answer, schema)
            types = filter(None, (said.media_type, said.other_media_type))
            found["content"] = {media_type: _content(schema, said.answer_example) for media_type in types}
        return found

    def _page(self, answer: Any, row: dict[str, Any]) -> dict[str, Any]:
        name = self._get_serializer_name(answer() if isinstance(answer, type) else answer, "response") + "Page"
        schema = {
            "type": "object",
            "properties": {
                "results": {"type": "array", "items": row},
                "next": {"type": ["string", "null"], "format": "uri", "description": "Address of the next page."},
            },
            "required": ["results", "next"],
        }
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name
        )
        self.registry.register_on_missing(component)
        return component.ref

    def _refusal(self, codes: list[str]) -> dict[str, Any]:
        component = self.resolve_serializer(Problem, "response")
        kinds = [CATALOGUE[code] for code in codes]
        examples = {
            kind.code: {"summary": str(kind.title), "value": {**problem(kind.code), "request_id": "4f0c1c6d"}}
            for kind in kinds
        }
        headers = _headers()
        if kinds[0].status in {429, 503}:
            headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
        return {
            "description": " ".join(f"`{kind.code}`: {kind.title}" for kind in kinds),
            "headers": headers,
            "content": {PROBLEM_TYPE: {"schema": component.ref, "examples": examples}},
        }

    def _schema(self, described: Any, direction: Any) -> dict[str, Any]:
        if isinstance(described, dict):
            return deepcopy(described)  # hooks change what they are given, and the next schema is made from the same
        if isinstance(described, serializers.ListSerializer):
            return {"type": "array", "items": self._schema(described.child, direction)}
        found = self.resolve_serializer(described, direction)
        reference: dict[str, Any] = found.ref
        return reference


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a key is sent."""

    target_class = "common.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "cw_live_…",
            "description": "A key of a partner or of an integration.",
        }


class StrictInput(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says that fields which are not named are refused."""

    target_class = Input
    match_subclasses: ClassVar[bool] = True  # type: ignore[misc]

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        found: dict[str, Any] = auto_schema._map_serializer(  # noqa: SLF001 - the library's own way for extensions
            self.target, direction, bypass_extensions=True
        )
        return {**found, "additionalProperties": False} if direction == "request" else found


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add what belongs to no address: headers, and the catalogue of errors."""
    _forget_marks(result)
    components = result.setdefault("components", {})
    components["headers"] = {
        "X-Request-Id": _described("string", "The request's name: yours when you sent one. Tell it when you ask us."),
        "RateLimit-Limit": _described("integer", "Requests a minute."),
        "RateLimit-Remaining": _described("integer", "What is left of them."),
        "RateLimit-Reset": _described("integer", "Seconds until they are counted anew."),
        "Retry-After": _described("integer", "Seconds to wait."),
        "ETag": _described("string", "Names this state of it, for If-Match and If-None-Match."),
        "Location": _described("string", "Where it is found."),
    }
    result["x-error-catalogue"] = [
        {"code": kind.code, "status": kind.status, "title": str(kind.title), "advice": str(kind.advice)}
        for kind in sorted(CATALOGUE.values(), key=lambda kind: (kind.status, kind.code))
    ]
    return result


def _forget_marks(part: Any) -> None:
    """Choices stay where they are used: a `state` means something else for each kind of thing."""
    if isinstance(part, dict):
        part.pop("x-spec-enum-id", None)
        for inner in part.values():
            _forget_marks(inner)
    elif isinstance(part, list):
        for inner in part:
            _forget_marks(inner)


def only_ours(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """The addresses that the schema is about."""
    return [entry for entry in endpoints if entry[0].startswith("/api/v1/") and not entry[0].endswith("{rest}")]


def _headers() -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}


def _described(kind: str, text: str) -> dict[str, Any]:
    return {"schema": {"type": kind}, "description": text}


def _content(schema: dict[str, Any], example: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = build_media_type_object(schema)
    if example is not None:
        found["examples"] = {"usual": {"value": example}}
    return found


def _query(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    return {"in": "query", "name": name, "schema": schema, "description": text}


def _header(name: str, text: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"in": "header", "name": name, "schema": schema or {"type": "string"}, "description": text}
