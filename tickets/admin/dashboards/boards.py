"""The dashboards themselves. To add a chart, add a line here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.admin.dashboards.declared import Ages, Board, Due, Flow, Funnel, Heat, Lines, Parts, Teams

TODAY = Board(
    "today",
    pgettext_lazy("dashboard", "Today"),
    "today",
    ("opened", "resolved", "first_response", "promises_kept", "messages_in", "complaints"),
    (
        Teams("teams", _("Teams of the day"), is_wide=True),
        Due("due", _("What falls due in the next hours, by the customers' time zone"), is_wide=True),
        Lines("flow", _("Opened and solved, by hour"), figures=("opened", "resolved")),
        Ages("ages", _("Open tickets by age")),
    ),
    permission="tickets.view_ticket",
    preset="today",
    has_burning=True,
)
OPERATIONS = Board(
    "operations",
    pgettext_lazy("dashboard", "Operations"),
    "monitoring",
    (
        "first_response",
        "resolution",
        "resolution_rate",
        "promises_kept",
        "backlog",
        "opened",
        "solved_without_person",
        "messages_per_ticket",
    ),
    (
        Heat("when", _("When customers write, by weekday and hour"), figure="messages_in"),
        Funnel("funnel", _("Where the time goes")),
        Lines("kinds", _("Tickets by kind"), figures=("opened",), by="kind", is_stacked=True),
        Lines("flow", _("Opened, solved and open"), figures=("opened", "resolved", "backlog")),
        Flow("lanes", _("Lanes: from where to where"), is_wide=True),
        Parts(
            "teams",
            _("Teams"),
            by="team",
            figures=("resolved", "first_response", "resolution", "promises_kept", "reopened_share", "backlog"),
        ),
        Parts(
            "people",
            _("People"),
            by="agent",
            figures=("resolved", "first_response", "resolution", "promises_kept", "csat", "backlog"),
        ),
    ),
)
QUALITY = Board(
    "quality",
    pgettext_lazy("dashboard", "Quality"),
    "verified",
    (
        "promises_kept",
        "csat",
        "detection_rate",
        "detection_lead",
        "reopened_share",
        "repeats_7d",
        "complaints_per_thousand",
        "knowledge_use",
    ),
    (
        Lines("kept", _("Promises kept"), figures=("promises_kept",)),
        Lines("answer", _("First response, median"), figures=("first_response",)),
        Lines("satisfied", _("Satisfied customers"), figures=("csat",)),
        Lines("again", _("Reopened and repeated"), figures=("reopened_share", "repeats_7d", "repeats_30d")),
        Parts(
            "kinds",
            _("By kind"),
            by="kind",
            figures=("opened", "promises_kept", "first_response", "resolution", "reopened_share", "csat"),
            is_wide=True,
        ),
        Lines("rate", _("Resolution rate"), figures=("resolution_rate",)),
        Lines("found", _("Found before the customer complained"), figures=("detection_rate",)),
    ),
)
PARTNERS = Board(
    "partners",
    pgettext_lazy("dashboard", "Partners and carriers"),
    "local_shipping",
    (
        "on_time",
        "delivered",
        "lost_per_thousand",
        "silent_share",
        "partner_answer",
        "carrier_answer",
        "partner_answered",
        "complaints_per_thousand",
    ),
    (
        Parts(
            "carriers",
            _("Carriers"),
            by="carrier",
            figures=("delivered", "on_time", "lost_per_thousand", "silent_share", "carrier_answer", "opened"),
            is_wide=True,
        ),
        Parts(
            "partners",
            _("Partners"),
            by="partner",
            figures=("opened", "partner_answer", "partner_answered", "promises_kept_partner_answer", "resolution"),
            is_wide=True,
        ),
        Lines("on_time", _("On time"), figures=("on_time",)),
        Lines("by_carrier", _("Tickets by carrier"), figures=("opened",), by="carrier", is_stacked=True),
        Lines("answers", _("How long answers take, median"), figures=("partner_answer", "carrier_answer")),
        Lines(
            "trouble",
            _("Lost and complained of, per thousand"),
            figures=("lost_per_thousand", "complaints_per_thousand"),
        ),
        Flow("lanes", _("Lanes: from where to where"), is_wide=True),
    ),
)
CUSTOMERS = Board(
    "customers",
    pgettext_lazy("dashboard", "Customers"),
    "group",
    (
        "satisfaction",
        "csat",
        "survey_response",
        "complaints",
        "complaints_per_thousand",
        "repeats_30d",
        "messages_in",
        "messages_per_ticket",
    ),
    (
        Heat("when", _("When customers write, by weekday and hour"), figure="messages_in"),
        Lines("satisfaction", _("Average mark"), figures=("satisfaction",)),
        Parts(
            "countries",
            _("By country"),
            by="country",
            figures=("opened", "complaints", "first_response", "promises_kept", "csat"),
            has_bars=True,
        ),
        Parts(
            "languages",
            _("By language"),
            by="language",
            figures=("opened", "first_response", "promises_kept", "csat"),
            has_bars=True,
        ),
        Lines("channels", _("Tickets by channel"), figures=("opened",), by="channel", is_stacked=True),
        Parts(
            "tiers",
            _("By tier"),
            by="tier",
            figures=("opened", "first_response", "resolution", "promises_kept", "csat"),
        ),
    ),
)
MONEY = Board(
    "money",
    pgettext_lazy("dashboard", "Money"),
    "payments",
    ("net_cost", "compensation", "refunds", "claims_filed", "claims_recovered", "cost_per_ticket"),
    (
        Lines("cost", _("Paid and recovered"), figures=("compensation", "refunds", "claims_recovered"), is_wide=True),
        Parts(
            "kinds",
            _("By kind"),
            by="kind",
            figures=("net_cost", "compensation", "refunds", "claims_recovered", "cost_per_ticket"),
        ),
        Parts(
            "carriers",
            _("Carriers"),
            by="carrier",
            figures=("compensation", "claims_filed", "claims_recovered", "net_cost"),
        ),
        Parts("lanes", _("Lanes"), by="lane", figures=("net_cost", "compensation", "refunds", "cost_per_ticket")),
        Lines("claims", _("Claims"), figures=("claims_filed", "claims_recovered")),
    ),
)
BOARDS = {board.name: board for board in (TODAY, OPERATIONS, QUALITY, PARTNERS, CUSTOMERS, MONEY)}
