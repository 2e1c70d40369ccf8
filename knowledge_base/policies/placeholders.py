"""What a template may be filled with: names of the trade, each of a type and for certain readers.

Administrators write ``{tracking_number}`` and find the names beside the form.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.policies.reader import Reader, bullets

CUSTOMER: Final = "customer"
PARTNER: Final = "partner"
STAFF: Final = "staff"
EVERYBODY: Final = frozenset((CUSTOMER, PARTNER, STAFF))
OUTSIDE: Final = frozenset((CUSTOMER, PARTNER))


class Money(NamedTuple):
    """An amount in an ISO 4217 currency."""

    amount: Decimal
    currency: str


class PlaceholderType(StrEnum):
    """What a value is; it decides how it is written for its reader."""

    TEXT = "text"
    MOMENT = "moment"
    DAY = "day"
    MONEY = "money"
    DURATION = "duration"
    NUMBER = "number"
    LINK = "link"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One name: its type, whose templates may hold it, what it is in words, and a value that shows it."""

    name: str
    type: PlaceholderType
    label: str | Promise
    example: Any
    audiences: frozenset[str] = EVERYBODY


T = PlaceholderType
_MOMENT: Final = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)

_ALL: tuple[Placeholder, ...] = (
    Placeholder("customer_name", T.TEXT, _("the customer's name"), "Ana Souza", frozenset((CUSTOMER, STAFF))),
    Placeholder(
        "parcel", T.TEXT, _("“your parcel” with its number"), "your parcel LX302558123DE", frozenset((CUSTOMER,))
    ),
    Placeholder("tracking_number", T.TEXT, _("the tracking number"), "LX302558123DE"),
    Placeholder("reference", T.TEXT, _("the ticket's number"), "CLR-2041"),
    Placeholder("previous_reference", T.TEXT, _("the number of the customer's earlier ticket"), "LOS-1987"),
    Placeholder("summary", T.TEXT, _("what the ticket is about"), "Held at customs", frozenset((PARTNER, STAFF))),
    Placeholder("carrier", T.TEXT, _("the carrier's name"), "DHL"),
    Placeholder("partner", T.TEXT, _("the partner's name"), "Meyer Customs Brokers", frozenset((PARTNER, STAFF))),
    Placeholder("contact_name", T.TEXT, _("the partner's contact"), "Jana Meyer", frozenset((PARTNER,))),
    Placeholder("team", T.TEXT, _("our team"), "Customs desk Shenzhen"),
    Placeholder("agent_name", T.TEXT, _("who works on the ticket"), "Li Wei"),
    Placeholder("lane", T.TEXT, _("from where to where"), "CN→DE"),
    Placeholder("reason", T.TEXT, _("why, in words"), "Weather"),
    Placeholder("emergency_contact", T.TEXT, _("whom to reach when it cannot wait"), "+49 30 901820"),
    Placeholder("place", T.TEXT, _("a place"), "Leipzig"),
    Placeholder("promise_at", T.MOMENT, _("until when we promised it"), _MOMENT),
    Placeholder("next_update_at", T.MOMENT, _("when the reader hears from us again"), _MOMENT),
    Placeholder("opens_at", T.MOMENT, _("when we are back at work"), _MOMENT),
    Placeholder("due_at", T.MOMENT, _("until when we need an answer"), _MOMENT),
    Placeholder("eta", T.DAY, _("the day the parcel is expected"), date(2026, 11, 28)),
    Placeholder("until_day", T.DAY, _("the last day of something"), date(2026, 11, 30)),
    Placeholder("waited", T.DURATION, _("how long it has waited"), timedelta(hours=26)),
    Placeholder("amount", T.MONEY, _("an amount of money"), Money(Decimal("42.50"), "EUR")),
    Placeholder("count", T.NUMBER, _("how many"), 3),
    Placeholder("link", T.LINK, _("the customer's own page"), "https://desk.example.com/t/…", frozenset((CUSTOMER,))),
    Placeholder(
        "papers", T.LIST, _("the papers that are missing"), ("Commercial invoice", "Proof of payment"), OUTSIDE
    ),
)

PLACEHOLDERS: dict[str, Placeholder] = {one.name: one for one in _ALL}


def offered(audience: str) -> list[Placeholder]:
    """What a template for these readers may hold."""
    return [one for one in _ALL if audience in one.audiences]


def is_empty(value: Any) -> bool:
    """Whether a value counts as not known."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Collection) and not value)


def written(name: str, value: Any, reader: Reader) -> str:
    """A value as its reader writes it. Raises TypeError for one that is not of the placeholder's type."""
    match PLACEHOLDERS[name].type, value:
        case ((T.TEXT | T.LINK), str()):
            return " ".join(value.split())
        case T.MOMENT, datetime() if value.tzinfo is not None:
            return reader.moment(value)
        case T.DAY, date() if not isinstance(value, datetime):
            return reader.day(value)
        case T.MONEY, Money():
            return reader.money(value.amount, value.currency)
        case T.DURATION, timedelta():
            return reader.duration(value)
        case T.NUMBER, (int() | Decimal()) if not isinstance(value, bool):
            return reader.number(value)
        case T.LIST, (list() | tuple()):
            return bullets(" ".join(str(one).split()) for one in value)
    raise TypeError(f"{name}: {value!r}")
