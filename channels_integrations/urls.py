"""The addresses of the doors."""

from __future__ import annotations

from django.urls import path

from channels_integrations.webhooks import receive

urlpatterns = [path("webhooks/<slug:slug>/", receive, name="webhook")]
