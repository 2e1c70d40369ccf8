"""Rules in the admin: building, reading, trying, switching and bringing them back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from common.models import User
from tests.tickets.admin.conftest import Door, Opener
from tickets.admin.rules.on_ticket import SHOWN
from tickets.choices import HoursOf, Kind, Priority, RuleTrigger, RunOutcome
from tickets.models import Rule, RuleRun, RuleSwitch, RuleVersion, Ticket
from tickets.policies.actor import Actor
from tickets.services.rules.saving import save_rule

pytestmark = pytest.mark.django_db

URGENT = {"all": [{"field": "ticket.priority", "op": "is", "value": int(Priority.URGENT)}]}
NESTED = {
    "all": [
        {"field": "ticket.kind", "op": "is", "value": "clearance"},
        {
            "any": [
                {"field": "ticket.tier", "op": "is", "value": "vip"},
                {"none": [{"field": "ticket.destination", "op": "in", "value": ["DE", "FR"]}]},
            ]
        },
    ]
}
TAG = [{"action": "add_tag", "inputs": {"tag": "hot"}}]


@pytest.fixture(autouse=True)
def _no_shipped_rules() -> None:
    Rule.objects.all().delete()


def form(**fields: Any) -> dict[str, Any]:
    """What the page's form sends for a rule."""
    values = {
        "name": "Urgent first",
        "trigger": RuleTrigger.EVENT,
        "events": ["opened"],
        "conditions": URGENT,
        "actions": TAG,
        "order": "100",
        "cap_per_hour": "3",
        **fields,
    }
    for name in ("conditions", "actions"):
        if not isinstance(values[name], str):
            values[name] = json.dumps(values[name])
    return values


def saved(user: User, **fields: Any) -> Rule:
    data = {"name": "Urgent first", "events": ["opened"], "conditions": URGENT, "actions": TAG, **fields}
    return save_rule(data=data, actor=Actor.staff(user), now=timezone.now()).rule


def page(rule: Rule, name: str = "change") -> str:
    return reverse(f"admin:tickets_rule_{name}", args=[rule.pk])


def says(client: Client, rule: Rule | None = None, **fields: Any) -> dict[str, Any]:
    address = page(rule, "sentence") if rule else reverse("admin:tickets_rule_sentence")
    response = client.post(address, form(**fields))
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


# ---------------------------------------------------------------------------------------------- saving


def test_supervisor_makes_a_rule_which_is_switched_off_and_reads_back_as_it_was_built(desk: Door) -> None:
    client = desk("Supervisor")

    response = client.post(reverse("admin:tickets_rule_add"), form(conditions=NESTED, stops="on", description="Why"))

    rule = Rule.objects.get()
    assert response.headers["Location"] == page(rule)
    assert (rule.is_active, rule.conditions, rule.actions, rule.stops) == (False, NESTED, TAG, True)
    context = client.get(page(rule)).context
    assert json.loads(context["typed"]["conditions"]) == NESTED
    assert context["said"].conditions == (
        "kind is Customs hold, and (tier is VIP or not (destination is Germany or France))"
    )


def test_saving_a_page_that_was_left_as_it_is_makes_no_new_version(desk: Door, user_of: Any) -> None:
    client, user = desk("Supervisor"), user_of("Supervisor")
    rule = saved(
        user,
        trigger=RuleTrigger.TIME,
        events=[],
        anchor="opened_at",
        delay=timedelta(minutes=90),
        hours_of=HoursOf.TEAM,
        conditions=NESTED,
    )
    typed = client.get(page(rule)).context["typed"]
    assert (typed["delay"], typed["delay_unit"]) == ("90", "minutes")

    client.post(page(rule), {**{key: value for key, value in typed.items() if value is not False}, "at_times": []})

    assert Rule.objects.get().version == 1


