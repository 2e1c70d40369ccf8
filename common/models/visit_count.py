"""How often strangers asked for something lately, shared by all processes of all nodes."""

from __future__ import annotations

from django.db import models


class VisitCount(models.Model):
    """One counter. ``key`` is the SHA-256 of what is counted, so that no address of a visitor is kept."""

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%H:%M:%S}"
