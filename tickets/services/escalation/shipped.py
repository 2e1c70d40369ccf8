"""The ladders Clearway comes with. Supervisors change them; what they changed stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from tickets.choices import CallBy, HoursOf, WhomKind
from tickets.models import EscalationLevel, EscalationPolicy

_NOW = timedelta(0)
_HOUR = timedelta(hours=1)

LADDERS: tuple[dict[str, Any], ...] = (
    {
        "shipped_key": "urgent",
        "name": _("Urgent"),
        "description": _("The owner, then the team that is open, again and again until somebody has it."),
        "repeat": 3,
        "levels": [
            {"after": _NOW, "whom": WhomKind.OWNER, "by": [CallBy.EMAIL, CallBy.TELEGRAM]},
            {
                "after": timedelta(minutes=5),
                "whom": WhomKind.TEAM_OPEN,
                "by": [CallBy.EMAIL, CallBy.TELEGRAM],
                "again_after": timedelta(minutes=5),
                "times": 2,
            },
        ],
    },
    {
        "shipped_key": "desk",
        "name": _("Nobody owns it"),
        "description": _("The team that is open is called in the desk, then by mail."),
        "levels": [
            {"after": _NOW, "whom": WhomKind.TEAM_OPEN},
            {"after": _HOUR, "whom": WhomKind.TEAM_OPEN, "by": [CallBy.EMAIL]},
        ],
    },
    {
        "shipped_key": "partner",
        "name": _("A partner is silent"),
        "description": _("The partner's contact is reminded, then the backup is asked, then the supervisor."),
        "tells_customer": True,
        "levels": [
            {"after": _NOW, "whom": WhomKind.PARTNER_CONTACT, "template": "partner_reminder"},
            {
                "after": _HOUR,
                "hours_of": HoursOf.PARTNER,
                "whom": WhomKind.PARTNER_BACKUP,
                "template": "partner_reminder",
            },
            {
                "after": 2 * _HOUR,
                "hours_of": HoursOf.PARTNER,
                "whom": WhomKind.PARTNER_SUPERVISOR,
                "template": "partner_reminder",
                "needs_approval": True,
            },
            {"after": _HOUR, "whom": WhomKind.OWNER},
        ],
    },
    {
        "shipped_key": "carrier",
        "name": _("A carrier is silent"),
        "description": _("Its desk, its supervisor, its public account, its association; a person releases each step."),
        "levels": [
            {
                "after": _NOW,
                "whom": WhomKind.PARTNER_CONTACT,
                "template": "carrier_ladder_desk",
                "needs_approval": True,
            },
            {
                "after": timedelta(hours=24),
                "whom": WhomKind.PARTNER_SUPERVISOR,
                "template": "carrier_ladder_supervisor",
                "needs_approval": True,
            },
            {
                "after": timedelta(hours=24),
                "whom": WhomKind.PARTNER_PUBLIC,
                "template": "carrier_ladder_public",
                "needs_approval": True,
            },
            {
                "after": timedelta(hours=48),
                "whom": WhomKind.PARTNER_ASSOCIATION,
                "template": "carrier_ladder_association",
                "needs_approval": True,
            },
        ],
    },
)


def ship_ladders() -> int:
    """Add the ladders that are not there. Returns how many."""
    there = set(EscalationPolicy.objects.exclude(shipped_key="").values_list("shipped_key", flat=True))
    added = 0
    for entry in LADDERS:
        if entry["shipped_key"] in there:
            continue
        values = {name: value for name, value in entry.items() if name != "levels"}
        policy = EscalationPolicy.objects.create(**values)
        EscalationLevel.objects.bulk_create(
            [EscalationLevel(policy=policy, order=place, **level) for place, level in enumerate(entry["levels"], 1)]
        )
        added += 1
    return added