def test_a_shipped_rule_that_is_saved_in_chinese_keeps_its_english_name(desk: Door, user_of: Any) -> None:
    client, user = desk("Supervisor"), user_of("Supervisor")
    rule = saved(user, name="VIP first")
    Rule.objects.filter(pk=rule.pk).update(shipped_key="vip")
    User.objects.filter(pk=user.pk).update(language="zh-hans")
    client.cookies["django_language"] = "zh-hans"
    typed = client.get(page(rule)).context["typed"]

    with override("zh-hans"):
        client.post(page(rule), form(name=typed["name"], conditions=NESTED, version="1"))

    rule.refresh_from_db()
    assert (rule.version, rule.name) == (2, "VIP first")


def test_what_is_wrong_stands_beside_the_row_it_is_about_and_what_was_typed_stays(desk: Door) -> None:
    client = desk("Supervisor")
    tree = {"all": [URGENT["all"][0], {"any": [{"field": "ticket.kind", "op": "in", "value": []}]}]}
    actions = [*TAG, {"action": "set_priority", "inputs": {}}]

    response = client.post(reverse("admin:tickets_rule_add"), form(name="", conditions=tree, actions=actions))

    assert response.status_code == 422
    assert not Rule.objects.exists()
    context = response.context
    assert context["errors"]["name"] == ["Give the rule a name."]
    assert [one["path"] for one in context["problems"]] == ["all[1].any[0]"]
    assert [one["path"] for one in context["editor"]["problems"]["actions"]] == ["1.inputs.priority"]
    assert json.loads(context["typed"]["conditions"]) == tree
    assert json.loads(context["actions_value"]) == actions


def test_whoever_saves_second_reads_who_was_first_what_changed_and_loses_nothing(desk: Door, user_of: Any) -> None:
    rule = saved(user_of("Administrator"))
    save_rule(
        data={"conditions": NESTED},
        actor=Actor.staff(user_of("Administrator")),
        now=timezone.now(),
        rule_id=rule.pk,
        version=1,
    )
    client = desk("Supervisor")

    response = client.post(page(rule), form(name="Mine", version="1"))

    assert response.status_code == 409
    assert "Administrator saved this rule at" in response.context["error"]
    assert response.context["typed"]["name"] == "Mine"
    (difference,) = response.context["newer"]["differences"]
    assert (difference.part, difference.before) == ("If", "priority is urgent")
    rule.refresh_from_db()
    assert (rule.version, rule.conditions) == (2, NESTED)

    client.post(page(rule), form(name="Mine", version="1", over="2"))
    rule.refresh_from_db()
    assert (rule.version, rule.name, rule.conditions) == (3, "Mine", URGENT)


def test_each_version_says_what_it_changed_and_an_earlier_one_is_brought_back(desk: Door, user_of: Any) -> None:
    client, user = desk("Supervisor"), user_of("Supervisor")
    rule = saved(user)
    data = {"conditions": NESTED, "actions": [{"action": "set_priority", "inputs": {"priority": 2}}]}
    save_rule(data=data, actor=Actor.staff(user), now=timezone.now(), rule_id=rule.pk, version=1)

    newest, first = client.get(page(rule, "history")).context["lines"]

    assert [(one.part, one.before, one.after) for one in newest.differences][1] == (
        "Then",
        "add the tag “hot”",
        "set the priority to High",
    )
    assert (newest.is_now, first.differences, first.who) == (True, [], "Supervisor")
    stale = client.post(page(rule, "restore"), {"number": "1", "version": "1"})
    assert stale.headers["Location"] == page(rule, "history")
    client.post(page(rule, "restore"), {"number": "1", "version": "2"})
    rule.refresh_from_db()
    assert (rule.version, rule.conditions) == (3, URGENT)
    assert client.post(page(rule, "restore"), {"number": "9", "version": "3"}).status_code == 404


# ---------------------------------------------------------------------------------------------- in words


