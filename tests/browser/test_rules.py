"""A supervisor builds a rule without a mouse, tries it, switches it on; a ticket is changed by it and says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from common.models import User
from tests.browser.desk import Desk, Post, held_parcel
from tickets.choices import EscalationEnd, Priority
from tickets.models import Escalation, Rule, RuleRun, RuleVersion, Ticket
from tickets.policies.actor import Actor
from tickets.services import ownership
from tickets.services.rules.settling import settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_throttle")]

MOST_TABS = 150


def reach(page: Page, target: Locator, *, key: str = "Tab") -> None:
    """Go there by the keyboard alone."""
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not get to {target}")


def press(page: Page, target: Locator, *, key: str = "Tab") -> None:
    """Press a button that the keyboard gets to."""
    reach(page, target, key=key)
    page.keyboard.press("Enter")


def write(page: Page, text: str) -> None:
    page.keyboard.type(text)


def test_supervisor_builds_a_rule_by_keyboard_and_the_agent_reads_why_it_ran(
    sit_down: Callable[..., Desk], post: Post
) -> None:
    Rule.objects.all().delete()
    ticket = held_parcel("clearance", post)
    boss = Actor.system()
    ownership.set_priority(ticket_id=ticket.pk, priority=Priority.HIGH, actor=boss, now=timezone.now())
    page = sit_down("Supervisor", "Sofia Brandt").page
    page.goto("/admin/tickets/rule/", wait_until="load")
    press(page, page.get_by_role("link", name="New rule"))
    expect(page.locator("#id_name")).to_be_visible()
    reach(page, page.locator("#id_name"))
    write(page, "Urgent customs hold")

    reach(page, page.locator("input[value=priority_changed]"))
    page.keyboard.press("Space")
    conditions = page.locator("[data-conditions]")
    press(page, conditions.get_by_role("button", name="Add a condition to this group"))
    expect(page.locator(":focus")).to_have_attribute("aria-label", "What it is about")
    expect(conditions.locator("[data-live]")).to_have_text("Added: condition")
    write(page, "kind")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    write(page, "Customs")
    press(page, conditions.get_by_role("button", name="Add a group to this group").last)
    expect(page.locator(":focus")).to_have_value("any")
    row = conditions.get_by_role("group", name="Condition 2.1", exact=True)
    reach(page, row.get_by_label("What it is about"))
    write(page, "priority")
    page.keyboard.press("Tab")
    write(page, "is at least")
    page.keyboard.press("Tab")
    write(page, "High")
    group = conditions.get_by_role("group", name="Group 2", exact=True)
    press(page, group.get_by_role("button", name="Add a condition to this group"))
    write(page, "tier")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    write(page, "VIP")
    press(page, conditions.get_by_role("button", name="Add a condition to this group").last)
    write(page, "tags")
    page.keyboard.press("Tab")
    write(page, "contains none")
    page.keyboard.press("Tab")
    write(page, "test")
    page.keyboard.press("Enter")
    expect(conditions.get_by_role("button", name="Take out test")).to_be_visible()

    said = page.locator("#said")
    expect(said.locator("[data-said=when]")).to_have_text("The priority changed")
    expect(said.locator("[data-said=if]")).to_have_text(
        "kind is Customs hold, and (priority is high or higher or tier is VIP), and tags do not contain test"
    )
    # Move the last condition up, into the group, out again and back: the focus goes along.
    last = conditions.get_by_role("group", name="Condition 3", exact=True)
    press(page, last.get_by_role("button", name="Into a group"))
    expect(page.locator(":focus")).to_have_attribute("aria-label", "Into a group")
    expect(said.locator("[data-said=if]")).to_contain_text(", tier is VIP or tags do not contain test)")
    inside = conditions.get_by_role("group", name="Condition 2.3", exact=True)
    press(page, inside.get_by_role("button", name="Out of its group"))
    expect(conditions.locator("[data-live]")).to_have_text("Now outside of its group: tags")
    press(page, last.get_by_role("button", name="Move up"), key="Shift+Tab")
    expect(said.locator("[data-said=if]")).to_have_text(
        "kind is Customs hold, and tags do not contain test, and (priority is high or higher or tier is VIP)"
    )

    actions = page.locator("[data-actions]")
    press(page, actions.get_by_role("button", name="+ Action"))
    write(page, "Add a tag")
    page.keyboard.press("Tab")
    write(page, "escalated")
    press(page, actions.get_by_role("button", name="+ Action"))
    write(page, "Set the priority")
    page.keyboard.press("Tab")
    write(page, "Urgent")
    expect(said.locator("[data-said=then]")).to_contain_text("set the priority to Urgent")
    press(page, actions.get_by_role("button", name="+ Action"))
    write(page, "Start an escalation")
    page.keyboard.press("Tab")
    write(page, "Urgent")
    expect(said.locator("[data-said=then]")).to_contain_text("start the escalation “Urgent”")

    press(page, page.locator("#try-button"))
    result = page.locator("#try-result")
    expect(result.locator(".r-summary")).to_contain_text("it would have run once on 1 ticket")
    expect(result.locator("tbody tr")).to_contain_text(ticket.reference)
    expect(result.locator("tbody tr")).to_contain_text("kind is Customs hold")
    assert RuleRun.objects.count() == 0
    press(page, page.locator("#save"))
    expect(page.locator("#main")).to_contain_text("The rule is saved. It is still switched off.")
    rule = Rule.objects.get()
    assert rule.conditions["all"][2]["any"][1] == {"field": "ticket.tier", "op": "is", "value": "vip"}
    assert RuleVersion.objects.get().backtested_at is not None

    press(page, page.locator("#switch"))
    expect(page.locator("#switch")).to_have_text("Switch off")
    rule.refresh_from_db()
    assert rule.is_active

    agent = sit_down("Agent", "Jonas Weber")
    jonas = User.objects.get(full_name="Jonas Weber")
    ownership.assign(ticket_id=ticket.pk, assignee_id=jonas.pk, actor=boss, now=timezone.now())
    ownership.set_priority(ticket_id=ticket.pk, priority=Priority.LOW, actor=boss, now=timezone.now())
    ownership.set_priority(ticket_id=ticket.pk, priority=Priority.HIGH, actor=boss, now=timezone.now())
    settle(now=timezone.now(), limit=100)

    assert Ticket.objects.get(pk=ticket.pk).tags == ["escalated"]
    agent.open(ticket)
    what = agent.page.locator("#rule-runs")
    expect(what).to_contain_text("Urgent customs hold")
    expect(what).to_contain_text("add the tag “escalated”")
    expect(what).to_contain_text("start the escalation “Urgent”")
    expect(what).to_contain_text("because kind is Customs hold")
    agent.page.get_by_role("button", name="I have it").click()
    expect(agent.page.get_by_role("button", name="I have it")).to_have_count(0)
    assert Escalation.objects.get().end == EscalationEnd.ACKNOWLEDGED


def test_values_of_every_type_are_chosen_and_stored(sit_down: Callable[..., Desk], post: Post) -> None:
    held_parcel("clearance", post)
    page = sit_down("Supervisor", "Sofia Brandt").page
    page.goto("/admin/tickets/rule/add/", wait_until="load")
    tree = page.locator("[data-conditions]")

    def row(field: str, operator: str) -> Locator:
        tree.get_by_role("button", name="Add a condition to this group").first.click()
        made = tree.locator(".r-row").last
        made.get_by_label("What it is about").select_option(field)
        if operator:
            made.get_by_label("Comparison").select_option(operator)
        return made

    union = row("ticket.destination", "in")
    union.get_by_role("button", name="European Union").click()
    union.get_by_role("textbox").or_(union.get_by_role("combobox", name="Value")).last.fill("Norway")
    page.keyboard.press("Enter")
    row("ticket.language", "is").get_by_label("Value: language").select_option("de")
    age = row("ticket.age", "at_least")
    age.get_by_label("Value").fill("90")
    age.get_by_label("Unit").select_option("minutes")
    lane = row("ticket.lane", "in")
    lane.get_by_label("Origin").select_option("CN")
    lane.get_by_role("button", name="Add the lane").click()
    row("ticket.priority", "in").get_by_label("Urgent").check()
    row("ticket.recent_tickets", "between").get_by_label("From", exact=True).fill("1")
    tree.get_by_label("To", exact=True).fill("4")
    row("ticket.is_unanswered", "").get_by_label("Value").select_option("false")
    customer = row("ticket.customer", "is")
    customer.get_by_label("Value: customer").press_sequentially("Anna")
    customer.get_by_role("button", name="Anna Keller").click()
    tree.get_by_role("button", name="Add a condition to this group").first.click()
    changed = tree.locator(".r-row").last
    changed.get_by_label("What it is about").select_option("changed:priority")
    changed.locator("summary").last.click()
    changed.get_by_label("High").last.check()

    leaves = page.locator("#id_conditions").evaluate("field => JSON.parse(field.value)")["all"]

    assert leaves[0]["value"][-1] == "NO"
    assert {"DE", "FR"} < set(leaves[0]["value"])
    assert [leaf.get("value") for leaf in leaves[1:7]] == ["de", 5_400, ["CN-*"], [1], [1, 4], False]
    assert isinstance(leaves[7]["value"], int)
    assert leaves[8] == {"changed": "priority", "to": [2]}
    expect(page.locator("[data-said=if]")).to_contain_text("customer is Anna Keller, and priority became high")
    expect(tree.locator(".bad")).to_have_count(0)


def test_the_inputs_of_a_step_appear_when_it_is_chosen(sit_down: Callable[..., Desk]) -> None:
    page = sit_down("Supervisor", "Sofia Brandt").page
    page.goto("/admin/tickets/rule/add/", wait_until="load")
    actions = page.locator("[data-actions]")
    actions.get_by_role("button", name="+ Action").click()
    actions.get_by_label("What to do").select_option("transition")
    expect(actions.get_by_label("Question")).to_have_count(0)

    actions.get_by_label("Step").select_option("delay.ask_carrier")

    expect(actions.get_by_label("Question")).to_be_visible()
    actions.get_by_label("Question").fill("Where is it?")
    stored: list[dict[str, Any]] = page.locator("#id_actions").evaluate("field => JSON.parse(field.value)")
    assert stored[0]["inputs"]["way"] == "delay.ask_carrier"
    assert "Where is it?" in stored[0]["inputs"].values()
