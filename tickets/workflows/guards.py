"""Guards and checks that several kinds share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from tickets.models import Ticket
from tickets.workflows.way import Check, Guard


def local_day(ticket: Ticket, now: datetime) -> date:
    """The calendar day it is for the ticket's customer."""
    return now.astimezone(ticket.customer.zone if ticket.customer else UTC).date()


def not_past(*names: str) -> Guard:
    """Refuse days and moments that are over for the customer. Optional inputs may stay empty."""

    def guard(ticket: Ticket, inputs: dict[str, Any], now: datetime) -> None:
        wrong = {}
        for name in names:
            value = inputs.get(name)
            if value is None:
                continue
            is_over = value <= now if isinstance(value, datetime) else value < local_day(ticket, now)
            if is_over:
                wrong[name] = [str(_("This is in the past."))]
        if wrong:
            raise InvalidInput(str(_("Some of what you sent cannot be used.")), data=wrong)

    return guard


def all_of(*guards: Guard) -> Guard:
    """Every one of these must let the way pass."""

    def guard(ticket: Ticket, inputs: dict[str, Any], now: datetime) -> None:
        for one in guards:
            one(ticket, inputs, now)

    return guard


def at_least_one(*names: str, sentence: Any) -> Check:
    """Some of these inputs must be given; else ``sentence`` stands at the first."""

    def check(cleaned: dict[str, Any]) -> None:
        if not any(cleaned.get(name) for name in names):
            raise ValidationError({names[0]: sentence})

    return check


def needed_when(name: str, *, where: str, is_one_of: tuple[str, ...], sentence: Any) -> Check:
    """``name`` must be given when the input ``where`` has one of these values. Nought is a value."""

    def check(cleaned: dict[str, Any]) -> None:
        if cleaned.get(where) in is_one_of and cleaned.get(name) in (None, "", []):
            raise ValidationError({name: sentence})

    return check


def both(*checks: Callable[[dict[str, Any]], None]) -> Check:
    """Every one of these checks must pass."""

    def check(cleaned: dict[str, Any]) -> None:
        for one in checks:
            one(cleaned)

    return check
