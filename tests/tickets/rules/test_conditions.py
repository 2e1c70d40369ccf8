"""Condition trees: what is refused, what holds, and how they read."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from tickets.choices import RuleTrigger
from tickets.policies.conditions import MAX_DEPTH, MAX_NODES, changes_between, check, explain, matches, sentence
from tickets.policies.fields import FIELDS, PROMISE_FIELDS, fields_for
from tickets.policies.operators import FieldType

HOLD: dict[str, Any] = {
    "all": [
        {"field": "ticket.kind", "op": "is", "value": "clearance"},
        {"field": "ticket.assignee", "op": "is_empty"},
        {
            "any": [
                {"field": "ticket.priority", "op": "is", "value": 1},
                {"field": "ticket.tier", "op": "is", "value": "vip"},
            ]
        },
    ]
}


def leaf(field: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": field, "op": op, **({} if value is None else {"value": value}), **more}


def test_a_tree_reads_as_plain_words() -> None:
    said = sentence(HOLD)

    assert said == "kind is Customs hold, and nobody owns it, and (priority is urgent or tier is VIP)"


def test_words_say_several_values_negations_durations_and_changes() -> None:
    tree = {
        "all": [
            leaf("ticket.kind", "in", ["delay", "loss"]),
            leaf("ticket.age", "at_least", 14_400),
            {"none": [leaf("ticket.tags", "contains_any", ["test", "drill"]), leaf("ticket.is_snoozed", "is", True)]},
            {"changed": "priority", "from": [3, 4], "to": [1]},
            {"changed": "assignee", "from": [None]},
            leaf("ticket.team", "is", 7),
        ]
    }

    assert sentence(tree, names={FieldType.TEAM: {7: "Customs Shanghai"}}) == (
        "kind is Delay or Loss or damage, and time since it was opened is at least 4 hours, and"
        " not (tags contain test or drill or it is snoozed), and priority changed from normal or low to urgent, and"
        " owner is no longer nobody, and team is Customs Shanghai"
    )


def test_channels_lanes_and_angry_words_read_as_people_say_them() -> None:
    tree = {
        "all": [
            leaf("ticket.channel", "in", ["telegram", "wechat", "email"]),
            leaf("ticket.lane", "in", ["CN-*", "*-DE", "CN-BR"]),
            leaf("message.word_hits", "contains", "anger"),
        ]
    }

    assert sentence(tree) == (
        "channel is Telegram, WeChat or E-mail, and lane is China → anywhere, anywhere → Germany or China → Brazil, "
        "and words found in the message contain angry words"
    )


def test_an_empty_tree_always_holds_and_says_so() -> None:
    assert check({}) == []
    assert matches({}, {})
    assert sentence({}) == "always"


@pytest.mark.parametrize(
    ("tree", "path", "words"),
    [
        ([], "", "A condition is missing here."),
        ({"all": []}, "", "This group is empty"),
        ({"all": [{}]}, "all[0]", "Choose what this condition is about."),
        ({"all": [HOLD, {"any": []}]}, "all[1]", "This group is empty"),
        ({"all": [HOLD], "any": [HOLD]}, "", "A group is one of"),
        (leaf("ticket.colour", "is", "red"), "", "There is no field “ticket.colour”."),
        ({"any": [leaf("ticket.kind", "at_least", "delay")]}, "any[0]", "cannot be compared like that"),
        (leaf("ticket.kind", "is", "party"), "", "“kind” has no value “party”."),
        (leaf("ticket.kind", "is", ["delay"]), "", "“kind” has no value"),
        (leaf("ticket.kind", "in", "delay"), "", "Give at least one value for “kind”."),
        (leaf("ticket.kind", "in", []), "", "Give at least one value for “kind”."),
        (leaf("ticket.priority", "is", True), "", "“priority” has no value “True”."),
        (leaf("ticket.priority", "is", "urgent"), "", "“priority” has no value “urgent”."),
        (leaf("ticket.reopened_count", "at_least", 1.5), "", "wants a whole number"),
        (leaf("ticket.reopened_count", "at_least", -1), "", "wants a whole number"),
        (leaf("ticket.reopened_count", "at_least", 2**31), "", "wants a whole number"),
        (leaf("ticket.reopened_count", "between", [3, 1]), "", "is above the second"),
        (leaf("ticket.reopened_count", "between", [3]), "", "Give two values"),
        (leaf("ticket.is_snoozed", "is", "yes"), "", "is yes or no"),
        (leaf("ticket.country", "is", "Germany"), "", "is no country code"),
        (leaf("ticket.lane", "in", ["CN-DE", "CN"]), "", "is no lane"),
        (leaf("ticket.tags", "contains", "a\x00b"), "", "wants a short text"),
        (leaf("ticket.tags", "contains", "a" * 201), "", "wants a short text"),
        (leaf("ticket.assignee", "is", "Anna"), "", "from the list"),
        (leaf("ticket.assignee", "is_empty", 3), "", "takes no value here"),
        (leaf("ticket.assignee", "is", 2**63), "", "from the list"),
        (leaf("now.hour", "at_least", 8, zone="Mars/Base"), "", "is no time zone"),
        (leaf("ticket.kind", "is", "delay", zone="UTC"), "", "A condition has no “zone”."),
        ({"changed": "colour"}, "", "There is no field “colour” that could change."),
        ({"changed": "tags", "to": ["vip"]}, "", "only the change can be asked"),
        ({"changed": "state", "to": ["lost in space"]}, "", "“state” has no value"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence_and_its_place(tree: Any, path: str, words: str) -> None:
    (problem,) = check(tree)

    assert problem.path == path
    assert words in problem.sentence


def test_trees_that_are_too_deep_or_too_large_are_refused() -> None:
    deep: dict[str, Any] = leaf("ticket.kind", "is", "delay")
    for _ in range(MAX_DEPTH + 1):
        deep = {"all": [deep]}
    wide = {"any": [leaf("ticket.reopened_count", "at_least", number) for number in range(MAX_NODES)]}

    assert [problem.sentence for problem in check(deep)] == ["Groups stand more than 5 deep; make it flatter."]
    assert [problem.sentence for problem in check(wide)] == ["There are more than 100 conditions; make two rules."]


def test_what_does_not_exist_any_more_is_refused_when_the_names_are_known() -> None:
    tree = leaf("ticket.team", "in", [1, 2])

    assert check(tree) == []
    assert "does not exist any more" in check(tree, names={FieldType.TEAM: {1: "A"}})[0].sentence
    assert check(tree, names={FieldType.TEAM: {1: "A", 2: "B"}}) == []


def test_only_event_rules_ask_what_changed_and_only_with_a_message_what_it_says() -> None:
    about_time: dict[str, Any] = {"fields": fields_for(RuleTrigger.TIME), "event_rule": False}

    assert "what changed" in check({"changed": "state"}, **about_time)[0].sentence
    assert "cannot be asked here" in check(leaf("message.language", "is", "de"), **about_time)[0].sentence
    assert check(leaf("message.language", "is", "de"), fields=fields_for(RuleTrigger.SENDING)) == []
    assert "ticket.age" not in PROMISE_FIELDS


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ([leaf("ticket.kind", "is", "delay"), leaf("ticket.kind", "is", "loss")], "cannot be Delay and Loss or damage"),
        (
            [leaf("ticket.kind", "is", "clearance"), leaf("ticket.state", "is", "tracing")],
            "No ticket of the kind Customs hold is ever in the state Tracing.",
        ),
        ([leaf("ticket.phase", "is", "resolved"), leaf("ticket.waiting_on", "is", "us")], "No ticket can be like this"),
        ([leaf("ticket.team", "is_empty"), leaf("ticket.team", "is", 3)], "exclude one another"),
        ([leaf("ticket.priority", "at_least", 2), leaf("ticket.priority", "at_most", 3)], "exclude one another"),
        ([leaf("ticket.kind", "is", "delay"), leaf("ticket.kind", "not_in", ["delay"])], "exclude one another"),
        (
            [leaf("ticket.reopened_count", "at_least", 4), leaf("ticket.reopened_count", "at_most", 2)],
            "exclude one another",
        ),
    ],
)
def test_conditions_that_can_never_hold_together_are_refused(nodes: list[Any], words: str) -> None:
    (problem,) = check({"all": nodes})
    nested = check({"all": [nodes[0], {"all": [nodes[1]]}]})

    assert words in problem.sentence
    assert [one.sentence for one in nested] == [problem.sentence]
    assert check({"any": nodes}) == []


def test_values_seen_explain_a_verdict_leaf_by_leaf() -> None:
    values = {"ticket.kind": "clearance", "ticket.assignee": 5, "ticket.priority": 1, "ticket.tier": ""}

    looked = explain(HOLD, values)

    assert [(one.path, one.holds, one.seen) for one in looked] == [
        ("all[0]", True, "clearance"),
        ("all[1]", False, 5),
        ("all[2].any[0]", True, 1),
        ("all[2].any[1]", False, ""),
    ]
    assert not matches(HOLD, values)
    assert matches(HOLD, {**values, "ticket.assignee": None})


def test_a_field_that_is_not_there_makes_its_condition_false_also_a_negative_one() -> None:
    assert not matches(leaf("message.language", "is_not", "de"), {})
    assert matches(leaf("message.language", "is_not", "de"), {"message.language": ""})
    assert matches({"none": [leaf("message.language", "is", "de")]}, {})


def test_the_beginning_of_a_ticket_is_no_change() -> None:
    assert changes_between(None, object()) == {}


def test_every_field_has_words_in_both_languages_for_each_of_its_operators() -> None:
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for field in FIELDS.values():
                assert str(field.label)
                assert field.operators
                if field.options:
                    assert all(str(label) for _value, label in field.options())
                if field.type is FieldType.BOOLEAN:
                    assert str(field.yes) != str(field.no)
