"""What a shipped role's group was given, so that later versions add only what is new."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models


class ShippedRole(models.Model):
    """A role of ours and its group, whatever administrators call it by now.

    ``given`` are the permissions ("tickets.view_ticket") that it was ever given by us: one that is among them and not
    the group's was taken away by somebody.
    """

    name = models.CharField(max_length=80, unique=True)
    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="+")
    given = ArrayField(models.CharField(max_length=160), default=list)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
