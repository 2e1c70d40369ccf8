"""What a partner without a calendar is taken to work, in its own zone: Monday to Friday, 9 to 18."""

from __future__ import annotations

from datetime import time
from functools import cache
from zoneinfo import ZoneInfo

from common.policies.business_time import Hours, Interval

OFFICE_DAYS = range(5)
OFFICE_HOURS = (Interval(time(9), time(18)),)


@cache
def office_hours(zone: str) -> Hours:
    """These hours in a zone, named as IANA names it."""
    return Hours(ZoneInfo(zone), dict.fromkeys(OFFICE_DAYS, OFFICE_HOURS))
