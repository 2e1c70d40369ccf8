"""The addresses of the doors."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from channels_integrations.webhooks import receive

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/<slug:slug>/", receive, name="webhook"),
    path("api/v1/", include("channels_integrations.api.urls")),
]
