"""A small API of heartbeats, to see what the base classes do whatever the view."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response

from common.api.bulk import answer_each, items_of
from common.api.deprecation import deprecated
from common.api.documented import documented
from common.api.filters import Filters, FlagFilter, MomentFilter, WordFilter
from common.api.inputs import Input
from common.api.versions import check_match, etag_of
from common.api.views import STAFF, ApiRequest, ApiView, ListView, moment, not_there
from common.errors import DomainError, InvalidInput
from common.models import Heartbeat


class Row(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField()
    at = serializers.DateTimeField()


class NewBeat(Input):
    name = serializers.CharField(max_length=40)
    at = serializers.DateTimeField()


class BeatFilters(Filters):
    name = WordFilter()
    since = MomentFilter(field_name="at", lookup_expr="gte")
    early = FlagFilter(method="only_early")

    class Meta:
        model = Heartbeat
        fields: ClassVar[list[str]] = []

    def only_early(self, rows: QuerySet[Heartbeat], name: str, value: bool) -> QuerySet[Heartbeat]:
        return rows.filter(at__hour__lt=12) if value else rows


class Scoped:
    def scoped(self, request: ApiRequest) -> QuerySet[Heartbeat]:
        return Heartbeat.objects.exclude(name__startswith="hidden")

    def row_of(self, beat: Heartbeat) -> dict[str, Any]:
        return {"name": beat.name, "at": moment(beat.at)}


class Beats(Scoped, ListView):
    scopes: ClassVar = {"GET": "read", "POST": "answer"}
    row = Row
    orderings: ClassVar = {"-at": ("-at", "-name"), "name": ("name",)}
    filters = BeatFilters

    @documented("beats_list", answer=Row, many=True)
    def get(self, request: ApiRequest) -> Response:
        """Heartbeats."""
        return self.page(request)

    @documented("beats_create", body=NewBeat, answer=Row, status=201)
    def post(self, request: ApiRequest) -> Response:
        """Another one."""
        values = self.read(NewBeat)
        beat = Heartbeat.objects.create(**values)
        if beat.name == "refused":
            raise DomainError("It does not beat.", code="no_beat")
        if beat.name == "broken":
            raise RuntimeError("the secret of the machine")
        return self.created(self.row_of(beat), f"/api/v1/beats/{beat.name}/", etag=etag_of(beat.name, beat.at))


class Beat(Scoped, ApiView):
    scopes: ClassVar = {"GET": "read", "PUT": "answer", "DELETE": "stock"}
    open_to = frozenset({STAFF, "partners"})
    permissions: ClassVar = {"DELETE": "common.delete_businesscalendar"}

    @documented("beats_read", answer=Row, versioned=True)
    def get(self, request: ApiRequest, name: str) -> Response:
        """One."""
        beat = self.one(request, name=name)
        return self.answered(self.row_of(beat), etag=etag_of(beat.name, beat.at))

    @documented("beats_update", body=NewBeat, answer=Row, versioned=True)
    def put(self, request: ApiRequest, name: str) -> Response:
        """Change one."""
        with transaction.atomic():
            beat = self.one(request, lock=True, name=name)
            check_match(request, etag_of(beat.name, beat.at))
            beat.at = self.read(NewBeat)["at"]
            beat.save(update_fields=["at"])
        return self.answered(self.row_of(beat), etag=etag_of(beat.name, beat.at))

    @documented("beats_delete", status=204)
    def delete(self, request: ApiRequest, name: str) -> Response:
        """Remove one."""
        self.one(request, name=name).delete()
        return Response(status=204)


class ManyBeats(ApiView):
    scopes: ClassVar = {"POST": "scans"}
    open_to = frozenset({STAFF})

    @documented("beats_create_many", status=200)
    @deprecated(
        since=datetime(2026, 11, 1, tzinfo=UTC), sunset=datetime(2027, 11, 1, tzinfo=UTC), link="/api/docs/#beats"
    )
    def post(self, request: ApiRequest) -> Response:
        """Several at once."""

        def create(item: Any) -> dict[str, Any]:
            beat = Heartbeat.objects.create(**self.read(NewBeat, item))
            if beat.name == "refused":
                raise InvalidInput("No.", data={"name": ["No."]})
            return {"id": beat.name}

        return Response(answer_each(items_of(request.data, most=3), create, status=201))


urlpatterns = [
    path("api/v1/beats/", Beats.as_view()),
    path("api/v1/beats/many/", ManyBeats.as_view()),
    path("api/v1/beats/<str:name>/", Beat.as_view()),
    path("api/v1/<path:rest>", not_there),
]
