"""What parts of cuts are called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from django.db.models import CharField, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from common.models import User
from logistics.choices import Tier
from logistics.models import Carrier, Partner
from tickets.choices import Kind, Priority
from tickets.models import Team
from tickets.policies.kpi.cuts import CUTS
from tickets.policies.kpi.figures import refuse_unknown_cuts
from tickets.policies.kpi.periods import Period, quarter_of
from tickets.services.kpi.cells import read


def part_labels(cut: str, parts: Collection[str]) -> dict[str, str]:
    """A word for each part, in the active language. Raises KpiRefused for an unknown cut."""
    refuse_unknown_cuts(cut)
    named = _NAMES.get(cut, _as_they_are)([part for part in parts if part])
    return {part: named.get(part, part) if part else _("Not known") for part in parts}


def available_parts(cut: str, period: Period) -> list[tuple[str, str]]:
    """The parts with tickets in a period, and their labels, in the labels' order. Raises KpiRefused."""
    refuse_unknown_cuts(cut)
    edges = [quarter_of(period.since), quarter_of(period.until)]
    parts = read(("opened", "resolution", "backlog"), edges, filters={}, by=cut).parts(
        ("opened", "resolution", "backlog")
    )
    return sorted(part_labels(cut, parts).items(), key=lambda pair: (pair[0] == "", pair[1]))


def _as_they_are(parts: Iterable[str]) -> dict[str, str]:
    return {part: part for part in parts}


def _lanes(parts: Iterable[str]) -> dict[str, str]:
    return {part: part.replace("-", " → ") for part in parts}


def _numbers(parts: Iterable[str]) -> list[int]:
    return [int(part) for part in parts if part.isdigit()]


def _people(parts: Iterable[str]) -> dict[str, str]:
    people = User.objects.filter(pk__in=_numbers(parts))
    name = Coalesce(NullIf("full_name", Value("")), "email", output_field=CharField())
    return {str(key): label for key, label in people.annotate(label=name).values_list("pk", "label")}


def _rows(model: type[Carrier | Partner | Team]) -> Callable[[Iterable[str]], dict[str, str]]:
    def names(parts: Iterable[str]) -> dict[str, str]:
        rows = model._default_manager.filter(pk__in=_numbers(parts)).values_list("pk", "name")
        return {str(key): name for key, name in rows}

    return names


_NAMES: dict[str, Callable[[Iterable[str]], dict[str, str]]] = {
    "kind": lambda parts: {part: str(Kind(part).label) for part in parts if part in Kind.values},
    "lane": _lanes,
    "carrier": _rows(Carrier),
    "partner": _rows(Partner),
    "team": _rows(Team),
    "agent": _people,
    "priority": lambda parts: {part: str(Priority(int(part)).label) for part in parts if part.isdigit()},
    "tier": lambda parts: {part: str(Tier(part).label) for part in parts if part in Tier.values},
}
if unknown := set(_NAMES) - set(CUTS):
    raise RuntimeError(f"no cuts: {unknown}")
