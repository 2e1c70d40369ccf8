"""What follows when a row of the foundation changes."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from common.models import BusinessCalendar, BusinessInterval, CalendarDay
from common.revisions import CALENDARS, bump


@receiver([post_save, post_delete], sender=BusinessCalendar)
@receiver([post_save, post_delete], sender=BusinessInterval)
@receiver([post_save, post_delete], sender=CalendarDay)
def tell_that_calendars_changed(sender: Any, **kwargs: Any) -> None:
    """Let every process compile the calendars anew."""
    bump(CALENDARS)
