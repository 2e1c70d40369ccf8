"""Inputs that name one of our partners."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

from common.inputs import Input
from logistics.choices import PartnerKind
from logistics.models import Partner


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerChoice(Input):
    """One of our active partners of a kind, or of several kinds."""

    kind: PartnerKind | tuple[PartnerKind, ...]

    def form_fields(self) -> dict[str, forms.Field]:
        kinds = self.kind if isinstance(self.kind, tuple) else (self.kind,)
        partners = Partner.objects.filter(kind__in=kinds, is_active=True)
        return {self.name: forms.ModelChoiceField(queryset=partners, empty_label="—", **self._options())}
