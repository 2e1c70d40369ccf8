"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsIntegrationsConfig(AppConfig):
    """Adapters to the messaging systems of the outside world."""

    name = "channels_integrations"
    verbose_name = _("Channels and integrations")

    def ready(self) -> None:
        from channels_integrations import clock, metrics, receivers  # noqa: F401 - they register themselves