def test_the_draft_reads_in_plain_words_in_both_languages(desk: Door) -> None:
    client = desk("Supervisor")

    english = says(client, events=["message_received", "priority_changed"], conditions=NESTED)

    assert english["when"] == "A message came in or the priority changed"
    assert english["then"] == ["add the tag “hot”"]
    time_rule = says(
        client, trigger=RuleTrigger.TIME, delay="4", delay_unit="hours", anchor="opened_at", hours_of=HoursOf.TEAM
    )
    assert time_rule["when"] == "4 hours after the ticket was opened, counted in the team's hours"
    schedule = says(
        client,
        trigger=RuleTrigger.SCHEDULE,
        weekdays=["0", "4"],
        at_times=["09:00", "", "17:30"],
        time_zone="Asia/Shanghai",
    )
    assert schedule["when"] == "Monday, Friday at 09:00, 17:30 (Asia/Shanghai)"
    client.cookies["django_language"] = "zh-hans"
    User.objects.update(language="zh-hans")
    assert says(client, conditions=NESTED)["if"] != english["if"]


def test_what_is_not_finished_is_left_out_of_the_sentence_and_named_at_its_place(desk: Door) -> None:
    tree = {"all": [*URGENT["all"], {}, {"any": [{"field": "ticket.kind"}]}]}

    found = says(desk("Supervisor"), conditions=tree, actions=[{"action": "", "inputs": {}}, *TAG])

    assert found["if"] == "priority is urgent"
    assert found["then"] == ["add the tag “hot”"]
    assert {one["path"] for one in found["problems"]["conditions"]} == {"all[1]", "all[2].any[0]"}
    assert [one["path"] for one in found["problems"]["actions"]] == ["0"]


def test_changed_leaves_stand_in_event_rules_alone(desk: Door) -> None:
    client, tree = desk("Supervisor"), {"all": [{"changed": "priority", "to": [1]}]}

    assert says(client, conditions=tree)["if"] == "priority became urgent"
    refused = says(client, conditions=tree, trigger=RuleTrigger.SENDING)
    assert refused["problems"]["conditions"][0]["path"] == "all[0]"


HOSTILE = {
    "no JSON": "{",
    "a number": "12",
    "a list": "[[]]",
    "huge": '{"all": [' + ",".join(['{"field": "x"}'] * 20_000) + "]}",
    "deep": '{"all":[' * 5_000 + "{}" + "]}" * 5_000,
    "no number": '{"all": [{"field": "ticket.age", "op": "at_least", "value": NaN}]}',
    "wrong types": '{"all": {"field": 1}, "any": null}',
    "types in a leaf": '{"all": [{"field": ["a"], "op": {}, "value": {"a": 1}}, {"changed": {"a": 1}}, 7, null]}',
    "NUL": '{"all": [{"field": "ticket.tags", "op": "contains", "value": "a\\u0000b"}]}',
    "half a character": '{"all": [{"field": "ticket.tags", "op": "contains", "value": "\\ud800"}]}',
    "a large number": '{"all": [{"field": "ticket.assignee", "op": "is", "value": 1e400}]}',
    "very large": '{"all": [{"field": "ticket.assignee", "op": "is", "value": ' + "9" * 4_000 + "}]}",
}


@pytest.mark.parametrize("tree", HOSTILE.values(), ids=HOSTILE)
def test_hostile_conditions_are_answered_by_a_sentence(desk: Door, tree: str) -> None:
    client = desk("Supervisor")

    assert says(client, conditions=tree)["problems"]["conditions"]
    for name in ("add", "backtest"):
        response = client.post(reverse(f"admin:tickets_rule_{name}"), form(conditions=tree))
        assert response.status_code == 422, name
        assert "alert" in response.content.decode()
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    "actions",
    [
        '{"action": "note"}',
        '[null, 7, "x", []]',
        '[{"action": {"a": 1}, "inputs": [1]}]',
        '[{"action": "assign", "inputs": {"team": {"a": 1}, "person": [1], "other": 2}}]',
        '[{"action": "transition", "inputs": {"way": {"a": 1}}}]',
        '[{"action": "send_to_partner", "inputs": {"partner": "9999999999999999999999", "template": []}}]',
        '[{"action": "remind", "inputs": {"after": 1e308, "after_unit": [], "text": {}}}]',
        '[{"action": "page", "inputs": {"person": true, "by": "desk", "reason": 5}}]',
        '[{"action": "note", "inputs": "text"}]',
        "[" * 10_000,
    ],
)
def test_hostile_actions_are_answered_by_a_sentence(desk: Door, actions: str) -> None:
    client = desk("Supervisor")

    assert says(client, actions=actions)["problems"]["actions"]
    assert client.post(reverse("admin:tickets_rule_add"), form(actions=actions)).status_code == 422
    assert not Rule.objects.exists()


