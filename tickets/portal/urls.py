"""The customers' pages."""

from __future__ import annotations

from django.urls import path

from tickets.portal import views

urlpatterns = [path("t/<str:token>/", views.customer_page, name="customer_page")]
