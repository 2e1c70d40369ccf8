"""What every kind can do besides its own ways: be dismissed, closed, reopened."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.inputs import Choice, Text
from tickets.choices import ActorKind, Kind, Resolution
from tickets.workflows.way import ENDED, MAIN, OPEN, RESOLVED, STAFF, Way, way


class Workflow:
    """The ways of every kind; each kind's proxy adds its own (``tickets.workflows.<kind>``).

    Merging and converting end a ticket too; no actor takes those ways by themselves, their services do.
    """

    workflow_kind: ClassVar[Kind]
    strip: ClassVar[tuple[str, ...]]
    """The states of the usual course, in order, for the strip on the ticket's page."""

    resolution: str
    reopened_count: int

    @classmethod
    def ways(cls) -> dict[str, Way]:
        """Every declared way of this kind by name, in the order of the file, the common ones last."""
        found: dict[str, Way] = {}
        for owner in (cls, Workflow):
            for name, method in vars(owner).items():
                if inspect.isfunction(method) and hasattr(method, "_django_fsm"):
                    found[name] = _declared(method)
        return found

    @classmethod
    def way_for_incident(cls, incident_type: str) -> Way | None:
        """The way a scan of that type takes, if this kind has one."""
        return next((one for one in cls.ways().values() if incident_type in one.scan), None)

    @way(
        _("Dismiss"),
        source=OPEN,
        target="dismissed",
        inputs=[
            Choice(
                name="resolution",
                label=_("Why"),
                choices=Resolution,
                only=[Resolution.DUPLICATE, Resolution.FALSE_ALARM, Resolution.WITHDRAWN],
            ),
            Text(name="note", label=_("Note"), required=False, long=True),
        ],
    )
    def dismiss(self, *, resolution: str, note: str = "") -> None:
        self.resolution = resolution

    @way(_("Merge"), source=OPEN, target="dismissed", by=())
    def dismiss_merged(self) -> None:
        self.resolution = Resolution.MERGED

    @way(_("Convert"), source=OPEN, target="dismissed", by=())
    def dismiss_converted(self) -> None:
        self.resolution = Resolution.CONVERTED

    @way(_("Close"), source=RESOLVED, target="closed", by=(*STAFF, ActorKind.CLOCK))
    def close(self) -> None:
        """Nothing more is expected; by the clock seven days after the end."""

    @way(
        _("Reopen"),
        source=ENDED,
        target=MAIN,
        by=(*STAFF, ActorKind.CUSTOMER, ActorKind.PARTNER),
        inputs=[Text(name="why", label=_("Why"), required=False, long=True)],
    )
    def reopen(self, *, why: str = "") -> None:
        self.reopened_count += 1


def _declared(method: Any) -> Way:
    transitions = method._django_fsm.transitions
    declared: Way = next(iter(transitions.values())).custom["way"]
    return declared
