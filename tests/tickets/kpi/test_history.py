"""The past that a demonstration begins with is a past like any other: chained, over, and counted right."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from common.models import BusinessCalendar, BusinessInterval
from logistics.choices import PartnerKind
from logistics.models import Carrier, Partner
from tests.tickets.kpi.slow import Raw
from tests.tickets.kpi.test_equality import assert_same, held
from tests.tickets.workflows import people
from tickets.models import Membership, Team, Ticket
from tickets.policies.kpi import FIGURES, Period
from tickets.services import kpi
from tickets.services.chain import verify_chain

LEVELS = ("backlog", "backlog_age")
RARE = {"lost_per_thousand", "refunds", "silent_share", "promises_kept_next_update", "claims_recovered", "reopened"}


@pytest.mark.django_db(transaction=True)
def test_history_is_whole_and_says_something_for_every_figure() -> None:
    _furnish()

    call_command("load_history", tickets=150, parcels=300, days=60, seed=5, verbosity=0)

    assert verify_chain().broken is None
    assert not Ticket.objects.open().exists()
    assert set(Ticket.objects.values_list("phase", flat=True)) == {"closed"}
    raw, zone = Raw(), ZoneInfo("Asia/Kathmandu")
    period = Period.days(62, until=timezone.now(), zone=zone)
    found = kpi.figures(FIGURES, period)
    for name in FIGURES:
        if name not in LEVELS:
            bits = list(raw.figures[name]())
            assert_same(name, found[name], held(bits, period.since, period.until, {}, of=name))
            assert any(bit.top for bit in bits) or name in RARE, name
    weekdays = [sum(value.value or 0 for value in row) for row in kpi.heat_map("messages_in", period)]
    assert sum(weekdays[:5]) / 5 > sum(weekdays[5:]) / 2
    with pytest.raises(CommandError):
        call_command("load_history", tickets=1)


def _furnish() -> None:
    calendar = BusinessCalendar.objects.create(name="Office", time_zone="Europe/Berlin")
    for weekday in range(5):
        BusinessInterval.objects.create(calendar=calendar, weekday=weekday, opens_at=time(9), closes_at=time(18))
    team = Team.objects.create(name="Berlin", calendar=calendar)
    Membership.objects.create(team=team, user=people.person("Alice", "work_ticket"))
    Partner.objects.create(kind=PartnerKind.BROKER, name="Broker")
    desk = Partner.objects.create(kind=PartnerKind.CARRIER, name="Desk")
    Carrier.objects.create(code="yun", name="Yun", partner=desk)
