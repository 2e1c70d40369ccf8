"""A sign of life of a process that is not asked, such as the clock."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a process was last seen at work. ``name`` is the kind of process: clock, worker."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
