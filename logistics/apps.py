"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogisticsConfig(AppConfig):
    """Parties, shipments, scans and the incidents noticed in them."""

    name = "logistics"
    verbose_name = _("Logistics")
