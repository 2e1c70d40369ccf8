"""What rules say: to customers, to partners, to ourselves."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from common.errors import DomainError
from common.inputs import Pick, Text
from logistics.choices import PartnerKind
from logistics.models import Partner
from logistics.workflows.inputs import PartnerChoice
from tickets.choices import WaitingOn
from tickets.errors import CannotWrite
from tickets.services.conversations import add_note, write_to_customer, write_to_partner
from tickets.services.journal import Change, changing
from tickets.services.letters import letter
from tickets.services.parties import partner_of
from tickets.services.rules.actions import offered
from tickets.services.rules.actions.registry import Doing, Raw, action


def _says_reply(raw: Raw) -> str:
    return _("write to the customer: “%(template)s”") % {
        "template": offered.name_of(offered.templates(), raw.get("template"))
    }


@action(
    "reply_with_template",
    gettext_lazy("Write to the customer"),
    inputs=[Pick(name="template", label=gettext_lazy("Template"), rows=offered.templates)],
    says=_says_reply,
)
def reply_with_template(doing: Doing) -> str:
    with changing(doing.ticket_id, actor=doing.actor, now=doing.now) as change:
        rendered = letter(key=doing.inputs["template"], ticket=change.ticket, now=doing.now)
        message = write_to_customer(change, text=rendered.text, subject=rendered.subject)
    if message is None:
        raise CannotWrite(_("There is no address to write to this customer."))
    return "written"


def _says_partner(raw: Raw) -> str:
    whom = offered.name_of(offered.partners(), raw["partner"]) if raw.get("partner") else ""
    return _("write to %(partner)s: “%(template)s”") % {
        "partner": whom or pgettext("write to", "the partner who has it"),
        "template": offered.name_of(offered.templates(), raw.get("template")),
    }


@action(
    "send_to_partner",
    gettext_lazy("Write to a partner"),
    inputs=[
        PartnerChoice(
            name="partner",
            label=gettext_lazy("Partner"),
            kind=tuple(PartnerKind),
            required=False,
            help=gettext_lazy("Empty: the partner the ticket waits on, else the carrier."),
        ),
        Pick(name="template", label=gettext_lazy("Template"), rows=offered.templates),
    ],
    says=_says_partner,
)
def send_to_partner(doing: Doing) -> str:
    with changing(doing.ticket_id, actor=doing.actor, now=doing.now) as change:
        partner = doing.inputs["partner"] or _partner_at_work(change)
        rendered = letter(key=doing.inputs["template"], ticket=change.ticket, partner=partner, now=doing.now)
        message = write_to_partner(change, partner=partner, text=rendered.text, subject=rendered.subject)
    if message is None:
        raise CannotWrite(_("%(partner)s has no address we can write to.") % {"partner": partner})
    return f"written to {partner}"


def _partner_at_work(change: Change) -> Partner:
    partner = partner_of(change.ticket, change.ticket.waiting_on) or partner_of(change.ticket, WaitingOn.CARRIER)
    if partner is None:
        raise DomainError(_("No partner is known for this ticket."), code="no_partner")
    return partner


@action(
    "note",
    gettext_lazy("Write a note"),
    inputs=[Text(name="text", label=gettext_lazy("Note"), long=True)],
    says=lambda raw: _("note: “%(text)s”") % {"text": str(raw.get("text", ""))[:80]},
)
def note(doing: Doing) -> str:
    with changing(doing.ticket_id, actor=doing.actor, now=doing.now) as change:
        add_note(change, text=doing.inputs["text"])
    return "noted"
