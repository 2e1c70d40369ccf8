"""After migrations, the word lists and customs papers this app ships with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db.models.signals import post_migrate
from django.dispatch import receiver

DATA = Path(__file__).parent / "data"


@receiver(post_migrate, dispatch_uid="knowledge_base.ship_data")
def ship_data(sender: Any, **kwargs: Any) -> None:
    """Add the lists that are not there. What an administrator changed stays; to switch one off, empty it."""
    from knowledge_base.models import CountryChecklist, WordList

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
