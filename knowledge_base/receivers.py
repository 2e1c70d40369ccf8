"""What this app does when others say so: ships its data after migrations, and says when a set in memory has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver

from common.revisions import TEMPLATES, WORDS, bump
from knowledge_base.models import CountryChecklist, MessageTemplate, TemplateText, WordList
from knowledge_base.services import shipped_templates

DATA = Path(__file__).parent / "data"


@receiver(post_migrate, dispatch_uid="knowledge_base.ship_data")
def ship_data(sender: Any, **kwargs: Any) -> None:
    """Add the lists and templates that are not there. What an administrator changed stays; to be rid of one, empty it
    or switch it off."""
    if getattr(sender, "name", "") != "knowledge_base":
        return
    using = kwargs["using"]
    WordList.objects.using(using).bulk_create(
        [WordList(**row) for row in json.loads((DATA / "word_lists.json").read_text(encoding="utf-8"))],
        ignore_conflicts=True,
    )
    CountryChecklist.objects.using(using).bulk_create(
        [CountryChecklist(**row) for row in json.loads((DATA / "country_checklists.json").read_text(encoding="utf-8"))],
        ignore_conflicts=True,
    )
    shipped_templates.ship(using)


@receiver([post_save, post_delete], sender=MessageTemplate, dispatch_uid="knowledge_base.template_changed")
@receiver([post_save, post_delete], sender=TemplateText, dispatch_uid="knowledge_base.template_text_changed")
def template_changed(sender: Any, raw: bool = False, **kwargs: Any) -> None:
    """Whoever keeps templates reads them anew."""
    if not raw:
        bump(TEMPLATES)


@receiver([post_save, post_delete], sender=WordList, dispatch_uid="knowledge_base.words_changed")
def words_changed(sender: Any, raw: bool = False, **kwargs: Any) -> None:
    """Whoever keeps word lists reads them anew."""
    if not raw:
        bump(WORDS)
