"""Signed links for customers: one purpose, one ticket, an end."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.choices import LinkPurpose
from tickets.models.ticket import Ticket


class CustomerLink(models.Model):
    """A link we gave a customer. The database knows only the SHA-256 of its token."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="customer_links")
    purpose = models.CharField(_("purpose"), max_length=16, choices=LinkPurpose.choices)
    token_hash = models.BinaryField(max_length=32, unique=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("ends"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("customer's link")
        verbose_name_plural = _("customer's links")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(purpose__in=LinkPurpose.values), name="customer_link_purpose"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="customer_link_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.purpose}"
