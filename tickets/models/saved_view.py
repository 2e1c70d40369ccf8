"""Views of dashboards that people keep: a name for a period, filters and a zone."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """One kept view of one dashboard, its owner's own or shared with all who read dashboards.

    ``query`` is the address's part after the question mark. A period in it is relative ("the last 30 days") unless
    the owner chose days.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    board = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1500, blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [("view_dashboards", _("May read the dashboards"))]
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "board", "name"], name="savedview_named_once"),
        ]

    def __str__(self) -> str:
        return self.name
