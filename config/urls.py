"""The site's addresses: each app's `urls.py` says its own."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.contrib import admin
from django.core.paginator import EmptyPage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import module_has_submodule
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from config import health


def desk(request: HttpRequest) -> HttpResponse:
    """The desk opens at the work queue for whoever works tickets."""
    if request.user.has_perm("tickets.view_ticket"):
        return redirect("admin:tickets_ticket_changelist")
    index: HttpResponse = admin.site.index(request)
    return index


words_of_scripts = JavaScriptCatalog.as_view(packages=["django.contrib.admin", "config"])


def command_search(request: HttpRequest) -> HttpResponse:
    """The search of the desk's pages; a page that there cannot be is not found, where the library would break."""
    page = request.GET.get("page", "1")
    if not (page.isascii() and page.isdigit() and len(page) < 6):
        raise Http404
    try:
        found: HttpResponse = admin.site.search(request)  # type: ignore[attr-defined]
    except EmptyPage as error:
        raise Http404 from error
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.admin_view(desk)),
    # Before the admin's own, which knows only what Django translates.
    path("admin/jsi18n/", admin.site.admin_view(words_of_scripts, cacheable=True)),
    path("admin/search/", admin.site.admin_view(command_search)),
    path("admin/dashboards/", include("tickets.admin.dashboards.urls")),
    path("admin/", admin.site.urls),
]
for name in ("tickets", "channels_integrations", "logistics", "knowledge_base", "common"):
    if module_has_submodule(apps.get_app_config(name).module, "urls"):
        urlpatterns += import_module(f"{name}.urls").urlpatterns
