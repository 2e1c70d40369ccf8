"""What callers send, as values."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class Input(serializers.Serializer):  # type: ignore[type-arg]
    """Reads a body. A field that it does not know is refused: a mistyped name must not be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        """The values. Raises ValidationError by field."""
        if isinstance(data, dict) and (unknown := sorted(set(map(str, data)) - set(self.fields))):
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in unknown[:20]})
        return super().to_internal_value(data)