def test_hostile_fields_are_answered_by_a_sentence(desk: Door) -> None:
    client = desk("Supervisor")
    for fields in (
        {"trigger": "x"},
        {"trigger": ""},
        {"events": ["nonsense", "\0"]},
        {"order": "99999999999"},
        {"order": "٣"},
        {"cap_per_hour": "-1"},
        {"name": "x" * 5_000},
        {"trigger": RuleTrigger.TIME, "delay": "9" * 9, "delay_unit": "days", "anchor": "opened_at"},
        {"trigger": RuleTrigger.TIME, "delay": "-5", "anchor": "nowhere", "hours_of": "partner"},
        {"trigger": RuleTrigger.TIME, "delay": "1", "anchor": "opened_at", "hours_of": "calendar", "calendar": "9" * 9},
        {"trigger": RuleTrigger.SCHEDULE, "weekdays": ["9", "x"], "at_times": ["25:00"], "time_zone": "Mars/Base"},
    ):
        response = client.post(reverse("admin:tickets_rule_add"), form(**fields))
        assert response.status_code == 422, fields
        assert client.post(reverse("admin:tickets_rule_sentence"), form(**fields)).status_code == 200
    assert not Rule.objects.exists()


def test_script_in_a_name_is_shown_as_text_everywhere(desk: Door, user_of: Any, open_one: Opener) -> None:
    evil = "</script><script>alert(1)</script>"
    rule = saved(user_of("Supervisor"), name=evil, actions=[{"action": "add_tag", "inputs": {"tag": evil}}])
    ticket = open_one()
    run_of(rule, ticket)
    client = desk("Supervisor")

    for address in (
        reverse("admin:tickets_rule_changelist"),
        page(rule),
        page(rule, "history"),
        reverse("admin:tickets_rulerun_changelist"),
        reverse("admin:tickets_ticket_change", args=[ticket.pk]),
    ):
        text = client.get(address).content.decode()
        assert "<script>alert" not in text, address
        assert "alert(1)" in text, address


# ---------------------------------------------------------------------------------------------- trying and switching


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_tried_on_what_was_without_saving_or_changing_anything(desk: Door, open_one: Opener) -> None:
    Rule.objects.all().delete()
    hit = open_one(priority=Priority.URGENT)
    open_one(priority=Priority.LOW)
    before = hit.event_sequence

    response = desk("Supervisor").post(reverse("admin:tickets_rule_backtest"), form(name="", days="3"))

    assert response.status_code == 200
    assert response.context["summary"].startswith(
        "In the last 3 days it would have run once on 1 ticket (2 moments looked"
    )
    (row,) = response.context["rows"]
    assert (row["reference"], row["event"]) == (hit.reference, "A ticket was opened")
    assert [(one["sentence"], one["found"]) for one in row["why"]] == [("priority is urgent", "urgent")]
    assert response.context["would"] == ["add the tag “hot”"]
    assert (Ticket.objects.get(pk=hit.pk).event_sequence, Rule.objects.count(), RuleRun.objects.count()) == (
        before,
        0,
        0,
    )


