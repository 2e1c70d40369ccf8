"""Addresses of partners' webhooks, below `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from channels_integrations.api import webhooks

_ONE = "webhook-subscriptions/<int:pk>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhook-subscriptions/", webhooks.Subscriptions.as_view()),
    path(_ONE, webhooks.Subscription.as_view()),
    path(f"{_ONE}rotate-secret/", webhooks.SecretRotation.as_view()),
    path(f"{_ONE}test/", webhooks.Test.as_view()),
    path(f"{_ONE}replay/", webhooks.Replay.as_view()),
    path(f"{_ONE}deliveries/", webhooks.Deliveries.as_view()),
    path(f"{_ONE}deliveries/<int:delivery_id>/", webhooks.Delivery.as_view()),
    path(f"{_ONE}deliveries/<int:delivery_id>/replay/", webhooks.DeliveryReplay.as_view()),
]
