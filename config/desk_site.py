"""The admin site under which the desk lives: Unfold's, without what its pages do not show."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import sites
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from unfold.apps import BasicAppConfig
from unfold.sites import UnfoldAdminSite


class DeskSite(UnfoldAdminSite):
    """Lists the apps and their models only for a page that shows them.

    Every page's context holds that list, with four permissions and two addresses of each model: a part of what a page
    costs that one feels. The navigation is ours and shows none of it.
    """

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """As Django's, read when somebody looks into it."""
        return SimpleLazyObject(lambda: super(DeskSite, self).get_app_list(request, app_label))


class DeskSiteConfig(BasicAppConfig):
    """Unfold, with our site as the default one."""

    default = False

    def ready(self) -> None:
        """Before the apps register their pages (``django.contrib.admin`` comes after this one)."""
        admin.site = sites.site = DeskSite()
