"""What a rule or a promise names cannot be deleted while it does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.test import RequestFactory

from common.models import User
from tests.tickets.workflows.people import NOW
from tickets.choices import Target
from tickets.models import PromisePolicy, Rule, Team
from tickets.services.rules.uses import PERSON, TEAM, TEMPLATE, uses_of

pytestmark = pytest.mark.django_db


def rule(name: str, **fields: Any) -> Rule:
    return Rule.objects.create(name=name, events=["opened"], updated_at=NOW, **fields)


def test_a_row_is_found_in_conditions_and_in_actions_of_rules() -> None:
    team, other = Team.objects.create(name="Customs"), Team.objects.create(name="Other")
    assigns = {"action": "assign", "inputs": {"team": str(team.pk), "person": ""}}
    writes = {"action": "reply_with_template", "inputs": {"template": "own_words"}}
    nested = {"any": [{"none": [{"field": "ticket.team", "op": "in", "value": [team.pk]}]}]}
    rule("Asks", conditions=nested)
    rule("Says", actions=[writes, assigns])
    rule("Changed", conditions={"changed": "team", "from": [None], "to": [team.pk]})

    assert uses_of(TEAM, team.pk) == ["Asks", "Says", "Changed"]
    assert uses_of(TEMPLATE, "own_words") == ["Says"]
    assert uses_of(TEAM, other.pk) == []
    assert uses_of(PERSON, team.pk) == []


def test_the_desk_refuses_to_delete_what_is_named_and_says_by_what() -> None:
    team, free = Team.objects.create(name="Customs"), Team.objects.create(name="Free")
    condition = {"field": "ticket.team", "op": "is", "value": team.pk}
    rule("Asks", conditions=condition)
    PromisePolicy.objects.create(
        name="Quick", target=Target.RESOLUTION, duration=timedelta(hours=1), conditions={"all": [condition]}
    )
    request = RequestFactory().get("/")
    request.user = User.objects.create_superuser("root@clearway.example", "x", full_name="Root")
    admin = site.get_model_admin(Team)

    in_the_way = admin.get_deleted_objects([team], request)[3]

    assert in_the_way == [
        "The rule “Asks” names it: change that rule first.",
        "The promise “Quick” names it: change that promise first.",
    ]
    assert admin.get_deleted_objects([free], request)[3] == []
