"""Texts that are sent again and again: a template a purpose, one text of it a language."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.policies.reader import is_language

validate_key = RegexValidator(
    r"^[a-z][a-z0-9_]*$", _("Write the key in small letters, digits and _, beginning with a letter.")
)


def validate_language_known(value: str) -> None:
    """Refuse what is no BCP 47 language whose days and money we can write."""
    if not is_language(value):
        raise ValidationError(
            _("“%(language)s” is no language we know. Write it like de or zh-Hans."), params={"language": value}
        )


class TemplateAudience(models.TextChoices):
    """Who reads it. It decides which placeholders it may hold."""

    CUSTOMER = "customer", _("Customer")
    PARTNER = "partner", _("Partner")
    STAFF = "staff", _("Staff")


class MessageTemplate(models.Model):
    """What is written on one occasion, named by its ``key``. Whoever reads no language it has gets the fallback's.

    ``is_shipped`` ones are written by the program itself at their occasion; they can be rewritten, not deleted.
    """

    key = models.CharField(_("key"), max_length=60, unique=True, validators=[validate_key])
    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("what it is for"), max_length=300, blank=True)
    audience = models.CharField(
        _("who reads it"), max_length=12, choices=TemplateAudience.choices, default=TemplateAudience.CUSTOMER
    )
    fallback_language = models.CharField(
        _("fallback language"), max_length=12, default="en", validators=[validate_language_known]
    )
    is_active = models.BooleanField(
        _("in use"), default=True, help_text=_("Switched off, it is offered and sent no more.")
    )
    is_shipped = models.BooleanField(_("shipped"), default=False, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering: ClassVar = ["audience", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(audience__in=TemplateAudience.values), name="template_audience")
        ]

    def __str__(self) -> str:
        return gettext(self.name) if self.is_shipped else self.name


class TemplateText(models.Model):
    """A template in one language (BCP 47), with placeholders (``knowledge_base.policies.placeholders``)."""

    template = models.ForeignKey(
        MessageTemplate, on_delete=models.CASCADE, related_name="texts", verbose_name=_("template")
    )
    language = models.CharField(_("language"), max_length=12, validators=[validate_language_known])
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), max_length=10_000)

    class Meta:
        verbose_name = _("text of a template")
        verbose_name_plural = _("texts of templates")
        ordering: ClassVar = ["language"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["template", "language"], name="template_text_unique")]

    def __str__(self) -> str:
        return f"{self.template} ({self.language})"
