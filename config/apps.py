"""Registers the site's own app: processes and health have no models, only commands and pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """The composed site: settings, addresses, processes."""

    name = "config"
    label = "site_config"
    verbose_name = _("Site")
