"""Calling people, ladders, other programs; and being reminded."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.inputs import Link, Pick, Several, Span, SpanUnit, Text
from common.jobs import nudge
from common.models import User
from tickets.choices import CallBy
from tickets.models import EscalationPolicy, WebhookCall
from tickets.services.escalation import page as call_person
from tickets.services.escalation import start
from tickets.services.journal import changing
from tickets.services.reminders import add_reminder
from tickets.services.rules.actions import offered
from tickets.services.rules.actions.registry import Doing, Raw, action


@action(
    "page",
    gettext_lazy("Call a person"),
    inputs=[
        Pick(name="person", label=gettext_lazy("Person"), rows=offered.people, numbers=True),
        Several(name="by", label=gettext_lazy("By"), choices=CallBy, required=False),
        Text(name="reason", label=gettext_lazy("Reason")),
    ],
    says=lambda raw: _("call %(person)s") % {"person": offered.name_of(offered.people(), raw.get("person"))},
)
def page(doing: Doing) -> str:
    user = User.objects.get(pk=doing.inputs["person"])
    with changing(doing.ticket_id, actor=doing.actor, now=doing.now) as change:
        call_person(change, user=user, reason=doing.inputs["reason"], by=doing.inputs["by"] or [CallBy.DESK])
    return f"called {user}"


@action(
    "start_escalation",
    gettext_lazy("Start an escalation"),
    inputs=[
        Pick(name="ladder", label=gettext_lazy("Escalation"), rows=offered.ladders, numbers=True),
        Text(name="reason", label=gettext_lazy("Reason"), required=False),
    ],
    says=lambda raw: (
        _("start the escalation “%(ladder)s”") % {"ladder": offered.name_of(offered.ladders(), raw.get("ladder"))}
    ),
)
def start_escalation(doing: Doing) -> str:
    policy = EscalationPolicy.objects.get(pk=doing.inputs["ladder"])
    with changing(doing.ticket_id, actor=doing.actor, now=doing.now) as change:
        start(change, policy=policy, reason=doing.inputs["reason"] or doing.run.rule.name)
    return f"escalation “{policy}” started"


def _says_span(raw: Raw) -> str:
    return f"{raw.get('after', '')} {dict(SpanUnit.choices).get(str(raw.get('after_unit')), '')}"


@action(
    "remind",
    gettext_lazy("Set a reminder"),
    inputs=[
        Span(name="after", label=gettext_lazy("After")),
        Text(name="text", label=gettext_lazy("What to look at"), max_length=300),
        Pick(
            name="person",
            label=gettext_lazy("Person"),
            rows=offered.people,
            numbers=True,
            required=False,
            help=gettext_lazy("Empty: whoever owns it then."),
        ),
    ],
    says=lambda raw: (
        _("remind after %(span)s: “%(text)s”") % {"span": _says_span(raw), "text": str(raw.get("text", ""))[:80]}
    ),
)
def remind(doing: Doing) -> str:
    person = doing.inputs["person"]
    with changing(doing.ticket_id, actor=doing.actor, now=doing.now) as change:
        add_reminder(
            change,
            due_at=doing.now + doing.inputs["after"],
            text=doing.inputs["text"],
            user=User.objects.get(pk=person) if person is not None else None,
        )
    return "reminder set"


@action(
    "call_webhook",
    gettext_lazy("Call a webhook"),
    inputs=[Link(name="url", label=gettext_lazy("Address"))],
    says=lambda raw: _("call %(url)s") % {"url": raw.get("url", "")},
)
def call_webhook(doing: Doing) -> str:
    WebhookCall.objects.create(
        run=doing.run, url=doing.inputs["url"], body=_body(doing), next_attempt_at=doing.now, created_at=doing.now
    )
    nudge("webhook_waiting")
    return "queued"


def _body(doing: Doing) -> dict[str, Any]:
    """What another program is told: what the ticket is and where it stands, nothing personal."""
    ticket = doing.ticket()
    return {
        "rule": doing.run.rule.name,
        "at": doing.now.isoformat(),
        "ticket": {
            "reference": ticket.reference,
            "kind": ticket.kind,
            "state": ticket.state,
            "phase": ticket.phase,
            "waiting_on": ticket.waiting_on,
            "priority": ticket.priority,
            "origin": ticket.origin,
            "destination": ticket.destination,
            "tracking_number": ticket.shipment.tracking_number if ticket.shipment else "",
            "tags": list(ticket.tags),
        },
    }
