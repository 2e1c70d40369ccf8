"""The customers' pages, and the partners'."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from tickets.portal import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("t/<str:token>/", views.customer_page, name="customer_page"),
    path("partner/", include("tickets.portal.partner.urls")),
]
