"""How the admin looks and what its navigation holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _board(title: Any, icon: str, name: str, permission: str = "tickets.view_dashboards") -> dict[str, Any]:
    """An entry that leads to a dashboard."""
    address = reverse_lazy("dashboards:board", args=[name])
    return {"title": title, "icon": icon, "link": address, "permission": _may(permission)}


def _file(path: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(path)


def _page(title: Any, icon: str, model: str, *, query: str = "", permission: str = "") -> dict[str, Any]:
    """An entry that leads to a model's list, shown to whoever may read it."""
    app, _dot, name = model.partition(".")
    address = reverse_lazy(f"admin:{app}_{name}_changelist")
    return {
        "title": title,
        "icon": icon,
        "link": address if not query else (lambda request: f"{address}{query}"),
        "permission": _may(permission or f"{app}.view_{name}"),
    }


def _view(title: Any, icon: str, name: str) -> dict[str, Any]:
    """An entry that leads to a page of ours that is everybody's own, shown to whoever enters the desk."""
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}")}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Clearway",
    "SITE_HEADER": "Clearway",
    "SITE_SUBHEADER": _("Exception desk"),
    "SITE_URL": None,
    "SITE_ICON": _file("config/clearway.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _file("config/clearway.svg")}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": False,  # the page head has the switch
    "BORDER_RADIUS": "8px",
    "LOGIN": {"form": "config.sign_in.SignInForm"},
    "STYLES": [_file("config/site.css")],
    "SCRIPTS": [_file("config/site.js")],
    "COLORS": {
        "primary": {
            "50": "#eff9fa",
            "100": "#e3f3f5",
            "200": "#bde2e7",
            "300": "#8bcbd4",
            "400": "#4fb9c7",
            "500": "#2f9fae",
            "600": "#0e6f7c",
            "700": "#0b5d68",
            "800": "#0c4a53",
            "900": "#12333a",
            "950": "#08242a",
        },
        "base": {
            "50": "#f6f7f9",
            "100": "#f2f4f7",
            "200": "#e4e7ec",
            "300": "#d0d5dd",
            "400": "#93a0b5",
            "500": "#667085",
            "600": "#475467",
            "700": "#344054",
            "800": "#263041",
            "900": "#131a25",
            "950": "#0c111a",
        },
    },
    "COMMAND": {"search_models": ["tickets.ticket"]},  # the other lists would answer with all they find
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "items": [
                    _page(_("Work queue"), "inbox", "tickets.ticket"),
                    _page(_("Incidents"), "warning", "logistics.incident"),
                    _page(_("Lane advisories"), "storm", "logistics.laneadvisory"),
                    _page(_("Shipments"), "package_2", "logistics.shipment"),
                    _page(_("Customers"), "group", "logistics.customer"),
                    _page(_("Partners"), "handshake", "logistics.partner"),
                    _page(_("Carriers"), "local_shipping", "logistics.carrier"),
                ]
            },
            {
                "title": _("Dashboards"),
                "items": [
                    _board(pgettext_lazy("dashboard", "Today"), "today", "today", "tickets.view_ticket"),
                    _board(pgettext_lazy("dashboard", "Operations"), "monitoring", "operations"),
                    _board(pgettext_lazy("dashboard", "Quality"), "verified", "quality"),
                    _board(pgettext_lazy("dashboard", "Partners and carriers"), "local_shipping", "partners"),
                    _board(pgettext_lazy("dashboard", "Customers"), "group", "customers"),
                    _board(pgettext_lazy("dashboard", "Money"), "payments", "money"),
                    _page(_("Monthly audits"), "fact_check", "tickets.audit"),
                    _page(_("Customers' marks"), "sentiment_satisfied", "tickets.surveyanswer"),
                    _page(_("Reports by mail"), "schedule_send", "tickets.reportschedule"),
                ],
            },
            {
                "title": _("Warehouses"),
                "items": [
                    _page(_("Inbound bookings"), "warehouse", "logistics.inboundbooking"),
                    _page(_("Stock counts"), "inventory", "logistics.stockcount"),
                    _page(_("Shipment instructions"), "forklift", "logistics.shipmentinstruction"),
                    _page(_("Stock"), "shelves", "logistics.stocklevel"),
                    _page(_("Stock reports"), "summarize", "logistics.stocksync"),
                ],
            },
            {
                "title": _("Time"),
                "items": [
                    _page(_("Rules"), "bolt", "tickets.rule"),
                    _page(_("Promises"), "timer", "tickets.promisepolicy"),
                    _page(_("Missed promises"), "timer_off", "tickets.breach"),
                    _page(_("Handovers"), "move_up", "tickets.handover"),
                    _view(_("My calls"), "notifications_active", "tickets_page_mine"),
                    _page(_("Escalations"), "stairs", "tickets.escalationpolicy"),
                    _page(_("Running escalations"), "trending_up", "tickets.escalation"),
                    _page(_("Rotas"), "event_repeat", "tickets.rota"),
                ],
            },
            {
                "title": _("Knowledge"),
                "items": [
                    _page(_("Templates"), "draft", "knowledge_base.messagetemplate"),
                    _page(_("Word lists"), "spellcheck", "knowledge_base.wordlist"),
                    _page(_("Customs papers"), "fact_check", "knowledge_base.countrychecklist"),
                ],
            },
            {
                "title": _("Run"),
                "items": [
                    _page(_("Connections"), "cable", "common.connection"),
                    _page(_("API keys"), "key", "logistics.apikey"),
                    _page(_("Webhooks"), "webhook", "channels_integrations.webhooksubscription"),
                    _page(_("Webhook deliveries"), "outgoing_mail", "channels_integrations.webhookdelivery"),
                    _page(_("Inbound events"), "move_to_inbox", "channels_integrations.inboundevent"),
                    _page(_("Deliveries in doubt"), "outbox", "tickets.message"),
                    _page(_("Status mappings"), "rule", "logistics.statusmapping"),
                    _page(_("Teams"), "groups", "tickets.team"),
                    _page(_("Follow-up"), "reviews", "tickets.surveysettings"),
                    _page(_("Calendars"), "calendar_month", "common.businesscalendar"),
                    _page(_("People"), "badge", "common.user"),
                    _page(_("Roles"), "shield_person", "auth.group"),
                    _page(_("Signed chain heads"), "verified", "tickets.chainhead"),
                    _page(_("Failed tasks"), "error", "django_q.failure"),
                ],
            },
        ],
    },
}
