"""Saving and switching rules: what is refused, what is kept, who was first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from common.errors import InvalidInput, PermissionRefused
from common.models import BusinessCalendar, User
from tests.tickets.workflows.people import NOW, ticket
from tickets.choices import HoursOf, Kind, Priority, RuleTrigger
from tickets.errors import SavedMeanwhile
from tickets.models import Rule, RuleRun, RuleVersion, Team
from tickets.policies.actor import Actor
from tickets.services.rules.compiling import compiled
from tickets.services.rules.saving import (
    content_of,
    delete_rule,
    restore_version,
    save_rule,
    switch_all,
    switch_rule,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)
URGENT = {"field": "ticket.priority", "op": "is", "value": int(Priority.URGENT)}
LOW = {"field": "ticket.priority", "op": "is", "value": int(Priority.LOW)}


def supervisor(name: str = "Sue", *more: str) -> Actor:
    user = User.objects.create_user(f"{name.lower()}@clearway.example", full_name=name, is_staff=True)
    names = ("add_rule", "change_rule", "delete_rule", *more)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="tickets", codename__in=names))
    return Actor.staff(user)


def set_priority(value: Priority) -> dict[str, Any]:
    return {"action": "set_priority", "inputs": {"priority": int(value)}}


def data(**fields: Any) -> dict[str, Any]:
    values = {"name": "Urgent first", "events": ["opened"], "trigger": RuleTrigger.EVENT, "conditions": URGENT}
    return {**values, "actions": [{"action": "add_tag", "inputs": {"tag": "hot"}}], **fields}


def save(actor: Actor, **fields: Any) -> Rule:
    return save_rule(data=data(**fields), actor=actor, now=NOW).rule


def refused(actor: Actor, **fields: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as caught:
        save(actor, **fields)
    return caught.value.data


def test_a_new_rule_is_switched_off_and_has_its_first_version() -> None:
    sue = supervisor()

    rule = save(sue)

    assert not rule.is_active
    (version,) = RuleVersion.objects.filter(rule=rule)
    assert (version.number, version.made_at, version.made_by) == (1, NOW, sue.user)
    assert version.content == content_of(rule)
    assert version.content["conditions"] == URGENT


def test_each_change_is_a_version_and_an_earlier_one_can_be_brought_back() -> None:
    sue = supervisor()
    rule = save(sue)
    changed = save_rule(data={"conditions": LOW}, actor=sue, now=LATER, rule_id=rule.pk, version=1).rule
    again = save_rule(data={"conditions": LOW}, actor=sue, now=LATER, rule_id=rule.pk, version=2).rule
    assert (changed.version, again.version) == (2, 2)

    restored = restore_version(rule_id=rule.pk, number=1, version=2, actor=sue, now=LATER).rule

    assert (restored.version, restored.conditions) == (3, URGENT)
    assert list(RuleVersion.objects.filter(rule=rule).values_list("number", flat=True)) == [3, 2, 1]


def test_of_two_supervisors_the_second_one_reads_who_saved_before() -> None:
    sue, tom = supervisor(), supervisor("Tom")
    rule = save(sue)
    save_rule(data={"conditions": LOW}, actor=sue, now=LATER, rule_id=rule.pk, version=1)

    with pytest.raises(SavedMeanwhile, match="Sue saved this rule at 2026-11-24 09:35 UTC"):
        save_rule(data={"name": "Mine"}, actor=tom, now=LATER, rule_id=rule.pk, version=1)

    rule.refresh_from_db()
    assert (rule.name, rule.version, rule.conditions) == ("Urgent first", 2, LOW)


def test_whoever_may_not_changes_nothing() -> None:
    rule = save(supervisor())
    nobody = Actor.staff(User.objects.create_user("n@clearway.example", full_name="N", is_staff=True))

    for act in (
        lambda: save_rule(data={"name": "Mine"}, actor=nobody, now=NOW, rule_id=rule.pk, version=1),
        lambda: save_rule(data=data(name="New"), actor=nobody, now=NOW),
        lambda: switch_rule(rule_id=rule.pk, is_on=True, actor=nobody, now=NOW),
        lambda: switch_all(is_on=False, actor=nobody, now=NOW),
        lambda: delete_rule(rule_id=rule.pk, actor=nobody),
    ):
        with pytest.raises(PermissionRefused):
            act()

    assert Rule.objects.filter(name="Urgent first", is_active=False, version=1).exists()
    assert not Rule.objects.filter(name__in=["Mine", "New"]).exists()


def test_each_wrong_field_is_told_with_its_sentence() -> None:
    sue = supervisor()
    team = Team.objects.create(name="Gone")
    gone = {"field": "ticket.team", "op": "is", "value": team.pk}
    team.delete()

    assert refused(sue, name=" ") == {"name": ["Give the rule a name."]}
    assert refused(sue, events=[]) == {"events": ["Choose what has to happen."]}
    assert refused(sue, events=["birthday"]) == {"events": ["There is no event “birthday”."]}
    assert "does not exist any more" in refused(sue, conditions=gone)["conditions"][0]
    assert (
        "exclude one another" in refused(sue, conditions={"all": [URGENT, {**LOW, "op": "at_most"}]})["conditions"][0]
    )
    assert refused(sue, actions=[])["actions"] == ["Say what the rule does: add an action."]
    assert "There is no action" in refused(sue, actions=[{"action": "dance"}])["actions"][0]
    assert refused(sue, cap_per_hour=0) == {"cap_per_hour": ["Write a number from 1 to 1000."]}
    assert refused(sue, trigger="moon") == {"trigger": ["Choose when the rule runs."]}
    assert set(refused(sue, trigger=RuleTrigger.TIME)) == {"anchor", "delay"}
    assert set(refused(sue, trigger=RuleTrigger.SCHEDULE)) == {"at_times", "time_zone"}
    assert not Rule.objects.filter(name="Urgent first").exists()


def test_a_name_that_is_taken_is_refused() -> None:
    sue = supervisor()
    save(sue)

    assert refused(sue) == {"name": ["There is already a rule with this name."]}


def test_a_rule_keeps_only_what_its_trigger_asks_for() -> None:
    calendar = BusinessCalendar.objects.create(name="Shanghai", time_zone="Asia/Shanghai")
    rule = save(
        supervisor(),
        trigger=RuleTrigger.TIME,
        anchor="opened_at",
        delay=14_400,
        hours_of=HoursOf.CALENDAR,
        calendar=calendar.pk,
        at_times=["09:00"],
    )
    rule.refresh_from_db()

    assert (rule.events, rule.at_times, rule.delay, rule.calendar) == ([], [], timedelta(hours=4), calendar)
    assert (rule.checked_to, rule.updated_at) == (NOW, NOW)


def test_only_time_rules_that_can_be_counted_are_saved() -> None:
    sue = supervisor()
    time_rule = {"trigger": RuleTrigger.TIME, "anchor": "opened_at", "delay": 60}

    assert "calendar" in refused(sue, **time_rule, hours_of=HoursOf.CALENDAR)
    assert "hours_of" in refused(sue, **time_rule, hours_of=HoursOf.PARTNER)
    assert "delay" in refused(sue, **{**time_rule, "delay": -1})
    assert "anchor" in refused(sue, **{**time_rule, "anchor": "birthday"})


def test_switching_a_rule_puts_it_into_the_compiled_set_at_once() -> None:
    sue = supervisor()
    rule = save(sue)
    Rule.objects.exclude(pk=rule.pk).update(is_active=False)
    assert rule not in compiled().events.rules

    switch_rule(rule_id=rule.pk, is_on=True, actor=sue, now=LATER)
    assert rule in compiled().events.rules

    switch_rule(rule_id=rule.pk, is_on=False, actor=sue, now=LATER)
    assert rule not in compiled().events.rules


def test_the_switch_for_all_silences_every_rule_and_brings_nothing_back_of_the_time_between() -> None:
    sue = supervisor("Sue", "switch_rules")
    event_rule = save(sue)
    time_rule = save(sue, name="Later", trigger=RuleTrigger.TIME, anchor="opened_at", delay=60)
    for rule in (event_rule, time_rule):
        switch_rule(rule_id=rule.pk, is_on=True, actor=sue, now=NOW)

    switch_all(is_on=False, actor=sue, now=NOW)
    assert not compiled().listens_to("opened")

    switch_all(is_on=True, actor=sue, now=LATER)
    assert compiled().listens_to("opened")
    time_rule.refresh_from_db()
    assert time_rule.checked_to == LATER


def test_two_rules_that_undo_each_other_for_ever_are_refused_when_the_second_comes_on() -> None:
    sue = supervisor()
    down = save(sue, name="Down", events=["priority_changed"], actions=[set_priority(Priority.LOW)])
    up = save(sue, name="Up", events=["priority_changed"], conditions=LOW, actions=[set_priority(Priority.URGENT)])
    switch_rule(rule_id=down.pk, is_on=True, actor=sue, now=NOW)

    with pytest.raises(InvalidInput, match="set each other off without end: “Up” → “Down” → “Up”"):
        switch_rule(rule_id=up.pk, is_on=True, actor=sue, now=NOW)

    up.refresh_from_db()
    assert not up.is_active


def test_rules_that_may_chase_each_other_are_told_but_saved() -> None:
    sue = supervisor()
    vip = {"all": [URGENT, {"field": "ticket.tier", "op": "is", "value": "vip"}]}
    down = save(sue, name="Down", events=["priority_changed"], conditions=vip, actions=[set_priority(Priority.LOW)])
    switch_rule(rule_id=down.pk, is_on=True, actor=sue, now=NOW)

    up = save_rule(
        data=data(name="Up", events=["priority_changed"], conditions=LOW, actions=[set_priority(Priority.URGENT)]),
        actor=sue,
        now=NOW,
    )

    assert up.warnings == ["These rules may set each other off: “Up” → “Down” → “Up”."]


def test_rules_that_raise_to_the_same_priority_come_to_rest_and_are_no_circle() -> None:
    sue = supervisor()
    for name in ("One", "Two"):
        saved = save_rule(
            data=data(name=name, events=["priority_changed"], conditions={}, actions=[set_priority(Priority.HIGH)]),
            actor=sue,
            now=NOW,
        )
        switch_rule(rule_id=saved.rule.pk, is_on=True, actor=sue, now=NOW)
        assert saved.warnings == []


def test_two_rules_that_want_different_things_at_once_are_told() -> None:
    sue = supervisor()
    first = save(sue, name="First", actions=[set_priority(Priority.HIGH)])
    switch_rule(rule_id=first.pk, is_on=True, actor=sue, now=NOW)

    saved = save_rule(data=data(name="Second", actions=[set_priority(Priority.LOW)]), actor=sue, now=NOW)

    assert saved.warnings == ["“First” has the same conditions and sets priority to something else."]


def test_a_rule_that_does_what_sets_it_off_is_told() -> None:
    note = {"action": "note", "inputs": {"text": "Seen"}}

    saved = save_rule(data=data(events=["note"], conditions={}, actions=[note]), actor=supervisor(), now=NOW)

    assert saved.warnings == ["This rule does what sets it off. It will not hear itself, so it runs once each time."]


def test_a_rule_that_ran_is_not_deleted() -> None:
    sue = supervisor()
    rule, fresh = save(sue), save(sue, name="Fresh")
    RuleRun.objects.create(rule=rule, version=1, ticket=ticket(Kind.DELAY), occasion="1", at=NOW, outcome="done")

    with pytest.raises(InvalidInput, match="switch it off instead"):
        delete_rule(rule_id=rule.pk, actor=sue)
    delete_rule(rule_id=fresh.pk, actor=sue)

    assert list(Rule.objects.filter(pk__in=[rule.pk, fresh.pk])) == [rule]
