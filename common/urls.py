"""Addresses of the foundation: the API's schema and pages, and what else is asked for below `/api/v1/`.

The site includes this module last, so that every app's own addresses go first.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from common.api import docs
from common.api.views import not_there

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/schema/", docs.schema, name="api_schema"),
    path("api/docs/", docs.reference, name="api_docs"),
    path("api/docs/start.js", docs.start_script, name="api_docs_start"),
    path("api/docs/errors", docs.errors, name="api_errors"),
    path("api/v1/", not_there, {"rest": ""}),
    path("api/v1/<path:rest>", not_there),
]
