"""Answers that are given again when a request is sent again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class IdempotentAnswer(models.Model):
    """What a write was answered. ``caller`` names the key's holder, ``key`` is their Idempotency-Key.

    The row is written in the transaction of the write itself: it is there if and only if the write happened.
    """

    caller = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotent_answer_caller_key"),
        ]

    def __str__(self) -> str:
        return f"{self.status} to {self.caller}"
