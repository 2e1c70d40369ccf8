"""The fields themselves, in the order in which a form offers them, and the values that a moment has of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from logistics.choices import IncidentType, Tier
from tickets.choices import (
    ActorKind,
    Audience,
    Direction,
    Kind,
    Phase,
    Priority,
    Resolution,
    RuleTrigger,
    Target,
    Via,
    WaitingOn,
)
from tickets.policies.fields.field import (
    ABSENT,
    Field,
    Moment,
    age_of,
    channel_of,
    datum,
    fact,
    has_attachments,
    lane_of,
    of_event,
    said,
)
from tickets.policies.fields.options import WEEKDAYS, causes, choices, events, states
from tickets.policies.operators import FieldType, Label

T = FieldType
_ALL: tuple[Field, ...] = (
    fact("kind", _("kind"), T.CHOICE, options=choices(Kind), may_be_empty=False),
    fact("state", _("state"), T.CHOICE, options=states, may_be_empty=False),
    fact("phase", _("phase"), T.CHOICE, options=choices(Phase), may_be_empty=False, lower=True),
    fact("waiting_on", _("waiting on"), T.CHOICE, options=choices(WaitingOn), may_be_empty=False, lower=True),
    fact("priority", _("priority"), T.LEVEL, options=choices(Priority), may_be_empty=False, lower=True),
    fact("tier", _("tier"), T.CHOICE, options=choices(Tier), lower=False, empty=_("the customer is not known")),
    fact("cause", _("cause"), T.CHOICE, options=causes, lower=True, empty=_("no cause is known")),
    fact(
        "resolution",
        _("resolution"),
        T.CHOICE,
        options=choices(Resolution, but=("",)),
        lower=True,
        empty=_("it is not resolved"),
        filled=_("it is resolved"),
    ),
    fact("team", _("team"), T.TEAM, column="team_id", empty=_("no team has it"), filled=_("a team has it")),
    fact(
        "assignee", _("owner"), T.PERSON, column="assignee_id", empty=_("nobody owns it"), filled=_("somebody owns it")
    ),
    fact(
        "customer",
        _("customer"),
        T.CUSTOMER,
        column="customer_id",
        empty=_("the customer is not known"),
        filled=_("the customer is known"),
    ),
    fact(
        "shipment",
        _("shipment"),
        T.SHIPMENT,
        column="shipment_id",
        empty=_("no shipment is known"),
        filled=_("the shipment is known"),
    ),
    fact("carrier", _("carrier"), T.CARRIER, column="carrier_id", empty=_("no carrier is known")),
    fact("language", _("language"), T.LANGUAGE, empty=_("the language is not known")),
    fact("country", _("customer's country"), T.COUNTRY, empty=_("the customer's country is not known")),
    fact("channel", _("channel"), T.TEXT),
    fact("origin", _("origin"), T.COUNTRY, empty=_("the origin is not known")),
    fact("destination", _("destination"), T.COUNTRY, empty=_("the destination is not known")),
    Field(
        name="ticket.lane",
        label=_("lane"),
        type=T.LANE,
        sql="(CASE WHEN f.origin <> '' AND f.destination <> '' THEN f.origin || '-' || f.destination ELSE '' END)",
        read=lane_of,
        empty=_("the lane is not known"),
    ),
    fact("tags", _("tags"), T.WORDS, empty=_("it has no tag"), filled=_("it has a tag")),
    fact(
        "word_hits",
        _("words found"),
        T.WORDS,
        empty=_("no listed word was found"),
        filled=_("a listed word was found"),
    ),
    fact(
        "is_unanswered",
        _("a customer waits for an answer"),
        T.BOOLEAN,
        yes=_("a customer waits for an answer"),
        no=_("no customer waits for an answer"),
    ),
    fact("is_snoozed", _("it is snoozed"), T.BOOLEAN, yes=_("it is snoozed"), no=_("it is not snoozed")),
    fact("reopened_count", _("times reopened"), T.NUMBER),
    fact("recent_tickets", _("customer's other tickets of the last 7 days"), T.NUMBER),
    Field(
        name="ticket.age",
        label=_("time since it was opened"),
        type=T.DURATION,
        sql="extract(epoch FROM (k.at - t.opened_at))",
        read=age_of,
    ),
    said(
        "audience",
        _("the message's audience"),
        T.CHOICE,
        lambda m: m.audience,
        options=choices(Audience),
        lower=True,
        may_be_empty=False,
    ),
    said(
        "direction",
        _("the message's direction"),
        T.CHOICE,
        lambda m: m.direction,
        options=choices(Direction),
        lower=True,
        may_be_empty=False,
    ),
    said("language", _("the message's language"), T.LANGUAGE, lambda m: m.language),
    said(
        "channel",
        _("the message's channel"),
        T.TEXT,
        channel_of,
        sql="coalesce((SELECT c.provider FROM common_connection c WHERE c.id = m.connection_id), '')",
    ),
    said(
        "is_automatic",
        _("the message is automatic"),
        T.BOOLEAN,
        lambda m: m.is_automatic,
        yes=_("the message is automatic"),
        no=_("a person wrote the message"),
    ),
    said(
        "has_attachments",
        _("the message has files"),
        T.BOOLEAN,
        has_attachments,
        sql="EXISTS (SELECT 1 FROM tickets_attachment a WHERE a.message_id = m.id)",
        yes=_("the message has files"),
        no=_("the message has no files"),
    ),
    said(
        "word_hits",
        _("words found in the message"),
        T.WORDS,
        lambda m: m.word_hits,
        empty=_("no listed word was found in the message"),
        filled=_("a listed word was found in the message"),
    ),
    said(
        "tracking_numbers",
        _("tracking numbers in the message"),
        T.WORDS,
        lambda m: m.tracking_numbers,
        empty=_("the message names no tracking number"),
        filled=_("the message names a tracking number"),
    ),
    Field(
        name="event.type",
        label=_("what happened"),
        type=T.CHOICE,
        sql="e.type",
        guard="e.id IS NOT NULL",
        read=of_event(lambda e: e.type),
        options=events,
        may_be_empty=False,
    ),
    Field(
        name="event.actor",
        label=_("who did it"),
        type=T.CHOICE,
        sql="e.actor_kind",
        guard="e.id IS NOT NULL",
        read=of_event(lambda e: e.actor_kind),
        options=choices(ActorKind),
        may_be_empty=False,
        lower=True,
    ),
    Field(
        name="event.via",
        label=_("through what"),
        type=T.CHOICE,
        sql="e.via",
        guard="e.id IS NOT NULL",
        read=of_event(lambda e: e.via),
        options=choices(Via),
        may_be_empty=False,
    ),
    datum(
        "target", _("the promise"), "target", ("promise_warned", "promise_breached", "promise_kept"), choices(Target)
    ),
    datum("incident", _("what logistics noticed"), "type", ("incident",), choices(IncidentType)),
    Field(
        name="now.hour",
        label=_("the hour"),
        type=T.NUMBER,
        sql="extract(hour FROM k.at AT TIME ZONE {zone})",
        read=lambda moment: ABSENT if moment.at is None else moment.at,
        has_zone=True,
    ),
    Field(
        name="now.weekday",
        label=_("the weekday"),
        type=T.CHOICE,
        sql="(extract(isodow FROM k.at AT TIME ZONE {zone}) - 1)",
        read=lambda moment: ABSENT if moment.at is None else moment.at,
        options=lambda: list(enumerate(WEEKDAYS)),
        may_be_empty=False,
        has_zone=True,
    ),
)

FIELDS: dict[str, Field] = {field.name: field for field in _ALL}
"""Name → field, in the order in which a form offers them."""

CHANGEABLE: dict[str, Field] = {
    field.name.removeprefix("ticket."): field for field in _ALL if field.group == "ticket" and field.column
}
"""What a ``changed`` leaf can be about, by its short name."""

GROUP_LABELS: dict[str, Label] = {
    "ticket": _("Ticket"),
    "message": _("Message"),
    "event": pgettext_lazy("what happened", "Event"),
    "now": pgettext_lazy("moment", "Time"),
}

_GROUPS: dict[str, frozenset[str]] = {
    RuleTrigger.EVENT: frozenset(("ticket", "message", "event", "now")),
    RuleTrigger.SENDING: frozenset(("ticket", "message", "now")),
    RuleTrigger.TIME: frozenset(("ticket", "now")),
    RuleTrigger.SCHEDULE: frozenset(("ticket", "now")),
}


def fields_for(trigger: str) -> dict[str, Field]:
    """The fields that rules of a trigger may ask about."""
    return {name: field for name, field in FIELDS.items() if field.group in _GROUPS[trigger]}


PROMISE_FIELDS: dict[str, Field] = {
    name: field for name, field in FIELDS.items() if field.column or name == "ticket.lane"
}
"""The fields that promises are chosen by: how the ticket stands, whatever the time."""


def facts_values(
    facts: Any,
    message: Any = None,
    *,
    event: Any = None,
    opened_at: datetime | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """The values of all fields that this moment has, by name, for ``matches`` and ``explain``.

    ``facts`` is a row of facts or a mapping with its columns. ``now.*`` holds the moment itself: the leaf has the zone.
    """
    moment = Moment(facts, message, event, opened_at, at)
    values = {}
    for field in _ALL:
        if (field.group == "message" and message is None) or (field.group == "event" and event is None):
            continue
        value = field.read(moment)
        if value is not ABSENT:
            values[field.name] = value
    return values
