"""People who work here, configured accounts of providers, business calendars, signs of life, counters, answers."""

from common.models.business_calendar import BusinessCalendar, BusinessInterval, CalendarDay
from common.models.connection import Connection
from common.models.heartbeat import Heartbeat
from common.models.idempotent_answer import IdempotentAnswer
from common.models.revision import Revision
from common.models.user import User
from common.models.visit_count import VisitCount

__all__ = [
    "BusinessCalendar",
    "BusinessInterval",
    "CalendarDay",
    "Connection",
    "Heartbeat",
    "IdempotentAnswer",
    "Revision",
    "User",
    "VisitCount",
]
