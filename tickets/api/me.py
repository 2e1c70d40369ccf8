"""What a partner is told of itself: its figures."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.response import Response

from common.api.documented import documented
from common.api.inputs import Input
from common.api.views import PARTNERS, ApiRequest, ApiView, moment
from logistics.choices import PartnerChannel, Scope
from tickets.services.partner_performance import USUAL_PERIOD, performance


class Period(Input):
    """From when to when."""

    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class AgreementAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """What was agreed."""

    answer_minutes = serializers.IntegerField(allow_null=True, help_text="Working minutes in which you answer.")
    calendar = serializers.CharField(allow_blank=True)
    time_zone = serializers.CharField(help_text="IANA zone in which times of day are meant.")
    daily_sync_at = serializers.TimeField(allow_null=True)
    daily_sync_tolerance_minutes = serializers.IntegerField()
    channel = serializers.ChoiceField(choices=PartnerChannel.values, allow_blank=True)
    languages = serializers.ListField(child=serializers.CharField())
    valid_from = serializers.DateField(allow_null=True)


class AnswersAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """How soon you answered, in minutes of your working time."""

    asked = serializers.IntegerField()
    in_time = serializers.IntegerField()
    late = serializers.IntegerField()
    open = serializers.IntegerField(help_text="Asked and still in time.")
    overdue = serializers.IntegerField(help_text="Late and still without an answer.")
    in_time_percent = serializers.FloatField(allow_null=True)
    median_minutes = serializers.IntegerField(allow_null=True)
    slowest_minutes = serializers.IntegerField(allow_null=True)


class CallsAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """How often we had to call, and whom."""

    called = serializers.IntegerField()
    answered = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    backup_asked = serializers.IntegerField()
    supervisor_asked = serializers.IntegerField()


class WorkAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """One kind of warehouse work."""

    opened = serializers.IntegerField()
    ended = serializers.IntegerField()
    late = serializers.IntegerField()
    differing = serializers.IntegerField()
    refused = serializers.IntegerField()


class WarehouseAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """Warehouse work by kind."""

    booking = WorkAnswer()
    count = WorkAnswer()
    instruction = WorkAnswer()


class SyncAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """Working days on which stock was to be reported."""

    expected = serializers.IntegerField()
    in_time = serializers.IntegerField()
    late = serializers.IntegerField()
    missed = serializers.IntegerField()


class PerformanceAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """A partner's figures."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    agreement = AgreementAnswer(allow_null=True)
    answers = AnswersAnswer()
    calls = CallsAnswer()
    warehouse = WarehouseAnswer()
    daily_sync = SyncAnswer(allow_null=True)


_WORK = {"opened": 12, "ended": 10, "late": 1, "differing": 0, "refused": 0}
_EXAMPLE = {
    "since": "2026-10-25T09:00:00Z",
    "until": "2026-11-24T09:00:00Z",
    "agreement": {
        "answer_minutes": 120,
        "calendar": "Rotterdam",
        "time_zone": "Europe/Amsterdam",
        "daily_sync_at": "18:00:00",
        "daily_sync_tolerance_minutes": 60,
        "channel": "desk",
        "languages": ["en"],
        "valid_from": "2026-01-01",
    },
    "answers": {
        "asked": 40,
        "in_time": 35,
        "late": 3,
        "open": 1,
        "overdue": 1,
        "in_time_percent": 89.7,
        "median_minutes": 48,
        "slowest_minutes": 310,
    },
    "calls": {"called": 4, "answered": 3, "unanswered": 1, "backup_asked": 1, "supervisor_asked": 0},
    "warehouse": {"booking": _WORK, "count": _WORK, "instruction": _WORK},
    "daily_sync": {"expected": 21, "in_time": 19, "late": 1, "missed": 1},
}


class MyPerformance(ApiView):
    """How the partner kept what was agreed."""

    scopes: ClassVar = {"GET": Scope.READ}
    open_to: ClassVar = frozenset({PARTNERS})
    parameters: ClassVar = frozenset({"fields", "since", "until"})
    extra_parameters: ClassVar = {
        "GET": [
            {
                "name": name,
                "in": "query",
                "description": text,
                "schema": {"type": "string", "format": "date-time"},
            }
            for name, text in (
                ("since", "From when, RFC 3339; 30 days before `until` when left out."),
                ("until", "Until when, RFC 3339; now when left out."),
            )
        ]
    }

    @documented("me_performance_read", answer=PerformanceAnswer, answer_example=_EXAMPLE, tag="me")
    def get(self, request: ApiRequest) -> Response:
        """Your figures.

        How soon you answered, how often we had to call, and how warehouse work went: about what you were asked from
        `since` to before `until` (RFC 3339; the last 30 days when left out), at most 400 days.
        """
        said = {name: request.query_params[name] for name in ("since", "until") if name in request.query_params}
        period = self.read(Period, said)
        until = period.get("until") or self.now
        since = period.get("since") or until - USUAL_PERIOD
        partner_id = request.auth.partner_id
        assert partner_id is not None
        return self.answered(_plain(performance(partner_id, since=since, until=until)))


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    agreement = found["agreement"]
    if agreement is not None:
        for name in ("daily_sync_at", "valid_from"):
            agreement[name] = agreement[name].isoformat() if agreement[name] else None
    return found | {name: moment(found[name]) for name in ("since", "until")}
