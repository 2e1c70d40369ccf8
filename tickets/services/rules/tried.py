"""Which reading of a rule was backtested, so that switching on an untried one can ask first."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.core import signing

from tickets.models import Rule, RuleVersion
from tickets.services.rules.saving import content_of

_SALT = "tickets.rules.tried"
_MOST_AGE = 7 * 24 * 3600
_BESIDE = ("name", "description", "order")
"""What a rule is called changes nothing of what it does."""


def digest(rule: Rule) -> str:
    """What a rule does, in short: the same for a draft and for the rule that is saved from it."""
    return _digest(content_of(rule))


def token_of(rule: Rule) -> str:
    """A signed word that this draft was backtested, for the form it stands in to bring back when it is saved."""
    return signing.dumps(digest(rule), salt=_SALT)


def note_tried(rule: Rule, *, now: datetime) -> bool:
    """Write down that a rule was backtested if it is saved just as it is. Returns whether it is."""
    saved = Rule.objects.filter(pk=rule.pk).first() if rule.pk else None
    if saved is None or digest(saved) != digest(rule):
        return False
    return bool(RuleVersion.objects.filter(rule=saved, number=saved.version).update(backtested_at=now))


def note_token(rule: Rule, token: str, *, now: datetime) -> bool:
    """The same for a rule that was tried before it was saved. A token of another draft says nothing."""
    try:
        known = signing.loads(token, salt=_SALT, max_age=_MOST_AGE)
    except signing.BadSignature:
        return False
    return known == digest(rule) and note_tried(rule, now=now)


def was_tried(rule: Rule) -> bool:
    """Whether a rule was backtested as it is now: its version, or an earlier one that did the same."""
    tried = RuleVersion.objects.filter(rule_id=rule.pk, backtested_at__isnull=False).order_by("-number")[:20]
    mine = digest(rule)
    return any(_digest(version.content) == mine for version in tried)


def _digest(content: dict[str, Any]) -> str:
    kept = {name: value for name, value in content.items() if name not in _BESIDE}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()
