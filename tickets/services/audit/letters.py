"""An audit as a letter: PDF, in the partner's language. Chinese needs a font of the machine; without one we say so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import typst
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.errors import DomainError
from tickets.models import Audit
from tickets.policies.cells import plain_text
from tickets.policies.channel_names import channel_label
from tickets.services.audit.words import advice_of, evidence_of, percent

SOURCE: Final = Path(__file__).parent / "letter.typ"
_CJK: Final = ("Noto Sans CJK SC", "Noto Serif CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Micro Hei")
_LATIN: Final = ("Libertinus Serif",)
"""A font that the program brings along."""
_FIRST_CJK: Final = 0x2E80


class LetterRefused(DomainError):
    """A letter that cannot be made."""

    code = "letter_refused"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter's bytes. ``missing`` says what of it cannot be read, "" when all can."""

    content: bytes
    name: str
    language: str
    missing: str


def chinese_font() -> str:
    """A font of this machine that has Chinese characters, "" when there is none (Debian: fonts-noto-cjk)."""
    return next((name for name in _CJK if name in _families()), "")


def letter_of(audit: Audit, *, now: datetime) -> Letter:
    """The letter about a partner's month. Raises LetterRefused for an audit that is no partner's.

    In Chinese for partners who read it, else in English; where the machine has no Chinese font, in English, and
    ``missing`` says so, as it does for names that cannot be shown.
    """
    if audit.partner is None:
        raise LetterRefused(_("Only partners get a letter."))
    font = chinese_font()
    wanted = "zh-hans" if audit.partner.language.lower().partition("-")[0] == "zh" else "en"
    language = wanted if font else "en"
    with translation.override(language):
        values = _values(audit, now=now)
    values["fonts"] = [*_LATIN, *([font] if font else [])] if language == "en" else [font]
    values["language"] = "zh" if language == "zh-hans" else "en"
    text = json.dumps(values, ensure_ascii=False)
    content = typst.compile(str(SOURCE), format="pdf", sys_inputs={"data": text}, timestamp=int(now.timestamp()))
    assert isinstance(content, bytes)
    return Letter(content, f"audit-{audit.month:%Y-%m}-{audit.partner_id}.pdf", language, _missing(wanted, font, text))


def _missing(wanted: str, font: str, text: str) -> str:
    if font:
        return ""
    if wanted == "zh-hans":
        return _("This machine has no Chinese font (Debian: fonts-noto-cjk): the letter is in English.")
    if any(ord(one) >= _FIRST_CJK for one in text):
        return _("This machine has no Chinese font (Debian: fonts-noto-cjk): some names cannot be read.")
    return ""


def _values(audit: Audit, *, now: datetime) -> dict[str, object]:
    assert audit.partner is not None
    month = date_format(audit.month, "YEAR_MONTH_FORMAT")
    title = _("How we worked together in %(month)s") % {"month": month}
    figures = [
        [_("Answers due"), str(audit.asked)],
        [_("In time"), f"{audit.in_time} ({percent(audit.share)})"],
        [_("Answered late"), str(audit.late)],
        [_("Unanswered"), str(audit.unanswered)],
        [_("Backup contact asked"), str(audit.backup)],
    ]
    if audit.channel:
        figures.insert(0, [_("Asked by"), channel_label(audit.channel)])
    trend = [
        [_("Two months before"), percent(audit.share_before_2), str(audit.asked_before_2)],
        [_("Month before"), percent(audit.share_before_1), str(audit.asked_before_1)],
        [month, percent(audit.share), str(audit.asked)],
    ]
    return {
        "title": title,
        "partner": plain_text(audit.partner.name),
        "date": date_format(now.date(), "DATE_FORMAT"),
        "greeting": _("Dear partners,"),
        "opening": _("here is how answers to our questions came last month, and what we take from it."),
        "figures": figures,
        "trend_title": _("Three months"),
        "trend_head": [_("Month"), _("In time"), _("Answers due")],
        "trend": trend,
        "evidence_title": _("What we found"),
        "evidence": evidence_of(audit),
        "proposal_title": _("What we propose"),
        "proposal": advice_of(audit),
        "closing": _("Tell us what you think of it; we are glad to talk."),
        "sender": "Clearway",
    }


@cache
def _families() -> frozenset[str]:
    return frozenset(typst.Fonts(include_system_fonts=True).families())
