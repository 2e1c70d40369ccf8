"""Figures for business intelligence tools: what there is, values of a period, series, breakdowns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from common.api.documented import documented
from common.api.inputs import Input
from common.api.views import STAFF, ApiRequest, ApiView, moment
from common.errors import InvalidInput
from logistics.choices import Scope
from tickets.policies.kpi import CUTS, FIGURES, Figure
from tickets.policies.kpi.periods import STEPS
from tickets.services import kpi
from tickets.services.kpi import Period, Value

READS = "tickets.view_dashboards"
USUAL_DAYS = 30
LONGEST = timedelta(days=1_100)
MOST_NAMES, MOST_PARTS, MOST_ROWS = 60, 50, 500


def _parts() -> serializers.CharField:
    """Parts of a cut, separated by commas."""
    return serializers.CharField(required=False, allow_blank=True, max_length=2_000)


class _Period(Input):
    """What every address of figures is asked with."""

    names = serializers.CharField(required=False, max_length=2_000)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    zone = serializers.CharField(required=False, max_length=64)
    step = serializers.ChoiceField(choices=STEPS, required=False)
    by = serializers.ChoiceField(choices=list(CUTS), required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MOST_ROWS, required=False)


_Asked: type[Input] = type("_Asked", (_Period,), {name: _parts() for name in CUTS})


class ValueAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """A figure's value, in its unit; null when there is nothing to divide by."""

    value = serializers.FloatField(allow_null=True)
    count = serializers.IntegerField(help_text="How many it is made of.")
    median = serializers.FloatField(allow_null=True, help_text="Of durations, seconds.")
    p90 = serializers.FloatField(allow_null=True, help_text="Of durations, seconds.")
    by_currency = serializers.DictField(
        child=serializers.CharField(), help_text="Of money: ISO 4217 currency to amount. Never added over currencies."
    )


class PeriodAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """What the figures are about."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    zone = serializers.CharField()
    through = serializers.DateTimeField(allow_null=True, help_text="All that had happened by then is counted.")


class FiguresAnswer(PeriodAnswer):
    """Values by the names of figures."""

    figures = serializers.DictField(child=ValueAnswer())


class SeriesAnswer(PeriodAnswer):
    """Values over time: `lines` by figure, then by part ("" when not divided), one value for each of `starts`."""

    starts = serializers.ListField(child=serializers.DateTimeField())
    lines = serializers.DictField(child=serializers.DictField(child=serializers.ListField(child=ValueAnswer())))


class PartAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """One part of a cut."""

    part = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment]
    figures = serializers.DictField(child=ValueAnswer())


class BreakdownAnswer(PeriodAnswer):
    """Values by the parts of a cut, those with most of the first figure first."""

    by = serializers.CharField()
    rows = PartAnswer(many=True)


class FigureAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """What a figure is."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    unit = serializers.CharField()
    clock = serializers.CharField(allow_blank=True)
    better = serializers.CharField(allow_blank=True)
    goal = serializers.FloatField(allow_null=True)
    cuts = serializers.ListField(child=serializers.CharField())


class CatalogueAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """Figures and cuts by their names."""

    figures = FigureAnswer(many=True)
    cuts = serializers.DictField(child=serializers.CharField())


def _text(name: str, description: str) -> dict[str, Any]:
    return {"in": "query", "name": name, "schema": {"type": "string"}, "description": description}


_PERIOD = [
    _text("names", "Names of figures, separated by commas; all when left out."),
    _text("since", "From when, RFC 3339; 30 days before `until` when left out. Snapped to quarter hours."),
    _text("until", "Until before when, RFC 3339; now when left out."),
    _text("zone", "IANA time zone whose days and hours are meant; UTC when left out."),
    *[_text(name, f"Only these parts of the cut `{name}`, separated by commas.") for name in CUTS],
]
_BY = {
    "in": "query",
    "name": "by",
    "schema": {"type": "string", "enum": list(CUTS)},
    "description": "The cut to divide by.",
}
_STEP = {
    "in": "query",
    "name": "step",
    "schema": {"type": "string", "enum": list(STEPS), "default": "day"},
    "description": "By hours, days, weeks (from Monday) or months of the zone.",
}
_LIMIT = {
    "in": "query",
    "name": "limit",
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": 50},
    "description": "How many parts at most.",
}
_COMMON = frozenset({"names", "since", "until", "zone", *CUTS})
_ONE = {"value": 5400.0, "count": 12, "median": 3600.0, "p90": 10800.0, "by_currency": {}}
_OF = {
    "since": "2026-10-25T00:00:00Z",
    "until": "2026-11-24T00:00:00Z",
    "zone": "UTC",
    "through": "2026-11-24T08:59:30Z",
}
_REFUSED = ("unknown_figure", "unknown_cut", "bad_period")


