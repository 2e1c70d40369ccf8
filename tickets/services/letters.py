"""Templates about a ticket: filled with what the ticket knows, in the reader's language, day and zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from common.models import User
from common.policies.reader import locale_of
from knowledge_base.errors import TemplateUnusable, ValuesMissing
from knowledge_base.policies.placeholders import PLACEHOLDERS, is_empty
from knowledge_base.services import templates
from knowledge_base.services.templates import Rendered, Template
from logistics.models import LaneAdvisory, Partner, PartnerContact
from tickets.choices import DelayCause, LinkPurpose, PaperState, Target, WaitingOn
from tickets.errors import CannotWrite
from tickets.models import Clock, Message, Ticket
from tickets.policies.customer_languages import customer_language
from tickets.services.conversations import write_to_customer
from tickets.services.customer_links import make_link
from tickets.services.journal import Change
from tickets.services.readers import languages_of, zone_of, zone_of_partner

_A_MINUTE = timedelta(minutes=1)
NOT_WRITTEN: Final = "letter_not_written"
"""The event of a letter that we wanted to send by ourselves and could not fill."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A letter being filled. Its language is the active one while values are looked up."""

    ticket: Ticket
    partner: Partner | None
    language: str
    now: datetime | None


def letter(
    *,
    key: str,
    ticket: Ticket,
    values: Mapping[str, Any] | None = None,
    partner: Partner | None = None,
    now: datetime | None = None,
) -> Rendered:
    """Fill a template for the ticket's customer, or for a ``partner``, in their language and zone.

    ``values`` win over what the ticket knows. With ``now`` a letter that holds ``{link}`` gets a new link to the
    ticket's page. Raises TemplateUnusable, and ValuesMissing when something that must be said is not known.
    """
    template = templates.template(key)
    asked = _asked(template, ticket, partner, now)
    filled = {
        **_known(template, asked),
        **{name: value for name, value in (values or {}).items() if not is_empty(value)},
    }
    return template.render(language=asked.language, values=filled, zone=_zone(asked))


def letter_to_staff(*, key: str, ticket: Ticket, user: User, now: datetime) -> Rendered:
    """Fill a template for somebody of ours, in their language and zone. Raises as ``letter`` does."""
    template = templates.template(key)
    asked = _Asked(ticket, None, template.language_for([user.language]), now)
    values = _known(template, asked)
    if values.get("waited") is not None and values["waited"] < _A_MINUTE:
        del values["waited"]
    return template.render(language=asked.language, values=values, zone=user.zone)


def preview(*, template: Template, ticket: Ticket, partner: Partner | None = None, now: datetime) -> Rendered:
    """The letter as it would read, with examples for what only its occasion knows. Changes nothing."""
    asked = _asked(template, ticket, partner, None)
    values = _known(template, asked) | {"waited": now - ticket.waiting_since}
    needed = set(template.missing(asked.language, values))
    for name in template.names(asked.language):
        if is_empty(values.get(name)) and (name in ONLY_THEN or name in needed):
            values[name] = PLACEHOLDERS[name].example
    return template.render(language=asked.language, values=values, zone=_zone(asked))


def send_letter(
    change: Change,
    *,
    key: str,
    values: Mapping[str, Any] | None = None,
    answers: bool = False,
    tells: bool = True,
    at_once: bool = False,
) -> Message | None:
    """Queue a letter to the ticket's customer, inside a change; the rest as ``write_to_customer``.

    A letter that cannot be filled or must not be sent is told in the ticket's events ("letter_not_written") and None.
    """
    try:
        rendered = letter(key=key, ticket=change.ticket, values=values, now=change.now)
        return write_to_customer(
            change, text=rendered.text, subject=rendered.subject, answers=answers, tells=tells, at_once=at_once
        )
    except (TemplateUnusable, ValuesMissing, CannotWrite) as error:
        change.record(NOT_WRITTEN, {"template": key, "code": error.code, "missing": error.data.get("missing", [])})
        return None


def _asked(template: Template, ticket: Ticket, partner: Partner | None, now: datetime | None) -> _Asked:
    wanted = [partner.language] if partner else languages_of(ticket)
    return _Asked(ticket, partner, template.language_for(wanted), now)


def _known(template: Template, asked: _Asked) -> dict[str, Any]:
    """What the ticket knows of what the template's text asks for."""
    with translation.override(customer_language(asked.language)):
        return {name: _KNOWN[name](asked) for name in template.names(asked.language) if name in _KNOWN}


def _zone(asked: _Asked) -> tzinfo:
    return zone_of_partner(asked.partner) if asked.partner else zone_of(asked.ticket) or UTC


def _parcel(asked: _Asked) -> str:
    number = _tracking_number(asked)
    return _("your parcel %(number)s") % {"number": number} if number else _("your parcel")


def _tracking_number(asked: _Asked) -> str:
    return asked.ticket.shipment.tracking_number if asked.ticket.shipment else ""


