"""The addresses that every kind of warehouse work has; each kind's module names its own parts.

For bookings: the list, one, its events, one address for each step with that step's inputs in the schema, and
`steps/` for many steps at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import django_filters  # type: ignore[import-untyped]
from django.db import transaction
from django.db.models import QuerySet
from django.urls import URLPattern, path
from rest_framework import serializers
from rest_framework.response import Response

from common.api.bulk import BulkAnswer, answer_each, items_of
from common.api.caller import Caller
from common.api.declared import given, serializer_of
from common.api.documented import documented
from common.api.filters import ChoicesFilter, Filters, FlagFilter, MomentFilter, NumberFilter, WordFilter
from common.api.inputs import Input
from common.api.versions import check_match, etag_of
from common.api.views import PARTNERS, STAFF, ApiRequest, ApiView, ListView
from common.errors import InvalidInput
from logistics.api import problems  # noqa: F401 - its codes go into the catalogue
from logistics.api.work_rows import WorkEventRow, event_row
from logistics.choices import Awaiting, Scope, WhoKind
from logistics.models import WarehouseWork
from logistics.services.warehouse.scope import who_of
from logistics.services.warehouse.work import open_steps, open_work, take_step
from logistics.workflows import Machine, Step

MOST_STEPS = 200

INPUTS: dict[str, Any] = {
    "partner": 7,
    "expected_at": "2026-11-26T09:00:00Z",
    "slot_from": "2026-11-26T09:00:00Z",
    "slot_to": "2026-11-26T11:00:00Z",
    "reason": "The dock is full in the morning.",
    "recipient": "Marta Ruiz",
    "address": "Calle Mayor 1, 28013 Madrid",
    "country": "ES",
    "tracking_number": "LX738201945CN",
    "refusal": "out_of_stock",
}
"""Examples of inputs, by name."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the addresses of one kind of work are made from.

    ``name`` is the plural in operation ids and ``folder`` in addresses; ``items`` gives an example of the lines of each
    body by the name of its step, `open` for opening one.
    """

    name: str
    folder: str
    title: str
    machine: Machine
    rows: Callable[[Caller], QuerySet[Any]]
    row: type[serializers.BaseSerializer[Any]]
    row_of: Callable[[Any], dict[str, Any]]
    example: Mapping[str, Any]
    items: Mapping[str, list[dict[str, Any]]]
    related: tuple[str, ...] = ()

    @property
    def permission(self) -> str:
        """What staff need to read it."""
        return f"logistics.view_{self.machine.flow._meta.concrete_model._meta.model_name}"  # type: ignore[union-attr]

    def scoped(self, caller: Caller) -> QuerySet[Any]:
        """The rows of a caller, with what answers show."""
        return self.rows(caller).select_related(*self.related).prefetch_related("lines")

    def etag(self, work: WarehouseWork) -> str:
        """Its version, as a tag."""
        return etag_of(self.name, work.pk, work.event_sequence)

    def whole(self, work: WarehouseWork, caller: Caller) -> dict[str, Any]:
        """A row with the steps open to the caller."""
        steps = open_steps(machine=self.machine, work=work, by=who_of(caller))
        return self.row_of(work) | {"steps": [step.name for step in steps]}

    def again(self, work: WarehouseWork, caller: Caller) -> dict[str, Any]:
        """A row that was just moved, read again with all that the step has changed."""
        return self.whole(self.scoped(caller).get(pk=work.pk), caller)

    def body_example(self, step: str, body: type[Input]) -> dict[str, Any]:
        """A body that would be taken, without what may be left out."""
        required = [name for name, field in body().fields.items() if field.required]
        return {name: self.items.get(step, []) if name == "lines" else INPUTS.get(name, "…") for name in required}


class WorkFilters(Filters):
    """What lists of warehouse work are narrowed by."""

    awaiting = ChoicesFilter(choices=Awaiting.choices, lookup_expr="in", help_text="Who has to act.")
    our_number = WordFilter(help_text="Our order or purchase number, whole.")
    partner = NumberFilter(field_name="partner_id", help_text="For keys of ours: one partner's.")
    is_overdue = FlagFilter(
        field_name="overdue_at", lookup_expr="isnull", exclude=True, help_text="Whether the partner is late."
    )
    due_before = MomentFilter(field_name="answer_due_at", lookup_expr="lt", help_text="Due before this moment.")
    created_since = MomentFilter(field_name="created_at", lookup_expr="gte", help_text="Made since this moment.")
    moved_since = MomentFilter(field_name="state_since", lookup_expr="gte", help_text="Moved since this moment.")


class OneOfManySteps(Input):
    """One step of many."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    step = serializers.CharField(max_length=40)
    inputs = serializers.DictField(required=False, help_text="As the step's own address takes them.")


