"""Draws the machines: docs/workflows.md is what this says about the code."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import translation

from tickets.choices import ActorKind, Kind
from tickets.policies.states import CLOSED, DISMISSED, STATES, State, initial_state, main_state
from tickets.workflows import WORKFLOWS
from tickets.workflows.common import Workflow
from tickets.workflows.way import ENDED, MAIN, OPEN, RESOLVED, Way

HEAD = """# Workflows

Drawn from the code by `manage.py draw_workflows`; a test holds this page against it. How a way is declared:
`tickets/workflows/way.py`. What it does besides: `tickets/services/effects/`.

Each ticket stands in one state of its kind. A state has a phase (new, active, waiting, resolved, closed) and says whom
the ticket waits on. In the drawings a state's second line is its phase and, where it is not us, whom it waits on. *By*
names who may take a way: staff need the permission named; a rule acts for staff; scans, the clock, customers and
partners take the ways that name them. Inputs in brackets may be left out.
"""
_GROUPS = {OPEN: "any open", RESOLVED: "any resolved", ENDED: "any resolved or closed"}


def draw() -> str:
    """The whole page in Markdown, in English whatever language is active."""
    with translation.override("en"):
        return "\n".join([HEAD, *(_kind(kind) for kind in Kind), _common()]) + "\n"


def _kind(kind: Kind) -> str:
    own = [way for name, way in _ways(kind).items() if name in vars(WORKFLOWS[kind])]
    lines = [f"## {kind.label} (`{kind.value}`)", "", "```mermaid", "stateDiagram-v2", *_diagram(kind, own), "```", ""]
    return "\n".join([*lines, *_table(kind, own), ""])


def _common() -> str:
    ways = [way for name, way in _ways(Kind.INQUIRY).items() if name in vars(Workflow)]
    return "\n".join(
        [
            "## Every kind",
            "",
            "Besides its own ways. Merging and converting are taken by their services alone.",
            "",
            *_table(None, ways),
        ]
    )


def _ways(kind: str) -> dict[str, Way]:
    ways: dict[str, Way] = WORKFLOWS[kind].ways()  # type: ignore[attr-defined]
    return ways


def _diagram(kind: Kind, ways: Iterable[Way]) -> Iterable[str]:
    states = [state for state in STATES[kind].values() if state not in (DISMISSED, CLOSED)]
    yield f"    [*] --> {initial_state(kind).name}"
    for state in states:
        yield f'    state "{_caption(state)}" as {state.name}'
    for way in ways:
        if way.source == OPEN:
            continue
        for source in way.sources(kind):
            for end in way.ends(kind):
                yield f"    {source} --> {end}: {way.label}"
    everywhere = [f"{way.label} → {end}" for way in ways if way.source == OPEN for end in way.ends(kind)]
    if everywhere:
        yield f"    note right of {main_state(kind).name}: From any open state: {', '.join(everywhere)}"
    for state in states:
        if not state.is_open:
            yield f"    {state.name} --> [*]"


def _caption(state: State) -> str:
    on = [str(party.label).lower() for party in state.waiting_on if party not in ("us", "nobody")]
    return f"{state.label}<br/>{state.phase.label.lower()}{' on ' + ' or '.join(on) if on else ''}"


def _table(kind: Kind | None, ways: Iterable[Way]) -> Iterable[str]:
    yield "| way | from | to | by | inputs |"
    yield "|---|---|---|---|---|"
    for way in ways:
        source = _GROUPS[way.source] if isinstance(way.source, str) else ", ".join(way.source)
        ends = way.ends(kind) if kind else ["the kind's main state" if end == MAIN else end for end in way.targets]
        inputs = ", ".join(str(entry.label) if entry.required else f"[{entry.label}]" for entry in way.inputs)
        yield f"| {way.label} | {source} | {', '.join(ends)} | {_by(way)} | {inputs} |"


def _by(way: Way) -> str:
    names = []
    for kind in (kind for kind in ActorKind if kind in way.by):
        name = str(kind.label).lower()
        if kind == ActorKind.STAFF:
            name += f" (`{way.permission.removeprefix('tickets.')}`)"
        if kind == ActorKind.SCAN:
            name += f" ({', '.join(str(incident.label).lower() for incident in way.scan)})"
        names.append(name)
    return ", ".join(names) or "its service"
