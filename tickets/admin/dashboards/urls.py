"""Addresses under /admin/dashboards/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, path

from tickets.admin.dashboards import behind, keeping, page, paper

app_name = "dashboards"


def _page(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    found: URLPattern = path(route, admin.site.admin_view(view), name=name)
    return found


urlpatterns = [
    _page("behind/", behind.behind_view, "behind"),
    _page("<slug:name>/parts/", page.parts_view, "parts"),
    _page("<slug:name>/keep/", keeping.keep_view, "keep"),
    _page("<slug:name>/remove/<int:view_id>/", keeping.remove_kept_view, "remove"),
    _page("<slug:name>/paper/", paper.paper_view, "paper"),
    _page("<slug:name>/", page.board_view, "board"),
]
