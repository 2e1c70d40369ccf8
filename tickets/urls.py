"""Addresses of tickets: the customers' pages, and its part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tickets.portal.urls")),
    path("api/v1/", include("tickets.api.urls")),
]
