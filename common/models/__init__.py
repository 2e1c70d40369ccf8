"""People who work here, configured accounts of providers, business calendars, signs of life."""

from common.models.business_calendar import BusinessCalendar, BusinessInterval, CalendarDay
from common.models.connection import Connection
from common.models.heartbeat import Heartbeat
from common.models.user import User

__all__ = ["BusinessCalendar", "BusinessInterval", "CalendarDay", "Connection", "Heartbeat", "User"]
