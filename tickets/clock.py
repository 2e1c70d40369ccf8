"""What the clock does for tickets."""

from __future__ import annotations

from datetime import datetime

from common.jobs import defer_on_commit, periodic
from logistics.models import Incident
from tickets.services.chain_export import export_heads, sign_ended_days
from tickets.services.ending import close_old, wake_snoozed
from tickets.services.unnamed_files import sweep_files


@periodic("incidents waiting", seconds=2)
def look_for_incidents(now: datetime) -> bool:
    """Wake the queue when an incident waits and its nudge was lost."""
    waiting = Incident.objects.waiting().exists()
    if waiting:
        defer_on_commit("tickets.tasks.handle_incidents")
    return bool(waiting)


@periodic("sign and export ended days' chain heads", seconds=600)
def sign_chain_heads(now: datetime) -> int:
    """Sign the heads of the days (UTC) that have ended, and write a file for each day that has none."""
    sign_ended_days(now=now)
    return len(export_heads())


@periodic("close what ended long ago", seconds=60)
def close_tickets(now: datetime) -> int:
    """Close tickets that were resolved seven days ago."""
    return close_old(now)


@periodic("files that no message names", seconds=300)
def sweep_unnamed_files(now: datetime) -> int:
    """Remove stored contents that no row names; the whole store has its turn once a day."""
    return sweep_files(now=now)


@periodic("wake snoozed tickets", seconds=10)
def wake_tickets(now: datetime) -> int:
    """Bring back tickets whose snooze is over."""
    return wake_snoozed(now)