class ManySteps(Input):
    """Several steps."""

    items = serializers.ListField(child=OneOfManySteps(), min_length=1, max_length=MOST_STEPS)


def urls_of(kind: Kind, filters: type[Filters]) -> list[URLPattern]:
    """Every address of a kind."""
    bodies = {name: _body(kind, name, step) for name, step in kind.machine.steps().items()}
    one = f"{kind.folder}/<int:pk>/"
    return [
        path(f"{kind.folder}/", _list_view(kind, filters).as_view()),
        path(f"{kind.folder}/steps/", _many_view(kind, bodies).as_view()),
        path(one, _one_view(kind).as_view()),
        path(f"{one}events/", _events_view(kind).as_view()),
        *(
            path(f"{one}{name.replace('_', '-')}/", _step_view(kind, step, bodies[name]).as_view())
            for name, step in kind.machine.steps().items()
        ),
    ]


def _body(kind: Kind, name: str, step: Step) -> type[Input]:
    return serializer_of(f"{kind.machine.name.title()}{name.title().replace('_', '')}", step.inputs)


def _list_view(kind: Kind, narrowing: type[Filters]) -> type[ListView]:
    opening = serializer_of(f"New{kind.machine.name.title()}", kind.machine.opening)

    class WorkList(ListView):
        scopes: ClassVar = {"GET": Scope.READ, "POST": Scope.STOCK}
        permissions: ClassVar = {"GET": kind.permission, "POST": kind.machine.permission}
        row = kind.row
        filters = narrowing

        def scoped(self, request: ApiRequest) -> QuerySet[Any]:
            return kind.scoped(request.auth)

        def row_of(self, row: Any) -> dict[str, Any]:
            return kind.row_of(row)

        @documented(
            f"{kind.name}_list",
            answer=kind.row,
            many=True,
            summary=f"List {kind.title}s",
            answer_example={"results": [kind.example], "next": None},
        )
        def get(self, request: ApiRequest) -> Response:
            """Those of your own, the newest first."""
            return self.page(request)

        @documented(
            f"{kind.name}_create",
            body=opening,
            answer=kind.row,
            status=201,
            summary=f"Open one {kind.title}",
            body_example=kind.body_example("open", opening),
            answer_example=kind.example,
        )
        def post(self, request: ApiRequest) -> Response:
            """For integrations of our own: a partner opens none. The partner is told by its webhooks and its pages."""
            data = given(self.read(opening))
            work = open_work(machine=kind.machine, data=data, by=who_of(request.auth), now=self.now)
            row = kind.again(work, request.auth)
            return self.created(row, f"/api/v1/{kind.folder}/{work.pk}/", etag=kind.etag(work))

    return WorkList


def _one_view(kind: Kind) -> type[ApiView]:
    class OneWork(ApiView):
        scopes: ClassVar = {"GET": Scope.READ}
        permissions: ClassVar = {"GET": kind.permission}

        def scoped(self, request: ApiRequest) -> QuerySet[Any]:
            return kind.scoped(request.auth)

        @documented(
            f"{kind.name}_read",
            answer=kind.row,
            versioned=True,
            summary=f"Read one {kind.title}",
            answer_example=kind.example,
        )
        def get(self, request: ApiRequest, pk: int) -> Response:
            """As it stands, with the steps that are open to you."""
            work = self.one(request, pk=pk)
            return self.answered(kind.whole(work, request.auth), etag=kind.etag(work))

    return OneWork


