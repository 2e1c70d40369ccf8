"""Deadlines over the nights in which clocks change, in the hours of the team that has the ticket.

Each team works from 22:00 to 6:00. Eight hours are promised at ten in the evening: where the night has eight hours they
end with the shift; a night of seven leaves an hour for the next evening; in one of nine they end an hour early.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from tests.tickets.promises.conftest import HOUR, policy, running, team
from tests.tickets.workflows import people
from tickets.choices import HoursOf, Kind, Target
from tickets.services.promises import sweep

pytestmark = pytest.mark.django_db

NIGHTS = [
    # zone, begin of the shift, due: all in UTC
    ("Asia/Shanghai", "2026-03-28 14:00", "2026-03-28 22:00"),  # +8, no change since 1991
    ("Europe/Berlin", "2026-03-28 21:00", "2026-03-29 21:00"),  # 22:00+1 to 06:00+2 are 7 h; then 22:00+2 to 23:00+2
    ("Europe/Berlin", "2026-10-24 20:00", "2026-10-25 04:00"),  # 22:00+2; eight hours later it is 05:00+1
    ("Europe/Berlin", "2026-11-24 21:00", "2026-11-25 05:00"),  # an ordinary night
    ("America/New_York", "2026-03-08 03:00", "2026-03-09 03:00"),  # 22:00−5 to 06:00−4 are 7 h; then 22:00−4 to 23:00−4
    ("America/New_York", "2026-11-01 02:00", "2026-11-01 10:00"),  # 22:00−4; eight hours later it is 05:00−5
    ("America/Sao_Paulo", "2018-11-04 01:00", "2018-11-05 01:00"),  # midnight became 01:00; 22:00−2 to 23:00−2 is left
    ("America/Sao_Paulo", "2026-11-01 01:00", "2026-11-01 09:00"),  # no change since 2019
    (
        "Australia/Sydney",
        "2026-10-03 12:00",
        "2026-10-04 12:00",
    ),  # 22:00+10 to 06:00+11 are 7 h; then an hour of +11
    ("Australia/Sydney", "2026-04-04 11:00", "2026-04-04 19:00"),  # 22:00+11; eight hours later it is 05:00+10
]


@pytest.mark.parametrize(("zone", "begins", "due"), NIGHTS)
def test_promise_counts_the_hours_that_the_night_has(zone: str, begins: str, due: str) -> None:
    policy(Target.RESOLUTION, 8 * HOUR, hours_of=HoursOf.TEAM)
    night_shift = team(zone, *[(weekday, time(22), time(6)) for weekday in range(7)])
    opened, expected = (datetime.fromisoformat(f"{one}+00:00") for one in (begins, due))

    ticket = people.ticket(Kind.INQUIRY, team=night_shift, now=opened)

    assert running(ticket, Target.RESOLUTION).due_at == expected
    assert sweep(now=expected - timedelta(seconds=1)).breached == 0
    assert sweep(now=expected).breached == 1


def test_calendar_that_is_never_open_does_not_lose_the_promise() -> None:
    policy(Target.RESOLUTION, 8 * HOUR, hours_of=HoursOf.TEAM)
    never = team("Europe/Berlin")
    assert never.calendar is not None
    never.calendar.intervals.all().delete()
    now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    ticket = people.ticket(Kind.INQUIRY, team=never, now=now)

    assert running(ticket, Target.RESOLUTION).due_at == now + 8 * HOUR
