"""Addresses of the API of tickets, below `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tickets.api.me import MyPerformance

urlpatterns: list[URLPattern | URLResolver] = [path("me/performance/", MyPerformance.as_view())]
