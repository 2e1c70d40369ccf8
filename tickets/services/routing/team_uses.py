"""What keeps a team from being deleted."""

from __future__ import annotations

from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import gettext as _

from common.uses import uses_of
from tickets.models import Team


def uses_of_team(team: Team) -> list[str]:
    """What names a team, in sentences; empty when nothing does. One question a kind of row, however many there are."""
    found = []
    for relation in Team._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.on_delete is not models.PROTECT:
            continue
        rows = relation.related_model._default_manager.filter(**{relation.field.name: team})
        if rows.exists():
            found.append(_("There are %(rows)s of it.") % {"rows": relation.related_model._meta.verbose_name_plural})
    return list(dict.fromkeys([*found, *uses_of(team)]))
