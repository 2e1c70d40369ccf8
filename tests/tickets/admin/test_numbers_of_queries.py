"""No page asks the database more because there are more rows, and none counts a big table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteMixin
from django.db import connection
from django.db.models import Model
from django.forms import HiddenInput, ModelChoiceField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.models import User
from tests.tickets.admin.rows import CHILDREN, ROWS, customer, matter_of, paper_of, scan_of, ticket
from tickets.choices import LinkPurpose
from tickets.models import Membership
from tickets.services.customer_links import make_link

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 12
BIG = {
    "logistics_customer",
    "logistics_inboundbooking",
    "logistics_incident",
    "logistics_shipment",
    "logistics_shipmentinstruction",
    "logistics_stockcount",
    "logistics_stocklevel",
    "logistics_stockreading",
    "logistics_stocksync",
    "logistics_trackingevent",
    "tickets_attachment",
    "tickets_channelidentity",
    "tickets_conversation",
    "tickets_message",
    "tickets_ticket",
    "tickets_ticketevent",
    "tickets_ticketfacts",
    "channels_integrations_deliveryattempt",
    "channels_integrations_inboundevent",
    "channels_integrations_webhookattempt",
    "channels_integrations_webhookdelivery",
}
"""Tables that grow with every customer and every day."""
_COUNTS = re.compile(r"count\(", re.IGNORECASE)
_TABLES = re.compile(r'(?:FROM|JOIN) "(\w+)"')

PAGES = {model._meta.label: model for model in admin.site._registry}


@pytest.fixture
def all_seeing() -> Client:
    """A browser in which somebody who may do everything has signed in: they are shown the most."""
    client = Client()
    person = User.objects.create_superuser("all@clearway.example", full_name="Li Wei")
    client.force_login(person, backend="common.auth.EmployeeBackend")
    return client


def asked(client: Client, address: str) -> list[str]:
    """What a page asks the database, after what is read once a process has been read."""
    assert client.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, address
    return [one["sql"] for one in captured]


def counted(statements: list[str]) -> list[str]:
    """Statements that count the rows of a big table."""
    return [sql for sql in statements if _COUNTS.search(sql) and BIG & set(_TABLES.findall(sql))]


def assert_same(few: list[str], many: list[str]) -> None:
    shapes = [[re.sub(r"\d+", "0", sql) for sql in statements] for statements in (few, many)]
    more = [sql for sql in shapes[1] if shapes[1].count(sql) > shapes[0].count(sql)]
    assert len(few) == len(many), f"{len(few)} queries became {len(many)}, for example {more[:1]}"
    assert counted(few + many) == []


def address_of(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def make(label: str, numbers: range) -> list[Model]:
    return [ROWS[label](number) for number in numbers]


def test_rows_can_be_made_for_every_list() -> None:
    assert set(PAGES) == set(ROWS), "say in rows.py how to make a row of this list"


def test_every_page_with_rows_in_it_is_looked_at() -> None:
    with_inlines = {label for label, model in PAGES.items() if admin.site.get_model_admin(model).inlines}
    assert with_inlines <= set(CHILDREN), "say in rows.py how to make the rows on this page"


@pytest.mark.parametrize("label", sorted(PAGES))
def test_a_list_asks_the_same_for_few_and_for_many_rows(all_seeing: Client, label: str) -> None:
    address = address_of(PAGES[label], "changelist")
    make(label, range(FEW))
    few = asked(all_seeing, address)
    made = make(label, range(FEW, MANY))
    many = asked(all_seeing, address)
    context = all_seeing.get(address).context
    shown = [row.ticket for row in context["rows"]] if "rows" in context else list(context["cl"].result_list)
    assert {row.pk for row in made} <= {row.pk for row in shown}
    assert_same(few, many)


@pytest.mark.parametrize("label", sorted(PAGES))
def test_a_filtered_list_asks_the_same_for_few_and_for_many_rows(all_seeing: Client, label: str) -> None:
    """Once by each filter that there is, and by a search."""
    model = PAGES[label]
    make(label, range(FEW))
    addresses = [f"{address_of(model, 'changelist')}?{query}" for query in queries_of(all_seeing, model)]
    few = [asked(all_seeing, address) for address in addresses]
    make(label, range(FEW, MANY))
    for before, address in zip(few, addresses, strict=True):
        assert_same(before, asked(all_seeing, address))


def queries_of(client: Client, model: type[Model]) -> Iterator[str]:
    """The query of a search, and the last choice of every filter."""
    if admin.site.get_model_admin(model).search_fields:
        yield "q=1"
    context = client.get(address_of(model, "changelist")).context
    if "cl" not in context:
        yield "tab=resolved"
        return
    for one in context["cl"].filter_specs:
        choices = list(one.choices(context["cl"]))
        chosen = choices[-1].get("query_string", f"{one.expected_parameters()[0]}=1")  # a picker has no addresses
        yield str(chosen).lstrip("?")


@pytest.mark.parametrize("label", sorted(CHILDREN))
def test_a_page_asks_the_same_for_few_and_for_many_rows_on_it(all_seeing: Client, label: str) -> None:
    row = make(label, range(1))[0]
    add: Callable[[Any, int], Any] = CHILDREN[label]
    address = address_of(PAGES[label], "change", row.pk)
    for number in range(FEW):
        add(row, number)
    few = asked(all_seeing, address)
    for number in range(FEW, MANY):
        add(row, number)
    assert_same(few, asked(all_seeing, address))


def test_a_picker_that_is_not_asked_for_its_row_still_shows_and_keeps_it(all_seeing: Client) -> None:
    row = make("tickets.Team", range(1))[0]
    address = address_of(type(row), "change", row.pk)
    page = all_seeing.get(address)
    members = list(Membership.objects.select_related("user").filter(team_id=row.pk))
    assert members
    for one in members:
        assert re.search(rf'<option value="{one.user_id}"[^>]* selected[^>]*>\s*{one.user}', page.content.decode())
    forms = [
        page.context["adminform"].form,
        *(one for inline in page.context["inline_admin_formsets"] for one in inline.formset),
    ]
    sent = {one.add_prefix(name): one[name].value() for one in forms for name in one.fields}
    for inline in page.context["inline_admin_formsets"]:
        sent |= {
            f"{inline.formset.prefix}-{name}": value for name, value in inline.formset.management_form.initial.items()
        }
    answer = all_seeing.post(address, {name: "" if value is None else value for name, value in sent.items()})
    assert answer.status_code == 302
    assert list(Membership.objects.filter(team_id=row.pk)) == members


@pytest.mark.parametrize("label", sorted(PAGES))
def test_pages_ask_the_same_whatever_can_be_chosen_on_them(all_seeing: Client, label: str) -> None:
    """The page of a row, its history, and of a new one, while there are few and many of all that it may point to."""
    model, model_admin = PAGES[label], admin.site.get_model_admin(PAGES[label])
    row = make(label, range(1))[0]
    addresses = [address_of(model, "change", row.pk), address_of(model, "history", row.pk)]
    request = all_seeing.get(address_of(model, "changelist")).wsgi_request
    if model_admin.has_add_permission(request):
        addresses.append(address_of(model, "add"))
    pointed_at = sorted({label, *targets_of(model)} & set(ROWS))
    for other in pointed_at:
        make(other, range(100 * (1 + pointed_at.index(other)), 100 * (1 + pointed_at.index(other)) + FEW))
    few = [asked(all_seeing, address) for address in addresses]
    for other in pointed_at:
        first = 100 * (1 + pointed_at.index(other)) + FEW
        make(other, range(first, first + MANY))
    for before, address in zip(few, addresses, strict=True):
        assert_same(before, asked(all_seeing, address))


def targets_of(model: type[Model]) -> set[str]:
    """What a page of the model, or a row of its inlines, may point to."""
    models = [model, *(inline.model for inline in admin.site.get_model_admin(model).inlines)]
    fields = [field for one in models for field in (*one._meta.fields, *one._meta.many_to_many) if field.is_relation]
    return {field.related_model._meta.label for field in fields if field.related_model is not None}


def pickers() -> Iterator[tuple[type[Model], str]]:
    """Every field that is chosen by typing."""
    for model, model_admin in admin.site._registry.items():
        for one in (model_admin, *model_admin.inlines):
            source = model if one is model_admin else one.model
            for name in one.autocomplete_fields:
                yield source, name


@pytest.mark.parametrize(("model", "field"), list(pickers()), ids=lambda one: getattr(one, "__name__", one))
@pytest.mark.parametrize("term", ["", "1"])
def test_a_picker_asks_the_same_for_few_and_for_many_rows(
    all_seeing: Client, model: type[Model], field: str, term: str
) -> None:
    related = cast("type[Model]", model._meta.get_field(field).related_model)
    target = related._meta.label
    address = (
        f"{reverse('admin:autocomplete')}?app_label={model._meta.app_label}&model_name={model._meta.model_name}"
        f"&field_name={field}&term={term}"
    )
    make(target, range(FEW))
    few = asked(all_seeing, address)
    make(target, range(FEW, MANY))
    assert_same(few, asked(all_seeing, address))


@pytest.mark.parametrize("label", sorted(PAGES))
def test_no_list_and_no_form_offers_all_rows_of_a_big_table(all_seeing: Client, label: str) -> None:
    """Neither as filters nor as choices: the table would be read whole to draw one page."""
    model, model_admin = PAGES[label], admin.site.get_model_admin(PAGES[label])
    for name in (one for one in model_admin.list_filter if isinstance(one, str)):
        field: Any = model._meta.get_field(name)
        if field.is_relation:
            assert field.related_model._meta.db_table not in BIG, name
        else:
            assert model._meta.db_table not in BIG or field.choices, f"{name}: its values are looked for in all rows"
    row = make(label, range(1))[0]
    request = all_seeing.get(address_of(model, "changelist")).wsgi_request
    forms = [model_admin.get_form(request, row, change=True)]
    forms += [formset.form for formset, _inline in model_admin.get_formsets_with_inlines(request, row)]
    for form in forms:
        for name, chosen in form.base_fields.items():
            if (
                isinstance(chosen, ModelChoiceField)
                and chosen.queryset is not None
                and chosen.queryset.model._meta.db_table in BIG
            ):
                widget = getattr(chosen.widget, "widget", chosen.widget)
                assert isinstance(widget, AutocompleteMixin | HiddenInput), name


@pytest.mark.parametrize("purpose", LinkPurpose.values)
@pytest.mark.parametrize("kind", ["clearance", "failed_delivery", "loss"])
def test_a_customers_page_asks_the_same_for_few_and_for_many_rows(client: Client, kind: str, purpose: str) -> None:
    own = ticket(1)
    link = make_link(ticket=own, purpose=purpose, now=timezone.now())
    address = "/t/" + link.rpartition("/t/")[2]
    assert own.shipment is not None
    for number in range(FEW):
        matter_of(own, number)
        paper_of(own, number)
    few = asked(client, address)
    for number in range(FEW, MANY):
        matter_of(own, number)
        paper_of(own, number)
        customer(500 + number)
        scan_of(own.shipment, 500 + number)
    assert_same(few, asked(client, address))


def test_the_search_of_the_desk_asks_the_same_for_few_and_for_many_rows(all_seeing: Client) -> None:
    addresses = [f"{reverse('admin:search')}?s={word}" for word in ("customer", "CLR-1")]
    addresses.append(reverse("admin:app_list", args=["tickets"]))
    for number in range(FEW):
        ticket(number)
    few = [asked(all_seeing, address) for address in addresses]
    for number in range(FEW, MANY):
        ticket(number)
    for before, address in zip(few, addresses, strict=True):
        assert_same(before, asked(all_seeing, address))
