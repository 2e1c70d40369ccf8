"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """What every floor above needs: people who sign in, connections, business calendars."""

    name = "common"
    verbose_name = _("Foundation")

    def ready(self) -> None:
        from common import clock, receivers  # noqa: F401 - they register themselves
