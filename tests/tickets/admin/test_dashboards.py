"""Dashboards: what is declared can be drawn, figures lead to their very tickets, and nobody sees more than they may."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.models import User
from tickets.admin.dashboards import saying
from tickets.admin.dashboards.asked import read_address
from tickets.admin.dashboards.boards import BOARDS, OPERATIONS, TODAY
from tickets.admin.dashboards.declared import Due, Parts, Teams
from tickets.admin.dashboards.drawing import _DRAW
from tickets.models import KpiProgress, SavedView, Ticket
from tickets.policies.kpi import CUTS, FIGURES
from tickets.services import kpi
from tickets.services.kpi import Value
from tickets.services.saved_views import MOST, save_view

pytestmark = pytest.mark.django_db
Opener = Callable[..., Ticket]
Door = Callable[..., Client]
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def page_of(name: str, query: str = "") -> str:
    return reverse("dashboards:board", args=[name]) + query


def soup(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return BeautifulSoup(response.content, "html.parser")


# ------------------------------------------------------------ declarations


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_a_dashboard_names_only_figures_and_cuts_there_are(board: Any) -> None:
    assert board.names <= set(FIGURES)
    keys = [card.key for card in board.cards]
    assert len(keys) == len(set(keys))
    for card in board.cards:
        assert type(card) in {*_DRAW, Due, Teams}
        if by := getattr(card, "by", ""):
            assert by in CUTS
            assert by in FIGURES[card.figures[0]].cuts, "the first figure orders the rows: it has to have the cut"
        if isinstance(card, Parts):
            assert card.figures


def test_every_figure_stands_on_some_dashboard_or_is_a_part_of_one() -> None:
    shown = set().union(*(board.names for board in BOARDS.values()))
    parts = {name for name in FIGURES if name.startswith("promises_kept_") or name.endswith("_working")}

    assert set(FIGURES) - shown - parts <= {
        "response",
        "resolution_ours",
        "backlog_age",
        "reopened",
        "messages_out",
        "parcels",
    }


# ------------------------------------------------------------ addresses


def test_running_period_is_held_against_as_much_of_the_one_before() -> None:
    asked = read_address(TODAY, QueryDict("zone=Asia/Kathmandu"), now=NOW)

    assert asked.period.since.isoformat() == "2026-11-20T00:00:00+05:45"
    assert asked.before.since.isoformat() == "2026-11-19T00:00:00+05:45"
    assert asked.before.until.isoformat() == "2026-11-19T15:15:00+05:45"


def test_period_that_is_over_is_held_against_the_whole_one_before() -> None:
    asked = read_address(OPERATIONS, QueryDict("period=own&from=2026-11-02&to=2026-11-08&zone=UTC"), now=NOW)

    assert (asked.before.since, asked.before.until) == (
        datetime(2026, 10, 26, tzinfo=UTC),
        datetime(2026, 11, 2, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "query",
    [
        "period=own&from=2026-11-09&to=2026-11-02",
        "period=own&from=yesterday&to=x",
        "period=own&from=2020-01-01&to=2026-01-01",
        "period=own",
    ],
)
def test_dates_that_are_no_period_are_said_and_not_taken(query: str) -> None:
    asked = read_address(OPERATIONS, QueryDict(query), now=NOW)

    assert asked.problem
    assert asked.preset == "30"


def test_address_keeps_what_was_chosen_and_drops_what_cannot_be() -> None:
    query = "period=7&kind=delay&kind=loss&carrier=3&carrier=%C2%B2&team=~&lane=%00&zone=Nowhere/Else&funnel=delay"

    asked = read_address(OPERATIONS, QueryDict(query), now=NOW)

    assert asked.filters == {"kind": ("delay", "loss"), "carrier": ("3",), "team": ("",)}
    again = read_address(OPERATIONS, QueryDict(asked.address().lstrip("?")), now=NOW)
    assert (again.filters, again.preset, again.kind) == (asked.filters, "7", "delay")


# ------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("name", "value", "text", "color"),
    [
        ("first_response", Value(9_000, 3, 1_440.0, 9_000.0), "24 min", "green"),
        ("resolution_rate", Value(0.874, 40), "87.4 %", "green"),
        ("resolution_rate", Value(0.8, 40), "80.0 %", "amber"),
        ("promises_kept", Value(0.5, 40), "50.0 %", "red"),
        ("complaints_per_thousand", Value(7.66, 3), "7.7 ‰", ""),
        ("opened", Value(12_345, 12_345), "12,345", ""),
        ("satisfaction", Value(None, 0), "—", ""),
    ],
)
def test_figures_are_said_in_their_unit_and_coloured_by_their_goal(
    name: str, value: Value, text: str, color: str
) -> None:
    assert (saying.said(FIGURES[name], value), saying.color_of(FIGURES[name], value)) == (text, color)


def test_shares_change_by_points_and_times_in_percent() -> None:
    share = saying.change_of(FIGURES["promises_kept"], Value(0.95, 20), Value(0.90, 20))
    time = saying.change_of(FIGURES["first_response"], Value(1, 9, 120.0, 1), Value(1, 9, 100.0, 1))
    flat = saying.change_of(FIGURES["opened"], Value(0, 0), Value(0, 0))

    assert share is not None
    assert (share.text, share.color, share.spoken) == ("▲ 5.0 points", "green", "up by 5.0 points")
    assert time is not None
    assert (time.text, time.color) == ("▲ 20 %", "amber")
    assert flat is None


# ------------------------------------------------------------ pages


@pytest.mark.parametrize("name", BOARDS)
def test_an_empty_site_draws_each_dashboard_and_says_that_nothing_was_counted(name: str, desk: Door) -> None:
    page = soup(desk("Supervisor"), page_of(name))

    assert page.select(".b-tile")
    assert page.select_one(".b-warning") is not None
    assert "not counted yet" in page.select_one("#fresh").text  # type: ignore[union-attr]


@pytest.mark.parametrize("name", BOARDS)
def test_every_chart_has_its_data_and_a_table_with_the_same_rows(name: str, desk: Door, open_one: Opener) -> None:
    for kind in ("clearance", "delay", "delay"):
        open_one(kind)
    kpi.rebuild(now=timezone.now())

    page = soup(desk("Supervisor"), page_of(name))

    for chart in page.select(".b-chart"):
        data = json.loads(page.find(id=chart["data-chart"]).text)  # type: ignore[union-attr]
        assert data["type"] in {"lines", "heat", "bars", "funnel", "flow"}
        section = chart.find_parent("section")
        assert section is not None
        assert section.select(".b-as-table tbody tr")
    if name in {"operations", "today", "customers"}:
        assert page.select(".b-chart")


def test_each_number_opens_exactly_the_tickets_it_counts(desk: Door, open_one: Opener) -> None:
    delays = {open_one("delay").reference for _ in range(3)}
    open_one("clearance")
    kpi.rebuild(now=timezone.now())
    client = desk("Supervisor")

    page = soup(client, page_of("operations", "?kind=delay&zone=Asia/Kathmandu"))

    tile = next(one for one in page.select(".b-tile") if "Tickets opened" in one.text)
    number = tile.select_one("a.b-number")
    assert number is not None
    assert number.text == "3"
    listed = soup(client, str(number["href"]))
    assert {one.text for one in listed.select("tbody a.d-ref")} == delays


def test_every_link_of_a_dashboard_leads_to_as_many_as_it_says(desk: Door, open_one: Opener) -> None:
    for kind in ("clearance", "delay", "loss"):
        open_one(kind)
    kpi.rebuild(now=timezone.now())
    client = desk("Supervisor")

    page = soup(client, page_of("operations"))

    for link in page.select(".b-as-table td a, .b-tile a.b-number"):
        count = soup(client, str(link["href"])).select_one(".d-filters b")
        assert count is not None
        assert int(count.text.split()[0]) > 0, link
        if re.fullmatch(r"\d+", link.text) and "stat" not in str(link["href"]):
            assert int(link.text) >= int(count.text.split()[0]), link


def test_what_falls_due_stands_under_the_customers_zone_and_opens_its_tickets(desk: Door, open_one: Opener) -> None:
    now = timezone.now()
    soon, late = open_one("delay"), open_one("loss")
    Ticket.objects.filter(pk=soon.pk).update(next_due_at=now + timedelta(minutes=90))
    Ticket.objects.filter(pk=late.pk).update(next_due_at=now - timedelta(minutes=5))
    client = desk("Agent")

    page = soup(client, page_of("today"))

    row = page.select_one(".b-table-due tbody tr")
    assert row is not None
    cells = [cell.text.strip() for cell in row.select("th, td")]
    there = now.astimezone(ZoneInfo("Europe/Berlin"))
    assert cells[0] == "Europe/Berlin"
    assert cells[1][:2] in {f"{there:%H}", f"{there + timedelta(minutes=1):%H}"}
    assert cells[2:6] == ["1", "", "1", ""]
    links = row.select("td a")
    assert [[one.text for one in soup(client, str(link["href"])).select("tbody a.d-ref")] for link in links] == [
        [late.reference],
        [soon.reference],
    ]
    burning = {one.select_one("span").text: one.select_one("b").text for one in page.select(".b-burn")}  # type: ignore[union-attr]
    assert (burning["Overdue"], burning["Due within 4 hours"], burning["Open"]) == ("1", "1", "2")


def test_old_figures_say_so(desk: Door, open_one: Opener) -> None:
    open_one()
    kpi.rebuild(now=timezone.now())
    KpiProgress.objects.update(through_at=timezone.now() - timedelta(minutes=7))

    page = soup(desk("Auditor"), page_of("quality"))

    warning = page.select_one(".b-warning")
    assert warning is not None
    assert "7 min ago" in warning.text


def test_filter_offers_the_parts_of_the_period(desk: Door, open_one: Opener) -> None:
    open_one("delay")
    kpi.rebuild(now=timezone.now())

    answer = desk("Supervisor").get(reverse("dashboards:parts", args=["operations"]), {"cut": "kind", "kind": "delay"})

    assert answer.json() == {"parts": [{"value": "delay", "label": "Delay", "chosen": True}]}


def test_dashboard_goes_to_paper_in_both_languages(desk: Door, open_one: Opener) -> None:
    open_one("delay")
    kpi.rebuild(now=timezone.now())
    client = desk("Supervisor")

    for language in ("en", "zh-hans"):
        client.cookies["clearway_language"] = language
        answer = client.get(reverse("dashboards:paper", args=["operations"]))
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert "clearway-operations-" in answer["Content-Disposition"]


# ------------------------------------------------------------ who


@pytest.mark.parametrize("name", BOARDS)
@pytest.mark.parametrize("role", ["Agent", "Supervisor", "Administrator", "Auditor"])
def test_agents_read_today_alone(name: str, role: str, desk: Door) -> None:
    expected = 200 if role != "Agent" or name == "today" else 403

    assert desk(role).get(page_of(name)).status_code == expected


def test_agents_open_what_stands_behind_todays_figures_alone(desk: Door) -> None:
    span = {"since": "2026-11-01T00:00Z", "until": "2026-11-02T00:00Z"}
    client = desk("Agent")

    assert client.get(reverse("dashboards:behind"), {"figure": "opened", **span}).status_code == 200
    assert client.get(reverse("dashboards:behind"), {"figure": "net_cost", **span}).status_code == 403
    assert client.get(reverse("dashboards:behind"), {"kind": "delay", "state": "reported", **span}).status_code == 403


def test_safety_tickets_stay_hidden_behind_figures(desk: Door, open_one: Opener) -> None:
    hidden = open_one("safety")
    seen = open_one("delay")
    address = reverse("dashboards:behind") + "?now=open"

    assert [one.text for one in soup(desk("Agent"), address).select("tbody a.d-ref")] == [seen.reference]
    assert hidden.reference in soup(desk("Supervisor"), address).text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "figure=nothing",
        "figure=opened",
        "figure=opened&since=x&until=y",
        "figure=opened&since=2026-11-02T00:00Z&until=2026-11-01T00:00Z",
        "figure=opened&since=0001-01-01T00:00Z&until=0001-01-02T00:00Z",
        "figure=opened&since=2026-11-01T00:00Z&until=2026-11-02T00:00Z&day=9&hour=1",
        "state=nowhere&kind=delay&since=2026-11-01T00:00Z&until=2026-11-02T00:00Z",
        "age=99",
        "now=never",
        "due=13&of=Europe/Berlin",
    ],
)
def test_address_that_leads_to_nothing_is_not_found(query: str, desk: Door) -> None:
    assert desk("Supervisor").get(f"{reverse('dashboards:behind')}?{query}").status_code == 404


# ------------------------------------------------------------ views


def test_view_is_kept_written_over_and_removed(desk: Door, user_of: Callable[[str], User]) -> None:
    client, keep = desk("Supervisor"), reverse("dashboards:keep", args=["operations"])

    client.post(keep, {"name": " Delays  in Asia ", "query": "kind=delay&zone=Asia/Tokyo&junk=1", "is_shared": "on"})
    client.post(keep, {"name": "Delays in Asia", "query": "kind=delay"})

    view = SavedView.objects.get()
    assert (view.name, view.query, view.is_shared, view.owner) == (
        "Delays in Asia",
        "kind=delay",
        False,
        user_of("Supervisor"),
    )
    assert "Delays in Asia" in soup(client, page_of("operations")).select_one(".b-views").text  # type: ignore[union-attr]
    assert "Delays in Asia" not in soup(desk("Administrator"), page_of("operations")).text
    desk("Administrator").post(reverse("dashboards:remove", args=["operations", view.pk]))
    assert SavedView.objects.count() == 1
    client.post(reverse("dashboards:remove", args=["operations", view.pk]))
    assert SavedView.objects.count() == 0


def test_only_supervisors_share_and_auditors_keep_nothing(desk: Door) -> None:
    keep = reverse("dashboards:keep", args=["today"])

    assert desk("Agent").post(keep, {"name": "Mine", "query": ""}).status_code == 302
    assert desk("Agent").post(keep, {"name": "Ours", "query": "", "is_shared": "on"}).status_code == 403
    assert desk("Auditor").post(keep, {"name": "Mine", "query": ""}).status_code == 403
    assert list(SavedView.objects.values_list("name", "is_shared")) == [("Mine", False)]


def test_nobody_keeps_views_without_end(desk: Door, user_of: Callable[[str], User]) -> None:
    owner = user_of("Supervisor")
    for number in range(MOST):
        save_view(owner=owner, board="today", name=f"View {number}", query="", is_shared=False, now=timezone.now())

    page = desk("Supervisor").post(
        reverse("dashboards:keep", args=["today"]), {"name": "One more", "query": ""}, follow=True
    )

    assert SavedView.objects.count() == MOST
    assert "Remove a view first" in page.content.decode()


# ------------------------------------------------------------ queries


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_asks_the_same_for_few_and_for_many_tickets(name: str, desk: Door, open_one: Opener) -> None:
    client, now = desk("Supervisor"), timezone.now()

    def asked() -> int:
        kpi.rebuild(now=timezone.now())
        Ticket.objects.update(next_due_at=now + timedelta(hours=2))
        client.get(page_of(name))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page_of(name)).status_code == 200
        return len(captured)

    for kind in ("delay", "clearance"):
        open_one(kind)
    few = asked()
    for _ in range(6):
        open_one("delay")
    assert asked() == few
    assert few < 60


def test_the_list_behind_a_figure_asks_the_same_for_few_and_for_many(desk: Door, open_one: Opener) -> None:
    client, address = desk("Supervisor"), reverse("dashboards:behind") + "?now=open"

    def asked() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    open_one()
    open_one()
    few = asked()
    for _ in range(6):
        open_one()
    assert asked() == few
