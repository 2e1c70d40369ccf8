"""What may be said to somebody outside, and what never in public."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tickets.choices import WhomKind
from tickets.errors import CannotWrite
from tickets.models import Ticket
from tickets.policies.personal_data import contains_personal_data
from tickets.policies.public_text import Private, private_in

LONGEST = 10_000


def refuse_text_to(ticket: Ticket, whom: str, text: str) -> None:
    """Raise CannotWrite for a text that must not go to a partner, or must not stand in public."""
    if not text.strip():
        raise CannotWrite(_("Write something first."))
    if len(text) > LONGEST:
        raise CannotWrite(_("The message is too long: at most %(count)d characters.") % {"count": LONGEST})
    if whom == WhomKind.PARTNER_PUBLIC:
        found = private_in(
            text,
            names=[ticket.customer.name] if ticket.customer else [],
            parcels=[ticket.shipment.tracking_number] if ticket.shipment else [],
        )
        if found:
            raise CannotWrite(
                _("Everybody can read this, so it must not hold %(what)s. Take it out.")
                % {"what": ", ".join(words_for(one) for one in sorted(found))},
                data={"found": sorted(found)},
            )
    elif contains_personal_data(text):
        raise CannotWrite(_("The message holds a card or identity number. Take it out: such numbers are never sent."))


def words_for(found: Private) -> str:
    """What was found, in the active language."""
    return {
        Private.NUMBER: _("a card or identity number"),
        Private.AMOUNT: _("an amount of money"),
        Private.EMAIL: _("an e-mail address"),
        Private.PHONE: _("a telephone number"),
        Private.PARCEL: _("a tracking number"),
        Private.NAME: _("a customer's name"),
    }[found]