def _carrier(asked: _Asked) -> str:
    shipment = asked.ticket.shipment
    return shipment.carrier.name if shipment and shipment.carrier else ""


def _eta(asked: _Asked) -> Any:
    shipment = asked.ticket.shipment
    if shipment is None or shipment.delivered_at is not None:
        return None
    if shipment.estimated_to is not None:
        return shipment.estimated_to.astimezone(zone_of(asked.ticket) or UTC).date()
    return shipment.promised_date


def _papers(asked: _Asked) -> list[str]:
    rows = asked.ticket.papers.filter(state=PaperState.MISSING)
    theirs = rows.exclude(asked_of=WaitingOn.CUSTOMER) if asked.partner else rows.filter(asked_of=WaitingOn.CUSTOMER)
    return [paper.get_type_display() for paper in theirs.order_by("id")]


def _clock_due(*targets: Target) -> Callable[[_Asked], datetime | None]:
    """The earliest running promise of these that is still ahead: nobody is promised what is over."""

    def find(asked: _Asked) -> datetime | None:
        due = Clock.objects.running().filter(ticket_id=asked.ticket.pk, target__in=targets, due_at__isnull=False)
        ahead = due.filter(due_at__gt=asked.now) if asked.now else due
        return ahead.order_by("due_at").values_list("due_at", flat=True).first()

    return find


def _waited(asked: _Asked) -> Any:
    return asked.now - asked.ticket.waiting_since if asked.now else None


def _contact_name(asked: _Asked) -> str:
    contacts = PartnerContact.objects.filter(partner=asked.partner) if asked.partner else PartnerContact.objects.none()
    return contacts.order_by("-is_primary", "id").values_list("name", flat=True).first() or ""


def _link(asked: _Asked) -> str:
    if asked.now is None:
        return ""
    return make_link(ticket=asked.ticket, purpose=LinkPurpose.STATUS, now=asked.now)


def lane_in_words(origin: str, destination: str, language: str) -> str:
    """A lane by the names of its countries, in a BCP 47 language; "" when one is not known."""
    names = locale_of(language).territories
    return f"{names.get(origin, origin)} → {names.get(destination, destination)}" if origin and destination else ""


def advisory_of(ticket: Ticket, *, now: datetime) -> LaneAdvisory | None:
    """What holds up the ticket's lane now, the latest that was entered."""
    return LaneAdvisory.objects.current(now=now).on_lane(origin=ticket.origin, destination=ticket.destination).last()


def cause_in_words(advisory: LaneAdvisory) -> str:
    """What holds a lane up, in the active language; "" when it has no word."""
    return str(DelayCause(advisory.cause).label) if advisory.cause in DelayCause.values else ""


def _reason(asked: _Asked) -> str:
    advisory = advisory_of(asked.ticket, now=asked.now) if asked.now else None
    if advisory is not None:
        return cause_in_words(advisory)
    cause = asked.ticket.cause
    return str(DelayCause(cause).label) if cause in DelayCause.values and cause != DelayCause.UNKNOWN else ""


def _until_day(asked: _Asked) -> Any:
    advisory = advisory_of(asked.ticket, now=asked.now) if asked.now else None
    return advisory.ends_at.astimezone(zone_of(asked.ticket) or UTC).date() if advisory else None


_KNOWN: dict[str, Callable[[_Asked], Any]] = {
    "customer_name": lambda asked: asked.ticket.customer.name if asked.ticket.customer else "",
    "parcel": _parcel,
    "tracking_number": _tracking_number,
    "reference": lambda asked: asked.ticket.reference,
    "summary": lambda asked: asked.ticket.told_summary or str(asked.ticket.get_kind_display()),
    "carrier": _carrier,
    "partner": lambda asked: asked.partner.name if asked.partner else "",
    "contact_name": _contact_name,
    "team": lambda asked: asked.ticket.team.name if asked.ticket.team else "",
    "agent_name": lambda asked: str(asked.ticket.assignee) if asked.ticket.assignee else "",
    "lane": lambda asked: lane_in_words(asked.ticket.origin, asked.ticket.destination, asked.language),
    "reason": _reason,
    "until_day": _until_day,
    "eta": _eta,
    "papers": _papers,
    "link": _link,
    "waited": _waited,
    "next_update_at": _clock_due(Target.NEXT_UPDATE, Target.FIRST_RESPONSE, Target.NEXT_RESPONSE),
    "promise_at": _clock_due(Target.FIRST_RESPONSE, Target.NEXT_RESPONSE),
    "due_at": _clock_due(Target.PARTNER_ANSWER, Target.CARRIER_ANSWER),
}
"""What a ticket knows by itself; the rest comes from the occasion."""

ONLY_THEN: Final = frozenset(PLACEHOLDERS) - _KNOWN.keys() | {"link", "waited", "until_day"}
"""What only the occasion of a letter knows: a preview shows examples."""
