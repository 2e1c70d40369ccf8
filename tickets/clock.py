"""What the clock does for tickets."""

from __future__ import annotations

from datetime import datetime

from common.jobs import defer_on_commit, periodic
from logistics.models import Incident
from tickets.models import EventToSettle, WebhookCall
from tickets.services import advisories, notices, surveys
from tickets.services.audit import audit_due
from tickets.services.chain_export import export_heads, sign_ended_days
from tickets.services.ending import close_old, wake_snoozed
from tickets.services.escalation import climb
from tickets.services.kpi.refreshing import has_work
from tickets.services.money import expire_offers
from tickets.services.promises import recount, sweep
from tickets.services.reminders import remind_due
from tickets.services.reports import scheduling
from tickets.services.routing import route_due
from tickets.services.routing.handover import hand_over_shifts
from tickets.services.rules.timed import run_time_rules
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


@periodic("wake snoozed tickets", seconds=2)
def wake_tickets(now: datetime) -> int:
    """Bring back tickets whose snooze is over."""
    return wake_snoozed(now)


@periodic("promises that are due", seconds=2)
def sweep_promises(now: datetime) -> dict[str, int]:
    """Write what was missed and give the warnings that are due, however long the clock was away."""
    swept = sweep(now=now)
    return {"breached": swept.breached, "warned": swept.warned}


@periodic("count promises anew", seconds=2)
def recount_promises(now: datetime) -> int:
    """Go on with the deadlines of open tickets after a promise, a calendar or a team's hours changed."""
    return recount(now=now)


@periodic("events waiting", seconds=2)
def look_for_events(now: datetime) -> bool:
    """Wake the queue when events wait for what follows from them and their nudge was lost."""
    waiting = EventToSettle.objects.exists()
    if waiting:
        defer_on_commit("tickets.tasks.settle_events")
    return bool(waiting)


@periodic("calls of webhooks waiting", seconds=10)
def look_for_webhook_calls(now: datetime) -> bool:
    """Wake the queue when a call's moment has come."""
    waiting = WebhookCall.objects.filter(next_attempt_at__lte=now).exists()
    if waiting:
        defer_on_commit("tickets.tasks.call_webhooks")
    return bool(waiting)


@periodic("rules about time", seconds=5)
def rules_about_time(now: datetime) -> int:
    """Run the rules whose time is over."""
    return run_time_rules(now)


@periodic("owners to look for", seconds=5)
def look_for_owners(now: datetime) -> int:
    """Look again for owners where nobody was there."""
    return route_due(now)


@periodic("shifts that ended", seconds=5)
def hand_over(now: datetime) -> int:
    """Hand over what cannot wait for the teams whose shift has ended."""
    return hand_over_shifts(now)


@periodic("ladders to climb", seconds=2)
def climb_ladders(now: datetime) -> int:
    """Call the next one where nobody has answered."""
    return climb(now)


@periodic("reminders that are due", seconds=5)
def remind(now: datetime) -> int:
    """Remind of what somebody wanted to look at again."""
    return remind_due(now)


@periodic("notices to customers", seconds=5)
def look_for_notices(now: datetime) -> bool:
    """Wake the queue when a parcel moved or a customer's morning came, and the nudge was lost."""
    waiting = notices.work_to_do(now=now)
    if waiting:
        defer_on_commit("tickets.tasks.tell_notices")
    return waiting


@periodic("lane advisories", seconds=10)
def look_for_advisories(now: datetime) -> bool:
    """Wake the queue when a lane is held up and somebody on it has not heard of it."""
    waiting = advisories.work_to_do(now=now)
    if waiting:
        defer_on_commit("tickets.tasks.tell_lanes")
    return waiting


@periodic("figures to be counted", seconds=10)
def look_for_figures(now: datetime) -> bool:
    """Wake the queue when something happened that no figure has counted yet."""
    waiting = has_work(now=now)
    if waiting:
        defer_on_commit("tickets.tasks.count_figures")
    return waiting


@periodic("questions to customers", seconds=30)
def look_for_surveys(now: datetime) -> bool:
    """Wake the queue when a ticket ended and its customer is to be asked how it went."""
    waiting = surveys.work_to_do(now=now)
    if waiting:
        defer_on_commit("tickets.tasks.ask_customers")
    return waiting


@periodic("reports by mail", seconds=20)
def look_for_reports(now: datetime) -> bool:
    """Wake the queue when a report is due."""
    waiting = scheduling.work_to_do(now=now)
    if waiting:
        defer_on_commit("tickets.tasks.send_reports")
    return waiting


@periodic("offers of compensation that end", seconds=60)
def end_offers(now: datetime) -> int:
    """End the offers that nobody answered in time."""
    return expire_offers(now=now)


@periodic("audit of partners and channels", seconds=900)
def audit(now: datetime) -> int:
    """Audit the month that has ended, once."""
    return audit_due(now=now)
