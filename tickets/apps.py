"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    """Tickets, their state machines, conversations and history."""

    name = "tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        from tickets import clock, receivers, workflows  # noqa: F401 - they register themselves
