"""What an action's form offers: teams, people, templates, ladders."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from common.models import User
from knowledge_base.models import MessageTemplate
from tickets.models import EscalationPolicy, Team

Rows = list[tuple[Any, str]]


def teams() -> Rows:
    return list(Team.objects.values_list("pk", "name"))


def people() -> Rows:
    return [(one.pk, str(one)) for one in User.objects.filter(is_active=True, is_staff=True).order_by("full_name")]


def templates() -> Rows:
    """Templates for customers and partners, by key."""
    return list(MessageTemplate.objects.filter(is_active=True).order_by("name").values_list("key", "name"))


def ladders() -> Rows:
    return list(EscalationPolicy.objects.values_list("pk", "name"))


def name_of(rows: Rows, value: Any) -> str:
    """The label of a value, or words for one that is gone."""
    for one, label in rows:
        if str(one) == str(value):
            return str(label)
    return _("(gone)")
