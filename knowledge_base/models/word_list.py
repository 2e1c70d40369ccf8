"""Words by which a message is understood; administrators edit them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class WordList(models.Model):
    """Words of one language for one purpose (``kind:clearance``, ``anger``, ``thanks`` …); ``*`` ends a stem."""

    purpose = models.CharField(_("purpose"), max_length=40)
    language = models.CharField(_("language"), max_length=12)
    words = ArrayField(models.CharField(max_length=120), verbose_name=_("words"), default=list)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("word list")
        verbose_name_plural = _("word lists")
        ordering: ClassVar = ["purpose", "language"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["purpose", "language"], name="word_list_unique")]

    def __str__(self) -> str:
        return f"{self.purpose} ({self.language})"
