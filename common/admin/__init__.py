"""Pages of people, roles and calendars, and what the pages of every app share."""

from common.admin import calendars, people

__all__ = ["calendars", "people"]
