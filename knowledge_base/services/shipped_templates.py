"""The templates this app ships with: what each is for, and its texts, which lie in ``data/templates``.

A file a language holds, for each template, ``== key``, the subject, ``--`` and the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop

from knowledge_base.models import MessageTemplate, TemplateAudience, TemplateText

FOLDER = Path(__file__).parent.parent / "data" / "templates"
_HEAD = re.compile(r"^== ([a-z][a-z0-9_]*)\n", re.MULTILINE)
_CUSTOMER, _PARTNER, _STAFF = TemplateAudience.CUSTOMER, TemplateAudience.PARTNER, TemplateAudience.STAFF

SHIPPED: dict[str, tuple[TemplateAudience, str, str]] = {
    "out_of_hours": (
        _CUSTOMER,
        gettext_noop("Out of hours"),
        gettext_noop("Outside everyone's hours, once: when an answer comes and whom to reach in an emergency."),
    ),
    "next_word": (
        _CUSTOMER,
        gettext_noop("What happens next"),
        gettext_noop("After a case was raised: who has it now and when the customer hears again."),
    ),
    "update_due": (
        _CUSTOMER,
        gettext_noop("Update though nothing is new"),
        gettext_noop("Keeps the promise of an update when there is nothing to tell."),
    ),
    "storm_on_lane": (
        _CUSTOMER,
        gettext_noop("Delays on a lane"),
        gettext_noop("To everyone with a parcel under way on a lane that is held up."),
    ),
    "return_papers": (
        _CUSTOMER,
        gettext_noop("Papers for a return"),
        gettext_noop("A return that crosses a customs border wants papers first."),
    ),
    "apology_repeat": (
        _CUSTOMER,
        gettext_noop("Apology for a repeat"),
        gettext_noop("To somebody who has to write again about the same matter."),
    ),
    "complaint_received": (
        _CUSTOMER,
        gettext_noop("Complaint received"),
        gettext_noop("To an angry customer: a supervisor looks at it."),
    ),
    "payment_failed": (
        _CUSTOMER,
        gettext_noop("Payment failed"),
        gettext_noop("A payment did not go through and is with finance."),
    ),
    "safety_received": (
        _CUSTOMER,
        gettext_noop("Safety report received"),
        gettext_noop("An allergy, an injury or the like: what to do now, and who looks at it."),
    ),
    "handed_over": (
        _CUSTOMER,
        gettext_noop("Handed over"),
        gettext_noop("Which team and who of it takes care of the case from now on."),
    ),
    "no_scan": (
        _CUSTOMER,
        gettext_noop("No scan for days"),
        gettext_noop("We ask the carrier before the customer has to ask us."),
    ),
    "notice_picked_up": (
        _CUSTOMER,
        gettext_noop("Notice: picked up"),
        gettext_noop("Status notice, without a ticket."),
    ),
    "notice_customs": (_CUSTOMER, gettext_noop("Notice: at customs"), gettext_noop("Status notice, without a ticket.")),
    "notice_out_for_delivery": (
        _CUSTOMER,
        gettext_noop("Notice: out for delivery"),
        gettext_noop("Status notice, without a ticket."),
    ),
    "notice_delivered": (
        _CUSTOMER,
        gettext_noop("Notice: delivered"),
        gettext_noop("Status notice, without a ticket."),
    ),
    "notice_stopped": (
        _CUSTOMER,
        gettext_noop("Notices have ended"),
        gettext_noop("To a customer who answered a status notice with STOP."),
    ),
    "survey_question": (
        _CUSTOMER,
        gettext_noop("How did we do?"),
        gettext_noop("Some time after a ticket's end, once: asks for a mark from 1 to 5."),
    ),
    "survey_thanks": (
        _CUSTOMER,
        gettext_noop("Thanks for a mark"),
        gettext_noop("To a customer who gave a mark of 3 to 5."),
    ),
    "survey_sorry": (
        _CUSTOMER,
        gettext_noop("Sorry for a bad mark"),
        gettext_noop("To a customer who gave a mark of 1 or 2: somebody looks at it; asks what went wrong."),
    ),
    "partner_reminder": (
        _PARTNER,
        gettext_noop("Reminder to a partner"),
        gettext_noop("A partner has not answered in time."),
    ),
    "partner_backup": (
        _PARTNER,
        gettext_noop("To the partner's backup contact"),
        gettext_noop("The first contact does not answer; the backup is asked."),
    ),
    "partner_supervisor": (
        _PARTNER,
        gettext_noop("To the partner's supervisor"),
        gettext_noop("Neither contact answers."),
    ),
    "carrier_ladder_desk": (
        _PARTNER,
        gettext_noop("Carrier, step 1: its desk"),
        gettext_noop("Asks a carrier's desk where a parcel is."),
    ),
    "carrier_ladder_supervisor": (
        _PARTNER,
        gettext_noop("Carrier, step 2: its supervisor"),
        gettext_noop("The carrier's desk stays silent."),
    ),
    "carrier_ladder_public": (
        _PARTNER,
        gettext_noop("Carrier, step 3: its public account"),
        gettext_noop("Read by everybody: names neither customer, parcel nor amounts."),
    ),
    "carrier_ladder_association": (
        _PARTNER,
        gettext_noop("Carrier, step 4: broker or association"),
        gettext_noop("Asks somebody between us and the carrier to help."),
    ),
    "call_staff": (
        _STAFF,
        gettext_noop("Call of a colleague"),
        gettext_noop("Calls whoever is on call by a channel that reaches them."),
    ),
}
"""Key → who reads it, its name, what it is for."""


@dataclass(frozen=True, slots=True)
class ShippedText:
    """One text as its file has it."""

    key: str
    language: str
    subject: str
    text: str


def shipped_texts() -> Iterator[ShippedText]:
    """All texts of all files."""
    for path in sorted(FOLDER.glob("*.txt")):
        pieces = _HEAD.split(path.read_text(encoding="utf-8"))[1:]
        for key, body in zip(pieces[::2], pieces[1::2], strict=True):
            subject, _line, text = body.partition("\n--\n")
            yield ShippedText(key, path.stem, subject.strip(), text.strip())


def ship(using: str) -> None:
    """Add the templates and texts that are not there. What an administrator changed stays."""
    templates = MessageTemplate.objects.using(using)
    texts = list(shipped_texts())
    templates.bulk_create(
        [
            MessageTemplate(key=key, name=name, purpose=purpose, audience=audience, is_shipped=True)
            for key, (audience, name, purpose) in SHIPPED.items()
        ],
        ignore_conflicts=True,
    )
    known = dict(templates.filter(key__in=SHIPPED, is_shipped=True).values_list("key", "pk"))
    TemplateText.objects.using(using).bulk_create(
        [
            TemplateText(template_id=known[one.key], language=one.language, subject=one.subject, text=one.text)
            for one in texts
            if one.key in known
        ],
        ignore_conflicts=True,
    )
