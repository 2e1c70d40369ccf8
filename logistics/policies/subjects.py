"""What an incident is about, in one line: written once in English, told in the reader's language."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext, gettext_noop, pgettext_lazy

_NO_SCAN = gettext_noop("No scan since %(date)s")
_PROMISED = gettext_noop("Promised for %(date)s, not delivered")
_VERBS = {
    "opened": pgettext_lazy("incident", "opened"),
    "told": pgettext_lazy("incident", "told"),
    "moved": pgettext_lazy("incident", "moved"),
}
_DATED = tuple(
    (template, re.compile(re.escape(template).replace(re.escape("%(date)s"), r"(\d{4}-\d{2}-\d{2})")))
    for template in (_NO_SCAN, _PROMISED)
)


def no_scan_since(day: date) -> str:
    """The subject of a parcel that nobody has scanned since a day."""
    return _NO_SCAN % {"date": day.isoformat()}


def promised_for(day: date) -> str:
    """The subject of a parcel that should have been there on a day."""
    return _PROMISED % {"date": day.isoformat()}


def told_outcome(outcome: str) -> str:
    """What became of an incident (a verb and tickets, as ``opened WHS-2``) for whoever reads it now."""
    verb, _space, tickets = outcome.partition(" ")
    return f"{_VERBS[verb]} {tickets}" if verb in _VERBS and tickets else outcome


def told(subject: str, *, is_ours: bool = True) -> str:
    """A subject (a sentence with a day, or ``reason · place``) for whoever reads it now.

    Not ``is_ours``: a line that a person may have written, of which only our own sentences are told in other words.
    """
    for template, pattern in _DATED:
        if found := pattern.fullmatch(subject.strip()):
            return gettext(template) % {"date": found[1]}
    if not is_ours:
        return subject
    what, dot, where = subject.partition(" · ")
    return f"{gettext(what)}{dot}{where}" if what else subject
