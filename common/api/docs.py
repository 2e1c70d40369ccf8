"""The schema as a document, and pages that show it: all of it from this site, without inline script."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from common.api.errors import CATALOGUE

_JSON = "application/vnd.oai.openapi+json"
_YAML = "application/vnd.oai.openapi"


def schema_document() -> dict[str, Any]:
    """The schema in the language at hand, made anew. Whoever serves it keeps it."""
    generator: Any = SchemaGenerator  # the library has no types here
    found: dict[str, Any] = generator().get_schema(request=None, public=True)
    return found


@lru_cache(maxsize=8)
def _written(language: str, kind: str) -> tuple[bytes, str]:
    with translation.override(language):
        document = schema_document()
    if kind == _YAML:
        text = yaml.safe_dump(json.loads(json.dumps(document, default=str)), sort_keys=False, allow_unicode=True)
    else:
        text = json.dumps(document, default=str, ensure_ascii=False)
    raw = text.encode()
    return raw, f'"{hashlib.sha256(raw).hexdigest()[:24]}"'


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON; as YAML for whoever accepts that, or with `?format=yaml`."""
    accepted = request.headers.get("Accept", "")
    wants_yaml = request.GET.get("format") == "yaml" or (_YAML in accepted and _JSON not in accepted)
    kind = _YAML if wants_yaml else _JSON
    raw, etag = _written(get_language() or "en", kind)
    headers = {"ETag": etag, "Cache-Control": "public, max-age=300", "Vary": "Accept, Accept-Language, Cookie"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(raw, content_type=f"{kind}; charset=utf-8", headers=headers)


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """The schema as pages on which every address can be tried."""
    return render(request, "common/api/reference.html")


@require_safe
def start_script(request: HttpRequest) -> HttpResponse:
    """The script that opens the reference: a file of its own, since inline scripts are not allowed here."""
    return render(request, "common/api/start.js", content_type="text/javascript")


@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """All codes of problems, with what to do about each."""
    kinds = sorted(CATALOGUE.values(), key=lambda kind: (kind.status, kind.code))
    return render(request, "common/api/errors.html", {"kinds": kinds})
