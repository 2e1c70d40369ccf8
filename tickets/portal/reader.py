"""Whoever reads a customer's page: their language and their time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from tickets.models import Ticket
from tickets.services import readers

LANGUAGES = {
    "en": "English",
    "zh-hans": "简体中文",
    "es": "Español",
    "de": "Deutsch",
    "fr": "Français",
    "pt": "Português",
    "ja": "日本語",
}
"""The languages of the pages, by Django's code, each by its own name."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone and what to call it on the page."""

    info: ZoneInfo
    label: str


def choose_language(request: HttpRequest, known: str) -> str:
    """The language to show: picked on the page, else the link's (BCP 47), else the browser's, else English."""
    wanted = [request.GET.get("lang", ""), known]
    wanted += [code for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500])]
    return next((found for code in wanted if (found := page_language(code))), "en")


def page_language(tag: str) -> str:
    """The page's language for a BCP 47 tag, "" when there is none. All Chinese is shown in simplified characters."""
    base = tag.strip().lower().partition("-")[0]
    if base == "zh":
        return "zh-hans"
    return base if base in LANGUAGES else ""


def zone_of(ticket: Ticket, *, now: datetime) -> Zone:
    """The customer's zone, else the one of the country the parcel goes to, else UTC; never unnamed."""
    info = readers.zone_of(ticket) or ZoneInfo("UTC")
    return Zone(info, zone_label(info, now=now))


def zone_label(info: tzinfo, *, now: datetime) -> str:
    """What to call a zone on a page: its place and its offset now."""
    name = str(info)
    offset = now.astimezone(info).utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset is not None else 0
    sign = "+" if minutes >= 0 else "\u2212"
    hours = f"UTC{sign}{abs(minutes) // 60}" + (f":{abs(minutes) % 60:02}" if minutes % 60 else "")
    place = name.rpartition("/")[2].replace("_", " ")
    return "UTC" if name == "UTC" else f"{place}, {hours}"
