"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogisticsConfig(AppConfig):
    """Parties and parcels: customers, partners, carriers, shipments, tracking, incidents."""

    name = "logistics"
    verbose_name = _("Logistics")

    def ready(self) -> None:
        from logistics import clock, receivers  # noqa: F401 - they register themselves
