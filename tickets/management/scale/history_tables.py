"""The tables of a past, and which of their columns differ from row to row."""

from __future__ import annotations

from logistics.choices import IncidentState
from logistics.models import Customer, Incident, Shipment, TrackingEvent
from tickets.choices import Audience, Kind, Via
from tickets.management.scale.copying import Table
from tickets.models import (
    DETAILS,
    Breach,
    ChannelIdentity,
    Claim,
    Clock,
    Compensation,
    Conversation,
    KnowledgeUse,
    Message,
    Participant,
    SurveyAnswer,
    Ticket,
    TicketEvent,
    TicketFacts,
)

SLUG = "history"
SAME = (
    *("priority", "customer_id", "shipment_id", "team_id", "assignee_id", "language", "country", "channel"),
    *("origin", "destination"),
)
"""What a ticket's row and its facts both say."""


def tables() -> dict[str, Table]:
    """New, empty tables, by what they hold."""
    last = (*SAME, "incident_id")
    found = {
        "customers": Table(Customer, "id", "name", "language", "time_zone", "country", "tier", "created_at"),
        "shipments": Table(
            *(Shipment, "id", "tracking_number", "customer_id", "carrier_id", "destination_country", "created_at"),
            *("promised_date", "status", "delivered_at", "last_event_at"),
            origin_country="CN",
        ),
        "scans": Table(
            *(TrackingEvent, "shipment_id", "key", "at", "offset_minutes", "country", "received_at"),
            status="delivered",
            raw_code="Delivered",
            text="Delivered",
            source=SLUG,
        ),
        "identities": Table(ChannelIdentity, "id", "external_id", "customer_id", "created_at", "connection_id"),
        "incidents": Table(
            *(Incident, "id", "type", "shipment_id", "dedupe_key", "happened_at", "noticed_at"),
            subject="noticed",
            state=IncidentState.HANDLED,
        ),
        "tickets": Table(
            *(Ticket, "id", "kind", "state", "phase", "waiting_on", "resolution", "cause", *last, "summary"),
            *("opened_at", "state_since", "queue_at", "resolved_at", "closed_at", "reopened_count"),
            *("last_message_at", "last_message_preview", "last_message_direction", "event_sequence", "event_hash"),
        ),
        "conversations": Table(
            *(Conversation, "id", "identity_id", "thread", "ticket_id", "started_at", "last_message_at"),
            "connection_id",
            audience=Audience.CUSTOMER,
        ),
        "participants": Table(Participant, "ticket_id", "identity_id", "joined_at"),
        "messages": Table(
            *(Message, "id", "ticket_id", "conversation_id", "identity_id", "author_id", "direction", "status", "text"),
            *("language", "external_id", "sent_at", "created_at", "search", "key", "connection_id"),
            audience=Audience.CUSTOMER,
        ),
        "events": Table(
            *(TicketEvent, "ticket_id", "sequence", "type", "at", "actor_kind", "actor_id", "data", "hash"),
            actor_name=SLUG,
            via=Via.COMMAND,
        ),
        "facts": Table(
            *(TicketFacts, "ticket_id", "valid_from", "valid_to", "kind", "state", "phase", "waiting_on", "resolution"),
            *("cause", *SAME, "tier", "carrier_id"),
        ),
        "clocks": Table(
            *(Clock, "id", "ticket_id", "target", "policy_id", "calendar_id", "partner_id", "duration", "started_at"),
            *("due_at", "breached_at", "ended_at", "outcome"),
        ),
        "breaches": Table(
            *(Breach, "clock_id", "ticket_id", "target", "due_at", "noticed_at", "cause", "assignee_id", "team_id"),
            *("partner_id", "late_by"),
        ),
        "surveys": Table(SurveyAnswer, "ticket_id", "asked_at", "answered_at", "score"),
        "uses": Table(KnowledgeUse, "ticket_id", "message_id", "template_key", "at"),
        "compensations": Table(
            *(Compensation, "ticket_id", "amount", "currency", "created_at", "offered_at", "paid_at"),
            method="refund",
            state="paid",
        ),
        "claims": Table(
            *(Claim, "ticket_id", "partner_id", "state", "amount", "currency", "created_at", "filed_at", "paid_at"),
            "paid_amount",
        ),
    }
    for kind, model in DETAILS.items():
        more = ("refunded_amount", "refunded_currency") if kind == Kind.RETURN else ()
        found[f"of_{kind}"] = Table(model, "ticket_id", *more)
    return found
