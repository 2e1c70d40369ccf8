"""Webhooks delivered a second: from events that wait to deliveries written down as taken, by one worker.

Four partners' systems on this machine take them; the figure is all of hand on,
claim, sign, post and settle.
"""

from __future__ import annotations

import subprocess
import sys
import time

from django.utils import timezone

from channels_integrations.choices import DeliveryState
from channels_integrations.models import WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out import handing_on, sending
from channels_integrations.webhooks_out.subscriptions import subscribe
from logistics.models import Partner
from scripts.bench.report import say
from scripts.bench.served import ROOT
from tickets.policies.actor import Actor
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.partner_scope import admit

TICKETS = 50
EVENTS = 20
"""For each ticket."""
PARTNERS = 4


def webhooks_out_per_second() -> float:
    """Deliver TICKETS × EVENTS events to PARTNERS addresses, print how many a second were taken, and return it."""
    # A process of its own: other people's systems do not share our interpreter.
    command = [sys.executable, "-m", "scripts.bench.taker"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as takers:
        try:
            assert takers.stdout is not None
            _prepare(f"http://127.0.0.1:{int(takers.stdout.readline())}/")
            began = time.perf_counter()
            while handing_on.hand_on(now=timezone.now()):
                pass
            while sending.send_due(seconds=60):
                pass
            seconds = time.perf_counter() - began
        finally:
            takers.terminate()
    taken = WebhookDelivery.objects.filter(state=DeliveryState.DELIVERED).count()
    if taken < TICKETS * EVENTS * PARTNERS:
        raise SystemExit(f"only {taken} webhooks were taken")
    say("webhooks_out_per_second", taken / seconds, "1/s", taken)
    return taken / seconds


def _prepare(url: str) -> None:
    now, actor = timezone.now(), Actor.system("bench")
    partners = [
        Partner.objects.create(kind="warehouse", name=f"Webhooks of the bench {number}") for number in range(PARTNERS)
    ]
    for partner in partners:
        subscribe(partner_id=partner.pk, url=url, now=now, event_types=["ticket.priority_changed"])
    WebhookSubscription.objects.update(last_success_at=now)
    for _ in range(TICKETS):
        ticket = open_ticket(kind="inquiry", actor=actor, now=now)
        admit(ticket.pk, [partner.pk for partner in partners], now=now)
        for _event in range(EVENTS):
            with changing(ticket.pk, actor=actor, now=timezone.now()) as change:
                change.record("priority_changed", {"from": 3, "to": 3})


def run() -> None:
    """Measure; part of the group ``api``."""
    webhooks_out_per_second()
