"""What is named by something else without a foreign key: whoever names it says so before it is deleted.

    @used_by(Team)
    def rules_with_team(team: Team) -> list[str]:
        return [...]  # a sentence each

The desk's pages ask ``uses_of`` and refuse to delete while there is an answer. A floor above may answer for a model
below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model

type Asked = Callable[[Any], Iterable[str]]

_asked: dict[type[Model], list[Asked]] = {}


def used_by(*models: type[Model]) -> Callable[[Asked], Asked]:
    """Register a function that tells, in sentences, what names a row of these models."""

    def register(asked: Asked) -> Asked:
        for model in models:
            _asked.setdefault(model, []).append(asked)
        return asked

    return register


def uses_of(row: Model) -> list[str]:
    """What names this row, in sentences in the active language; empty when nothing does."""
    return [sentence for asked in _asked.get(type(row), ()) for sentence in asked(row)]
