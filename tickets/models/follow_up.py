"""What a ticket leaves behind: what the customer said of it, and which knowledge it used."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.choices import Via
from tickets.models.conversation import Message
from tickets.models.ticket import Ticket


class SurveyAnswer(models.Model):
    """The question how it went, asked once a ticket, and its answer: 1 (bad) to 5 (good), a comment after."""

    ticket = models.OneToOneField(
        Ticket, on_delete=models.PROTECT, related_name="survey_answer", verbose_name=_("ticket")
    )
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("question")
    )
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(_("mark"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    via = models.CharField(_("through"), max_length=12, choices=Via.choices, blank=True)

    class Meta:
        verbose_name = _("survey answer")
        verbose_name_plural = _("survey answers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, score__isnull=True)
                | Q(answered_at__isnull=False, score__range=(1, 5)),
                name="survey_answer_has_score",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["-answered_at", "-id"], name="survey_answer_latest")]

    def __str__(self) -> str:
        return f"{self.ticket.reference} · {self.score or '–'}"


class KnowledgeUse(models.Model):
    """A template or a country's checklist that a message or a step of a ticket was made with.

    By their names: an administrator may delete either, and what was used stays used.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="knowledge_uses")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="knowledge_uses")
    template_key = models.CharField(_("template"), max_length=60, blank=True)
    checklist_country = models.CharField(_("checklist of country"), max_length=2, blank=True)
    is_checklist = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("use of knowledge")
        verbose_name_plural = _("uses of knowledge")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_checklist=True, template_key="") | ~Q(template_key="") & Q(is_checklist=False),
                name="knowledge_use_of_one",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["template_key", "-at"], name="knowledge_use_of_template")]

    def __str__(self) -> str:
        return self.template_key or self.checklist_country