class _KpiView(ApiView):
    """What all of them share: integrations of ours, with the scope for exports, whose person may see dashboards."""

    scopes: ClassVar = {"GET": Scope.EXPORT}
    permissions: ClassVar = {"GET": READS}
    open_to: ClassVar = frozenset({STAFF})

    def asked(self, request: ApiRequest) -> tuple[dict[str, Any], list[str], Period, dict[str, list[str]]]:
        """The parameters, the figures' names, the period and the filters. Raises InvalidInput, KpiRefused."""
        said = self.read(_Asked, {name: request.query_params[name] for name in request.query_params})
        names = _list(said.get("names", "")) or list(FIGURES)
        if len(names) > MOST_NAMES:
            raise InvalidInput(data={"names": [_("At most %(count)d figures at once.") % {"count": MOST_NAMES}]})
        filters = {name: _list(said[name], keep_empty=True) for name in CUTS if name in said}
        for name, parts in filters.items():
            if len(parts) > MOST_PARTS:
                raise InvalidInput(data={name: [_("At most %(count)d parts at once.") % {"count": MOST_PARTS}]})
        return said, names, self._period(said), filters

    def _period(self, said: dict[str, Any]) -> Period:
        zone = said.get("zone", "UTC")
        if zone not in available_timezones():
            raise InvalidInput(data={"zone": [_("This is no IANA time zone.")]})
        until = said.get("until") or self.now
        since = said.get("since") or until - timedelta(days=USUAL_DAYS)
        period = Period(since, until, ZoneInfo(zone))
        if period.until - period.since > LONGEST:
            raise InvalidInput(data={"since": [_("A period is at most %(days)d days long.") % {"days": LONGEST.days}]})
        return period

    def about(self, period: Period) -> dict[str, Any]:
        """The part of an answer that says what it is about."""
        through = kpi.freshness(self.now).through
        return {
            "since": moment(period.since),
            "until": moment(period.until),
            "zone": str(period.zone),
            "through": moment(through) if through else None,
        }


class KpiCatalogue(_KpiView):
    """What there is."""

    @documented(
        "kpi_catalogue_read",
        answer=CatalogueAnswer,
        answer_example={
            "figures": [
                {
                    "name": "first_response",
                    "label": "First response",
                    "help": "From a customer's first message to the first answer.",
                    "unit": "seconds",
                    "clock": "wall",
                    "better": "lower",
                    "goal": None,
                    "cuts": ["kind", "team"],
                }
            ],
            "cuts": {"kind": "Kind", "team": "Team"},
        },
        tag="kpi",
    )
    def get(self, request: ApiRequest) -> Response:
        """All figures with their definitions, and the cuts by which they can be divided."""
        cuts = {name: str(cut.label) for name, cut in CUTS.items()}
        return self.answered({"figures": [_figure(one) for one in FIGURES.values()], "cuts": cuts})


class KpiFigures(_KpiView):
    """Values of a period."""

    parameters: ClassVar = _COMMON
    extra_parameters: ClassVar = {"GET": _PERIOD}

    @documented(
        "kpi_figures_read",
        answer=FiguresAnswer,
        answer_example={**_OF, "figures": {"first_response": _ONE}},
        problems=_REFUSED,
        tag="kpi",
    )
    def get(self, request: ApiRequest) -> Response:
        """Figures of a period as a whole."""
        _said, names, period, filters = self.asked(request)
        found = kpi.figures(names, period, filters)
        return self.answered({**self.about(period), "figures": _values(found)})


class KpiSeries(_KpiView):
    """Values over time."""

    parameters: ClassVar = _COMMON | {"step", "by"}
    extra_parameters: ClassVar = {"GET": [*_PERIOD, _STEP, _BY]}

    @documented(
        "kpi_series_read",
        answer=SeriesAnswer,
        answer_example={**_OF, "starts": ["2026-10-25T00:00:00Z"], "lines": {"first_response": {"": [_ONE]}}},
        problems=_REFUSED,
        tag="kpi",
    )
    def get(self, request: ApiRequest) -> Response:
        """Figures by hour, day, week or month, divided by a cut when you name one."""
        said, names, period, filters = self.asked(request)
        found = kpi.series(names, period, said.get("step", "day"), filters, said.get("by"))
        lines = {
            name: {part: [_value(value) for value in values] for part, values in parts.items()}
            for name, parts in found.lines.items()
        }
        return self.answered({**self.about(period), "starts": [moment(one) for one in found.starts], "lines": lines})


class KpiBreakdown(_KpiView):
    """Values by parts."""

    parameters: ClassVar = _COMMON | {"by", "limit"}
    extra_parameters: ClassVar = {"GET": [*_PERIOD, {**_BY, "required": True}, _LIMIT]}

    @documented(
        "kpi_breakdown_read",
        answer=BreakdownAnswer,
        answer_example={
            **_OF,
            "by": "kind",
            "rows": [{"part": "delay", "label": "Delay", "figures": {"first_response": _ONE}}],
        },
        problems=_REFUSED,
        tag="kpi",
    )
    def get(self, request: ApiRequest) -> Response:
        """Figures by the parts of a cut."""
        said, names, period, filters = self.asked(request)
        if "by" not in said:
            raise InvalidInput(data={"by": [_("Name the cut to divide by.")]})
        rows = kpi.breakdown(names, period, said["by"], filters, limit=said.get("limit", 50))
        found = [{"part": row.part, "label": str(row.label), "figures": _values(row.values)} for row in rows]
        return self.answered({**self.about(period), "by": said["by"], "rows": found})


def _list(text: str, *, keep_empty: bool = False) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    return parts if keep_empty else [part for part in parts if part]


def _values(found: dict[str, Value]) -> dict[str, Any]:
    return {name: _value(value) for name, value in found.items()}


def _value(value: Value) -> dict[str, Any]:
    return {
        "value": value.value,
        "count": value.count,
        "median": value.median,
        "p90": value.p90,
        "by_currency": {currency: str(amount) for currency, amount in value.by_currency.items()},
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "label": str(figure.label),
        "help": str(figure.help),
        "unit": str(figure.unit),
        "clock": figure.clock,
        "better": figure.better,
        "goal": figure.goal,
        "cuts": list(figure.cuts),
    }
