"""The administrators' word lists, compiled once a version and looked at again after a moment."""

from __future__ import annotations

import threading
import time

from django.db.models import Count, Max

from knowledge_base.models import WordList
from tickets.policies.word_lists import WordLists, word_lists_of_version

LOOK_AGAIN_SECONDS = 10.0
"""How long an edited list may take to be heard of by another process."""

_lock = threading.Lock()
_looked: tuple[float, WordLists] | None = None


def word_lists() -> WordLists:
    """The lists as they stand, at most LOOK_AGAIN_SECONDS old."""
    global _looked  # noqa: PLW0603 - what a process knows
    seen = _looked
    if seen is not None and time.monotonic() - seen[0] < LOOK_AGAIN_SECONDS:
        return seen[1]
    with _lock:
        version = WordList.objects.aggregate(Count("id"), Max("updated_at"), Max("id"))
        lists = word_lists_of_version(tuple(version.values()), lambda: list(WordList.objects.all()))
        _looked = (time.monotonic(), lists)
    return lists


def look_again() -> None:
    """Forget what was seen, so that the next reading asks the database."""
    global _looked  # noqa: PLW0603
    _looked = None
