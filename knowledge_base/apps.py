"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeBaseConfig(AppConfig):
    """What staff and rules look up: countries' papers, answers, word lists."""

    name = "knowledge_base"
    verbose_name = _("Knowledge base")

    def ready(self) -> None:
        from knowledge_base import receivers  # noqa: F401 - they register themselves