def _events_view(kind: Kind) -> type[ListView]:
    class WorkEvents(ListView):
        scopes: ClassVar = {"GET": Scope.READ}
        permissions: ClassVar = {"GET": kind.permission}
        row = WorkEventRow
        orderings: ClassVar = {"sequence": ("sequence",), "-sequence": ("-sequence",)}

        def scoped(self, request: ApiRequest) -> QuerySet[Any]:
            return kind.rows(request.auth)

        def row_of(self, row: Any) -> dict[str, Any]:
            return event_row(row)

        @documented(
            f"{kind.name}_events_list",
            answer=WorkEventRow,
            many=True,
            summary=f"List the events of one {kind.title}",
            answer_example={
                "results": [
                    {
                        "sequence": 1,
                        "at": "2026-11-24T09:00:00Z",
                        "type": "opened",
                        "from_state": "",
                        "to_state": kind.example["state"],
                        "who": "staff",
                        "via": "admin",
                        "content": {},
                    }
                ],
                "next": None,
            },
        )
        def get(self, request: ApiRequest, pk: int) -> Response:
            """All that happened to it, in order."""
            work = self.one(request, pk=pk)
            return self.page(request, work.events.all())

    return WorkEvents


def _step_view(kind: Kind, step: Step, body: type[Input]) -> type[ApiView]:
    doc = (getattr(kind.machine.flow, step.name).__doc__ or "").strip()

    class TakeStep(ApiView):
        scopes: ClassVar = {"POST": Scope.STOCK}
        permissions: ClassVar = {"POST": kind.machine.permission}
        open_to: ClassVar = frozenset({PARTNERS, STAFF}) if WhoKind.PARTNER in step.by else frozenset({STAFF})

        def scoped(self, request: ApiRequest) -> QuerySet[Any]:
            return kind.rows(request.auth)

        def post(self, request: ApiRequest, pk: int) -> Response:
            data = given(self.read(body))
            with transaction.atomic():
                work = self.one(request, pk=pk, lock=True)
                check_match(request, kind.etag(work))
                work = take_step(
                    machine=kind.machine,
                    work_id=work.pk,
                    step=step.name,
                    data=data,
                    by=who_of(request.auth),
                    now=self.now,
                )
                row = kind.again(work, request.auth)
            return self.answered(row, etag=kind.etag(work))

    TakeStep.post.__doc__ = f"{doc}\n\nFrom: {', '.join(step.source)}. To: {' or '.join(step.targets)}."
    documented(
        f"{kind.name}_{step.name}",
        body=body if step.inputs else None,
        answer=kind.row,
        versioned=True,
        problems=("transition_refused",),
        summary=f"{step.label}: one {kind.title}",
        body_example=kind.body_example(step.name, body) if step.inputs else None,
        answer_example={**kind.example, "state": step.targets[0]},
    )(TakeStep.post)
    return TakeStep


def _many_view(kind: Kind, bodies: Mapping[str, type[Input]]) -> type[ApiView]:
    class TakeSteps(ApiView):
        scopes: ClassVar = {"POST": Scope.STOCK}
        permissions: ClassVar = {"POST": kind.machine.permission}

        def scoped(self, request: ApiRequest) -> QuerySet[Any]:
            return kind.rows(request.auth)

        @documented(
            f"{kind.name}_steps",
            body=ManySteps,
            answer=BulkAnswer,
            summary=f"Take steps of several {kind.title}s",
            body_example={"items": [{"id": 12, "step": next(iter(bodies)), "inputs": {}}]},
            answer_example={
                "results": [{"index": 0, "status": 200, "id": "12", "state": kind.example["state"]}],
                "accepted": 1,
                "refused": 0,
            },
        )
        def post(self, request: ApiRequest) -> Response:
            """Up to 200 steps, each for itself: one that is refused does not keep the others from being taken."""
            items = items_of(request.data, most=MOST_STEPS)
            return Response(answer_each(items, lambda item: self._take(request, item)))

        def _take(self, request: ApiRequest, item: Any) -> dict[str, Any]:
            values = self.read(OneOfManySteps, item)
            body = bodies.get(values["step"])
            if body is None:
                raise InvalidInput(data={"step": [", ".join(bodies)]})
            data = given(self.read(body, values.get("inputs", {})))
            work = self.one(request, pk=values["id"])
            moved: Any = take_step(
                machine=kind.machine,
                work_id=work.pk,
                step=values["step"],
                data=data,
                by=who_of(request.auth),
                now=self.now,
            )
            return {"id": str(moved.pk), "state": moved.state, "version": moved.event_sequence}

    return TakeSteps


def state_filter(choices: Any) -> django_filters.Filter:
    """One or several states, separated by commas."""
    return ChoicesFilter(choices=choices, lookup_expr="in", help_text="One or several states.")
