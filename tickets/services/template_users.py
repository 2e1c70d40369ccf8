"""By whom a template is used: rules that write it, levels of escalations, and the program itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from knowledge_base.models import MessageTemplate
from knowledge_base.services.templates import tell_users
from tickets.models import EscalationLevel, Rule


@tell_users
def users(key: str) -> Iterator[str]:
    """Rules and levels that name the template, and the program's own occasions."""
    if MessageTemplate.objects.filter(key=key, is_shipped=True).exists():
        yield _("Clearway itself")
    for rule in Rule.objects.only("name", "actions"):
        if any(_names(action, key) for action in rule.actions):
            yield _("the rule “%(name)s”") % {"name": rule}
    for level in EscalationLevel.objects.filter(template=key).select_related("policy"):
        yield _("the escalation “%(name)s”, level %(level)d") % {"name": level.policy, "level": level.order}


def _names(action: Any, key: str) -> bool:
    return isinstance(action, dict) and (action.get("inputs") or {}).get("template") == key
