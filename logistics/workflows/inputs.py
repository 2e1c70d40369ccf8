"""Inputs of logistics: a partner of ours, a country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from common.inputs import Input
from logistics.choices import PartnerKind
from logistics.models import Partner
from logistics.models.party import validate_country


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerChoice(Input):
    """One of our active partners of a kind, or of several kinds."""

    kind: PartnerKind | tuple[PartnerKind, ...]

    def form_fields(self) -> dict[str, forms.Field]:
        kinds = self.kind if isinstance(self.kind, tuple) else (self.kind,)
        partners = Partner.objects.filter(kind__in=kinds, is_active=True)
        return {self.name: forms.ModelChoiceField(queryset=partners, empty_label="—", **self._options())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Country(Input):
    """A country as two capital letters (ISO 3166)."""

    def empty(self) -> dict[str, Any]:
        return {self.name: ""}

    def form_fields(self) -> dict[str, forms.Field]:
        return {self.name: forms.CharField(max_length=2, validators=[validate_country], **self._options())}