@pytest.mark.django_db(transaction=True)
def test_a_rule_that_was_tried_before_it_was_saved_is_switched_on_without_a_question(desk: Door) -> None:
    Rule.objects.all().delete()
    client = desk("Supervisor")
    token = client.post(reverse("admin:tickets_rule_backtest"), form()).context["token"]

    client.post(reverse("admin:tickets_rule_add"), form(tried=token))
    rule = Rule.objects.get()
    assert RuleVersion.objects.get().backtested_at
    client.post(page(rule, "switch"), {"on": "1"})

    rule.refresh_from_db()
    assert rule.is_active
    client.post(page(rule), form(name="Only another name", version="1"))
    client.post(page(rule, "switch"), {"on": "0"})
    client.post(page(rule, "switch"), {"on": "1"})
    rule.refresh_from_db()
    assert (rule.is_active, rule.version) == (True, 2)


def test_a_rule_that_nobody_tried_is_asked_about_before_it_is_switched_on(desk: Door, user_of: Any) -> None:
    rule, client = saved(user_of("Supervisor")), desk("Supervisor")

    asked = client.post(page(rule, "switch"), {"on": "1"})

    rule.refresh_from_db()
    assert (asked.status_code, rule.is_active) == (200, False)
    assert "A ticket was opened, if priority is urgent: add the tag “hot”." in asked.content.decode()
    client.post(page(rule, "switch"), {"on": "1", "sure": "1"})
    rule.refresh_from_db()
    assert rule.is_active


def test_a_token_of_another_draft_says_nothing(desk: Door, user_of: Any) -> None:
    client = desk("Supervisor")
    client.post(reverse("admin:tickets_rule_add"), form(tried="no.such.token"))

    assert RuleVersion.objects.get().backtested_at is None


def test_all_rules_are_switched_off_and_on_by_one_button_and_the_list_says_so(desk: Door, user_of: Any) -> None:
    saved(user_of("Supervisor"))
    client, address = desk("Supervisor"), reverse("admin:tickets_rule_changelist")

    client.post(reverse("admin:tickets_rule_switch_all"), {"on": "0"})

    assert not RuleSwitch.objects.get().is_on
    context = client.get(address).context
    assert (context["is_on"], context["switched"].startswith("switched off by Supervisor")) == (False, True)
    client.post(reverse("admin:tickets_rule_switch_all"), {"on": "1"})
    assert RuleSwitch.objects.get().is_on


def test_the_list_names_what_is_left_out_and_why(desk: Door, user_of: Any) -> None:
    rule = saved(user_of("Supervisor"))
    Rule.objects.filter(pk=rule.pk).update(conditions={"field": "ticket.gone", "op": "is", "value": 1}, is_active=True)

    (line,) = desk("Auditor").get(reverse("admin:tickets_rule_changelist")).context["lines"]

    assert line["left_out"] == ["There is no field “ticket.gone”."]


def test_auditor_reads_rules_and_changes_none(desk: Door, user_of: Any) -> None:
    rule, client = saved(user_of("Supervisor")), desk("Auditor")

    shown = client.get(page(rule))

    assert (shown.status_code, "id_conditions" in shown.content.decode()) == (200, False)
    assert "priority is urgent" in shown.content.decode()
    for address in (
        page(rule),
        *(page(rule, name) for name in ("switch", "restore", "remove", "sentence", "backtest")),
    ):
        assert client.post(address, form(on="1", sure="1", number="1", version="1")).status_code == 403
    rule.refresh_from_db()
    assert (rule.is_active, rule.version) == (False, 1)
    assert client.post(reverse("admin:tickets_rule_switch_all"), {"on": "0"}).status_code == 403
    assert not RuleSwitch.objects.filter(is_on=False).exists()


def test_a_rule_that_ran_cannot_be_deleted_and_one_that_never_ran_can(
    desk: Door, user_of: Any, open_one: Opener
) -> None:
    ran, never = saved(user_of("Supervisor")), saved(user_of("Supervisor"), name="Never")
    run_of(ran, open_one())
    client = desk("Supervisor")

    for rule in (ran, never):
        client.post(page(rule, "remove"))

    assert list(Rule.objects.all()) == [ran]


# ---------------------------------------------------------------------------------------------- what rules did


