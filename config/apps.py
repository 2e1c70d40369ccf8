"""Registers the site's own app: processes and health have no models, only commands and pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from config.people import note_beginning


class SiteConfig(AppConfig):
    """The composed site: settings, addresses, processes."""

    name = "config"
    label = "site_config"
    verbose_name = _("Site")

    def ready(self) -> None:
        """Note when sessions begin."""
        user_logged_in.connect(note_beginning, dispatch_uid="config.people.note_beginning")
