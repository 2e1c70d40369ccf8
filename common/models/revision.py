"""How often a set that processes keep in memory has changed."""

from __future__ import annotations

from django.db import models


class Revision(models.Model):
    """``number`` grows with each change of the set called ``name`` (``common.revisions``)."""

    name = models.CharField(max_length=40, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
