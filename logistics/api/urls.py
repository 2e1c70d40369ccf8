"""Addresses of the API of parcels and warehouses, below `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from logistics.api import bookings, counts, customers, instructions, scans, shipments, stock
from logistics.api.keys import MyKey

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", MyKey.as_view()),
    *bookings.urlpatterns,
    *counts.urlpatterns,
    *instructions.urlpatterns,
    *stock.urlpatterns,
    *shipments.urlpatterns,
    *scans.urlpatterns,
    *customers.urlpatterns,
]
