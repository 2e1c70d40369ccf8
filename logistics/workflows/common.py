"""What the machines of warehouse work ask for alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.errors import InvalidInput
from common.inputs import Moment, Text
from logistics.choices import PartnerKind
from logistics.workflows.inputs import PartnerChoice

CLOCKS_DIFFER = timedelta(minutes=10)
"""So far ahead of ours may a partner's clock be."""

PARTNER = PartnerChoice(name="partner", label=gettext_lazy("Partner"), kind=(PartnerKind.WAREHOUSE, PartnerKind.AGENT))
OUR_NUMBER = Text(
    name="our_number",
    label=gettext_lazy("Our number"),
    required=False,
    max_length=64,
    help=gettext_lazy("The order or purchase it belongs to."),
)
NOTE = Text(name="note", label=gettext_lazy("Note"), required=False, long=True)
ITEM = Text(
    name="item", label=gettext_lazy("Item"), max_length=64, help=gettext_lazy("As it is called on the partner's shelf.")
)
DESCRIPTION = Text(name="description", label=gettext_lazy("Description"), required=False)
REASON = Text(name="reason", label=pgettext_lazy("why something is done", "Reason"), long=True)
SLOT_FROM = Moment(name="slot_from", label=gettext_lazy("Slot from"))
SLOT_TO = Moment(name="slot_to", label=gettext_lazy("Slot until"))


def check_slot(cleaned: dict[str, Any]) -> None:
    """A slot has a beginning before its end, or there is none at all."""
    begin, end = cleaned.get("slot_from"), cleaned.get("slot_to")
    if bool(begin) != bool(end):
        raise ValidationError({"slot_to" if begin else "slot_from": _("Give both ends of the slot.")})
    if begin and end and begin >= end:
        raise ValidationError({"slot_to": _("The slot ends before it begins.")})


def refuse_ahead(inputs: Mapping[str, Any], name: str, now: datetime) -> None:
    """Raise InvalidInput when what is said to have happened lies ahead."""
    at = inputs.get(name)
    if at is not None and at > now + CLOCKS_DIFFER:
        raise InvalidInput(_("This has not happened yet."), data={name: [_("This moment lies ahead.")]})


def refuse_missing(known: Iterable[str], lines: Iterable[Mapping[str, Any]]) -> None:
    """Raise InvalidInput when some of the known items are not among the lines."""
    given = {line["item"] for line in lines}
    if missing := [item for item in known if item not in given]:
        sentence = _("Nothing is said of: %(items)s") % {"items": ", ".join(missing[:20])}
        raise InvalidInput(_("Some of what you sent cannot be used."), data={"lines": [sentence]})
