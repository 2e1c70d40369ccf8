"""The pages of promises: a supervisor makes one, is told what is wrong, and cannot take away what was promised."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from common.models import User
from tests.tickets.workflows import people
from tickets.choices import HoursOf, Kind, Target
from tickets.models import PromisePolicy
from tickets.services.promises import sweep
from tickets.services.promises.editing import in_the_way_of
from tickets.services.promises.shipped import ship_promises
from tickets.services.roles import set_up_roles

pytestmark = pytest.mark.django_db
LIST = "admin:tickets_promisepolicy_changelist"


@pytest.fixture
def supervisor(client: Client) -> Client:
    set_up_roles(reset=True)
    user = User.objects.create_user("sue@clearway.example", full_name="Sue", is_staff=True)
    user.groups.add(Group.objects.get(name="Supervisor"))
    client.force_login(user)
    return client


VIPS_FROM_CHINA = {
    "all": [
        {"field": "ticket.tier", "op": "is", "value": "vip"},
        {"any": [{"field": "ticket.lane", "op": "in", "value": ["CN-*"]}]},
    ]
}
LOST_OF_VIPS = {
    "all": [
        {"field": "ticket.kind", "op": "in", "value": ["loss"]},
        {"field": "ticket.tier", "op": "in", "value": ["vip"]},
    ]
}


def sent(**fields: object) -> dict[str, object]:
    return {
        "name": "Lost parcels of VIPs",
        "target": "first_response",
        "order": 5,
        "is_active": "on",
        "conditions": json.dumps(LOST_OF_VIPS),
        "amount": 90,
        "unit": "minutes",
        "hours_of": "wall",
        "calendar": "",
        "warn_at_percent": "80,50",
        **fields,
    }


def test_supervisor_makes_a_promise_for_any_conditions_and_finds_them_again(supervisor: Client) -> None:
    answer = supervisor.post(reverse("admin:tickets_promisepolicy_add"), sent(conditions=json.dumps(VIPS_FROM_CHINA)))

    assert answer.status_code == 302, answer.context["errors"]
    made = PromisePolicy.objects.get(name="Lost parcels of VIPs")
    assert (made.duration, made.hours_of, made.warn_at_percent) == (timedelta(minutes=90), HoursOf.WALL, [50, 80])
    assert made.conditions == VIPS_FROM_CHINA
    page = supervisor.get(reverse("admin:tickets_promisepolicy_change", args=[made.pk]))
    assert page.context["adminform"].form["conditions"].value() == VIPS_FROM_CHINA
    text = page.content.decode()
    assert 'value="90"' in text
    assert "tickets/rules/widget.js" in text
    assert reverse("admin:tickets_rule_conditions") in text


def test_shipped_promise_that_is_saved_as_it_stands_keeps_its_conditions(supervisor: Client) -> None:
    shipped = PromisePolicy.objects.get(name="VIP on a social channel: first response")
    address = reverse("admin:tickets_promisepolicy_change", args=[shipped.pk])
    form = supervisor.get(address).context["adminform"].form
    typed = {name: form[name].value() for name in form.fields}
    assert form["conditions"].value() == shipped.conditions

    answer = supervisor.post(
        address, {**typed, "conditions": json.dumps(typed["conditions"]), "calendar": "", "is_active": "on"}
    )

    assert answer.status_code == 302, answer.context["errors"]
    again = PromisePolicy.objects.get(pk=shipped.pk)
    assert (again.conditions, again.duration) == (shipped.conditions, shipped.duration)


def test_promise_without_conditions_is_for_all_tickets(supervisor: Client) -> None:
    supervisor.post(reverse("admin:tickets_promisepolicy_add"), sent(conditions=""))

    assert PromisePolicy.objects.get(name="Lost parcels of VIPs").conditions == {}
    assert "1 h 30 · Around the clock · all tickets" in supervisor.get(reverse(LIST)).content.decode()


def test_who_only_reads_promises_is_told_the_conditions_in_a_sentence(supervisor: Client) -> None:
    made = PromisePolicy.objects.get(name="VIP, inquiry: first response")
    auditor = User.objects.create_user("aud@clearway.example", full_name="Aud", is_staff=True)
    auditor.groups.add(Group.objects.get(name="Auditor"))
    supervisor.force_login(auditor)

    text = supervisor.get(reverse("admin:tickets_promisepolicy_change", args=[made.pk])).content.decode()

    assert "tier is VIP, and kind is Inquiry" in text
    assert "ticket.kind" not in text


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        ("{", "This could not be read."),
        ("[" * 20_000, "This could not be read."),
        ('{"all": NaN}', "This could not be read."),
        ('"' + "x" * 100_001 + '"', "This is too long"),
        ('{"field": "ticket.tags", "op": "contains_any", "value": ["a\\u0000"]}', "wants a short text"),
        (
            '{"field": "ticket.tags", "op": "contains_any", "value": ["\\ud800"]}',
            "characters in it that cannot be stored",
        ),
        ("[]", ""),
        ("7", ""),
        ('{"all": 7}', ""),
        ('{"all": [null]}', ""),
        ('{"field": ["ticket.kind"], "op": {}, "value": null}', ""),
        ('{"field": "ticket.kind", "op": "in", "value": ["fly"]}', ""),
        ('{"field": "ticket.team", "op": "in", "value": [999999999]}', ""),
        ('{"field": "ticket.team", "op": "in", "value": [99999999999999999999999999]}', ""),
        ('{"field": "ticket.age", "op": "at_least", "value": 60}', ""),
        ('{"field": "message.text", "op": "contains", "value": "x"}', ""),
        ('{"changed": "priority"}', ""),
        ("<script>alert(1)</script>", "This could not be read."),
    ],
)
def test_conditions_that_no_builder_made_are_refused_with_a_sentence(
    supervisor: Client, conditions: str, sentence: str
) -> None:
    before = PromisePolicy.objects.count()

    page = supervisor.post(reverse("admin:tickets_promisepolicy_add"), sent(conditions=conditions))

    assert page.status_code == 200
    errors = page.context["adminform"].form.errors["conditions"]
    assert any(sentence in one for one in errors), errors
    assert all(one.endswith((".", "。")) for one in errors), errors
    assert "<script>alert(1)" not in page.content.decode()
    assert PromisePolicy.objects.count() == before


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"hours_of": "calendar"}, "Choose the calendar whose hours count."),
        ({"amount": 600_000, "unit": "hours"}, "A promise of more than a year is none."),
        ({"amount": 0}, "greater than or equal to 1"),
        ({"warn_at_percent": "50, 100"}, "Write whole numbers from 1 to 99, separated by commas."),
        ({"amount": "x"}, "Enter a whole number."),
    ],
)
def test_promise_that_cannot_be_is_refused_with_a_sentence(
    supervisor: Client, fields: dict[str, object], sentence: str
) -> None:
    before = PromisePolicy.objects.count()

    page = supervisor.post(reverse("admin:tickets_promisepolicy_add"), sent(**fields))

    assert sentence in page.content.decode()
    assert PromisePolicy.objects.count() == before


def test_list_says_each_promise_in_words_and_which_can_never_hold(supervisor: Client) -> None:
    PromisePolicy.objects.create(
        name="Too late",
        target=Target.FIRST_RESPONSE,
        order=200,
        duration=timedelta(hours=1),
        conditions={"all": [{"field": "ticket.kind", "op": "in", "value": ["loss"]}]},
    )

    page = supervisor.get(reverse(LIST)).content.decode()

    assert "Never holds: “Everything else: first response” comes first." in page
    assert page.count("Never holds") == 1
    assert "2 h · The team&#x27;s hours · when kind is Inquiry" in page


def test_saving_a_promise_that_can_never_hold_warns(supervisor: Client) -> None:
    page = supervisor.post(reverse("admin:tickets_promisepolicy_add"), sent(order=101), follow=True).content.decode()

    assert "“Lost parcels of VIPs” never holds: “VIP: first response” comes first for the same tickets." in page


def test_what_was_promised_is_not_deleted_but_switched_off(supervisor: Client) -> None:
    people.ticket(Kind.INQUIRY)
    used = PromisePolicy.objects.get(name="Inquiry, payment or safety: solved")
    unused = PromisePolicy.objects.get(name="Loss or return: solved")
    delete = "admin:tickets_promisepolicy_delete"

    page = supervisor.post(reverse(delete, args=[used.pk]), {"post": "yes"}, follow=True).content.decode()
    supervisor.post(reverse(delete, args=[unused.pk]), {"post": "yes"})
    selected = {"action": "delete_selected", "_selected_action": [used.pk], "post": "yes"}
    supervisor.post(reverse(LIST), selected)

    assert "was promised to customers and stays for the record. Switch it off instead." in page
    assert PromisePolicy.objects.filter(pk=used.pk).exists()
    assert not PromisePolicy.objects.filter(pk=unused.pk).exists()


def test_missed_promises_are_listed_with_their_cause_and_safety_only_to_those_who_may(supervisor: Client) -> None:
    missed = people.ticket(Kind.INQUIRY)
    secret = people.ticket(Kind.SAFETY)
    sweep(now=people.NOW + timedelta(days=30))
    address = reverse("admin:tickets_breach_changelist")

    page = supervisor.get(address).content.decode()
    agent = User.objects.create_user("al@clearway.example", full_name="Al", is_staff=True)
    agent.groups.add(Group.objects.get(name="Agent"))
    supervisor.force_login(agent)
    for_agent = supervisor.get(address).content.decode()

    assert missed.reference in page
    assert secret.reference in page
    assert "Nobody owned it" in page
    assert missed.reference in for_agent
    assert secret.reference not in for_agent


def test_shipped_promises_can_all_hold_and_are_added_once() -> None:
    shipped = list(PromisePolicy.objects.all())

    assert [policy.name for policy in shipped if in_the_way_of(policy, shipped)] == []
    assert ship_promises() == 0
    assert len(shipped) == 28
