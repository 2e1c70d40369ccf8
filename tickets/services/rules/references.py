"""The rows that conditions name: teams, people, carriers, customers, shipments."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db import connection

from common.models import User
from logistics.models import Carrier, Customer, Shipment
from tickets.models import Team
from tickets.policies.conditions import Names, Tree, references_in, sentence
from tickets.policies.operators import FieldType

_ROWS: dict[FieldType, Callable[[Collection[int]], dict[int, str]]] = {
    FieldType.TEAM: lambda keys: dict(Team.objects.filter(pk__in=keys).values_list("pk", "name")),
    FieldType.PERSON: lambda keys: {one.pk: str(one) for one in User.objects.filter(pk__in=keys)},
    FieldType.CARRIER: lambda keys: {one.pk: str(one) for one in Carrier.objects.filter(pk__in=keys)},
    FieldType.CUSTOMER: lambda keys: {one.pk: str(one) for one in Customer.objects.filter(pk__in=keys)},
    FieldType.SHIPMENT: lambda keys: dict(Shipment.objects.filter(pk__in=keys).values_list("pk", "tracking_number")),
}


def names_in(*trees: Tree) -> Names:
    """The names of the rows that exist among those some checked trees name: a query a type."""
    wanted: dict[FieldType, set[int]] = {}
    for tree in trees:
        for kind, keys in references_in(tree).items():
            wanted.setdefault(kind, set()).update(keys)
    return {kind: _ROWS[kind](keys) for kind, keys in wanted.items() if keys}


def conditions_sentence(tree: Tree) -> str:
    """What a checked tree says, with the names of what it names, in the active language."""
    return sentence(tree, names=names_in(tree))


def zones_unknown_to_the_database(zones: Collection[str]) -> set[str]:
    """Time zones that PostgreSQL does not know: a rule with one would fail where Python's own list has it."""
    if not zones:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT z FROM unnest(%s::text[]) z WHERE z NOT IN (SELECT name FROM pg_timezone_names)", [sorted(zones)]
        )
        return {row[0] for row in cursor.fetchall()}


def rows_of(kind: FieldType) -> list[tuple[Any, str]]:
    """What a form offers for a type of reference; customers and shipments are looked up by number instead."""
    if kind is FieldType.TEAM:
        return list(Team.objects.values_list("pk", "name"))
    if kind is FieldType.PERSON:
        people = User.objects.filter(is_staff=True, is_active=True).order_by("full_name")
        return [(one.pk, str(one)) for one in people]
    if kind is FieldType.CARRIER:
        return [(one.pk, str(one)) for one in Carrier.objects.order_by("name")]
    return []