def run_of(rule: Rule, ticket: Ticket, *, number: int = 1, **fields: Any) -> RuleRun:
    values: dict[str, Any] = {
        "version": rule.version,
        "at": timezone.now() + timedelta(seconds=number),
        "outcome": RunOutcome.DONE,
        "why": [{"leaf": URGENT["all"][0], "holds": True, "seen": 1}],
        "did": [{"action": "add_tag", "inputs": {"tag": "hot"}, "ok": True, "said": "tag added"}],
        **fields,
    }
    return RuleRun.objects.create(rule=rule, ticket=ticket, occasion=str(number), **values)


def test_the_ticket_says_which_rule_did_what_and_why(desk: Door, user_of: Any, open_one: Opener) -> None:
    rule, ticket = saved(user_of("Supervisor")), open_one()
    run_of(rule, ticket)
    run_of(
        rule,
        ticket,
        number=2,
        outcome=RunOutcome.FAILED,
        why=[{"leaf": {"field": "ticket.age", "op": "at_least", "value": 60}, "holds": True, "seen": 7200.0}],
        did=[{"action": "note", "inputs": {"text": "hello"}, "ok": False, "said": "It is closed."}],
    )
    run_of(rule, ticket, number=3, outcome=RunOutcome.CAPPED, did=[])

    capped, failed, done = (
        desk("Agent").get(reverse("admin:tickets_ticket_change", args=[ticket.pk])).context["rule_runs"]
    )

    assert (done.told.rule, done.address) == ("Urgent first", "")
    assert done.told.why == ["priority is urgent"]
    assert [(one.text, one.problem) for one in done.told.did] == [("add the tag “hot”", "")]
    assert failed.told.why == ["time since it was opened is at least 1 minute (it was: 2 hours)"]
    assert [(one.text, one.problem) for one in failed.told.did] == [("note: “hello”", "It is closed.")]
    assert capped.told.stopped == "It was held back: it ran too often on this ticket within an hour."
    for_supervisor = desk("Supervisor").get(reverse("admin:tickets_ticket_change", args=[ticket.pk]))
    assert for_supervisor.context["rule_runs"][0].address == page(rule)


def test_the_ticket_asks_the_same_for_one_run_and_for_many(
    desk: Door, user_of: Any, open_one: Opener, django_assert_max_num_queries: Any
) -> None:
    ticket, client = open_one(), desk("Supervisor")
    address = reverse("admin:tickets_ticket_change", args=[ticket.pk])
    team = [{"action": "assign", "inputs": {"team": 1}}]
    few = 0
    for number in range(SHOWN + 3):
        rule = saved(user_of("Supervisor"), name=f"Rule {number}")
        person = {"field": "ticket.assignee", "op": "is", "value": user_of("Agent").pk}
        run_of(rule, ticket, number=number, why=[{"leaf": person, "holds": True, "seen": 1}], did=team)
        if number == 0:
            few = queries(client, address)

    assert queries(client, address) == few
    assert client.get(address).context["more_rule_runs"].endswith(f"?ticket__id__exact={ticket.pk}")


def queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def test_runs_on_safety_tickets_are_not_listed_for_whoever_may_not_see_them(
    desk: Door, user_of: Any, open_one: Opener
) -> None:
    rule = saved(user_of("Supervisor"))
    hidden, shown = run_of(rule, open_one(Kind.SAFETY)), run_of(rule, open_one(), number=2)
    user = user_of("Agent")
    from django.contrib.auth.models import Permission

    user.user_permissions.add(Permission.objects.get(codename="view_rulerun"))
    client = desk("Agent")

    listed = (
        client.get(reverse("admin:tickets_rulerun_changelist"), {"rule__id__exact": rule.pk}).context["cl"].result_list
    )

    assert list(listed) == [shown]
    assert client.get(reverse("admin:tickets_rulerun_change", args=[hidden.pk])).status_code != 200
    assert client.get(reverse("admin:tickets_rulerun_change", args=[shown.pk])).status_code == 200
