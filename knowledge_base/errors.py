"""Failures of the knowledge base that we expect."""

from __future__ import annotations

from common.errors import DomainError


class TemplateUnusable(DomainError):
    """A template that is not there, is switched off, or whose text cannot be read."""

    code = "template_unusable"


class ValuesMissing(DomainError):
    """A template that needs values which are not known; ``data["missing"]`` names the placeholders."""

    code = "values_missing"
