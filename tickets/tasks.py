"""Tasks of the queue: read the clock, call a service. Each may run twice, late, or not at all."""

from __future__ import annotations

from django.utils import timezone

from tickets.services import advisories, incidents, notices, surveys
from tickets.services.kpi.refreshing import refresh
from tickets.services.reports import send_due
from tickets.services.rules.settling import settle
from tickets.services.rules.webhook_calls import make_calls


def handle_incidents() -> int:
    """Open or move tickets for what logistics noticed."""
    return incidents.handle_incidents(now=timezone.now())


def settle_events() -> int:
    """Do what follows from events: rules, an owner for a new ticket."""
    return settle(now=timezone.now())


def call_webhooks() -> int:
    """Make the calls that rules asked for."""
    return make_calls(now=timezone.now())


def tell_notices() -> int:
    """Tell customers who asked for it how their parcels moved."""
    return notices.tell(now=timezone.now())


def tell_lanes() -> int:
    """Tell what is known of lanes that are held up, and whoever is due to be told at once."""
    now = timezone.now()
    return advisories.tell_lanes(now=now) + notices.tell_due(now=now)


def count_figures() -> int:
    """Count what happened since figures were counted last."""
    return refresh(now=timezone.now()).tickets


def ask_customers() -> int:
    """Ask customers whose tickets ended how it went."""
    now = timezone.now()
    surveys.plan(now=now)
    return surveys.ask_due(now=now)


def send_reports() -> int:
    """Send the reports that are due."""
    return send_due(now=timezone.now())
