"""The clock is killed twice in a row while much is due: each promise, rule, call and reminder happens once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from common.models import User
from tests.nodes import database_address, wait_until
from tickets.choices import Kind, Priority, WhomKind
from tickets.models import (
    Breach,
    Escalation,
    EscalationLevel,
    EscalationPolicy,
    Page,
    Reminder,
    Rule,
    RuleRun,
    Ticket,
    TicketEvent,
)
from tickets.policies.actor import Actor
from tickets.services import escalation
from tickets.services.chain import verify_chain
from tickets.services.journal import changing
from tickets.services.linking import open_ticket

TICKETS = 120
LONG_AGO = timedelta(days=3)


def start(folder: Path) -> subprocess.Popen[bytes]:
    """A clock of its own on this test's database."""
    log = (folder / "clock.log").open("ab")
    return subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "clock"],
        env={
            **os.environ,
            "DATABASE_URL": database_address(),
            "CLEARWAY_VAR_DIR": str(folder),
            "CLEARWAY_SECRET_KEY": settings.SECRET_KEY,
            "CLEARWAY_ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),  # they sign the chain heads
        },
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


@pytest.fixture
def clocks(tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for clock in started:
        if clock.poll() is None:
            os.killpg(clock.pid, signal.SIGKILL)
        clock.wait()


def much_is_due() -> None:
    """Three days ago tickets were opened, and nobody has looked at them since."""
    now = timezone.now()
    began = now - LONG_AGO
    Rule.objects.all().delete()
    Rule.objects.create(
        name="Nobody owns it",
        is_active=True,
        trigger="time",
        anchor="opened_at",
        delay=timedelta(hours=4),
        conditions={"field": "ticket.assignee", "op": "is_empty"},
        actions=[{"action": "add_tag", "inputs": {"tag": "unowned"}}],
        updated_at=began - timedelta(days=1),
        checked_to=began - timedelta(hours=1),
    )
    lena = User.objects.create_user("lena@clearway.test", full_name="Lena", is_staff=True)
    ladder = EscalationPolicy.objects.create(name="Lena")
    EscalationLevel.objects.create(policy=ladder, order=1, after=timedelta(hours=1), whom=WhomKind.PERSON, user=lena)
    for number in range(TICKETS):
        ticket = open_ticket(kind=Kind.CLEARANCE, actor=Actor.system(), now=began, priority=Priority.NORMAL)
        if number % 4 == 0:
            with changing(ticket.pk, actor=Actor.system(), now=began) as change:
                escalation.start(change, policy=ladder, reason="Look at it")
        if number % 4 == 1:
            Reminder.objects.create(
                ticket=ticket, due_at=now - timedelta(hours=1), text="Ask again", user=lena, created_at=began
            )


@pytest.mark.django_db(transaction=True)
def test_killing_the_clock_twice_in_a_row_loses_and_doubles_nothing(
    tmp_path: Path, clocks: list[subprocess.Popen[bytes]]
) -> None:
    much_is_due()
    overdue = set(Ticket.objects.filter(next_due_at__lte=timezone.now()).values_list("pk", flat=True))
    assert len(overdue) == TICKETS

    for pause in (1.0, 0.6):
        clock = start(tmp_path)
        clocks.append(clock)
        wait_until(lambda: "is at work" in (tmp_path / "clock.log").read_text(), seconds=60)
        time.sleep(pause)
        os.killpg(clock.pid, signal.SIGKILL)
        clock.wait()
        (tmp_path / "clock.log").write_text("")
    clocks += [start(tmp_path), start(tmp_path)]  # two at once: one works
    wait_until(
        lambda: (
            Breach.objects.values("ticket").distinct().count() == TICKETS
            and RuleRun.objects.count() == TICKETS
            and not Escalation.objects.filter(level=0).exists()
            and not Reminder.objects.filter(done_at__isnull=True).exists()
        ),
        seconds=120,
    )

    breached = Counter(TicketEvent.objects.filter(type="promise_breached").values_list("ticket_id", "data__target"))
    assert set(breached.values()) == {1}
    assert len(breached) == Breach.objects.count()
    assert Counter(RuleRun.objects.values_list("ticket_id", flat=True)) == dict.fromkeys(overdue, 1)
    assert set(Ticket.objects.values_list("tags", flat=True).distinct().values_list("tags__0", flat=True)) == {
        "unowned"
    }
    assert Page.objects.filter(escalation__isnull=False).count() == TICKETS // 4
    assert TicketEvent.objects.filter(type="reminded").count() == TICKETS // 4
    assert verify_chain().broken is None
