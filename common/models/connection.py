"""One configured account of a provider: a mailbox, a Telegram bot, a tracking aggregator's key."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.crypto import EncryptedJSONField

ACCOUNT = "account"
"""The setting that keeps what a check found; nobody types it in."""


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def active(self) -> ConnectionQuerySet:
        return self.filter(is_active=True)

    def of(self, provider: str) -> ConnectionQuerySet:
        return self.filter(provider=provider)


class Connection(models.Model):
    """A configured account. ``credentials`` are encrypted, ``settings`` no secret; ``cursor`` is how far we read."""

    provider = models.CharField(_("provider"), max_length=40)
    slug = models.SlugField(
        _("slug"), unique=True, help_text=_("Part of the webhook's address; do not change it later.")
    )
    name = models.CharField(_("name"), max_length=120)
    credentials = EncryptedJSONField(_("credentials"), default=dict, editable=True)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    cursor = models.JSONField(default=dict, blank=True, editable=False)
    language = models.CharField(
        _("default language"), max_length=12, default="en", validators=[RegexValidator(r"^[a-z]{2,3}(-[A-Za-z]+)*$")]
    )
    is_active = models.BooleanField(_("active"), default=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)
    last_error_at = models.DateTimeField(_("last error at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager[Connection]] = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.name or self.slug

    @property
    def account(self) -> str:
        """How the account is called at its provider ("@clearway_bot"), as it was found when it was last checked."""
        return str(self.settings.get(ACCOUNT, ""))

    def setting(self, key: str, default: str = "") -> str:
        """A value from credentials or settings, as text."""
        return str(self.credentials.get(key, self.settings.get(key, default)))
