"""A count asked of a warehouse, until its result is accepted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.inputs import Count, Moment, Text
from common.lines import Lines
from logistics.models import CountEvent, CountLine, StockCount
from logistics.policies.work_states import COUNT
from logistics.workflows.common import (
    DESCRIPTION,
    ITEM,
    NOTE,
    OUR_NUMBER,
    PARTNER,
    REASON,
    refuse_ahead,
    refuse_missing,
)
from logistics.workflows.step import BOTH, Machine, step


def _counts_all(count: StockCount, inputs: dict[str, Any], now: datetime) -> None:
    refuse_ahead(inputs, "counted_at", now)
    refuse_missing((line.item for line in count.lines.all()), inputs["lines"])


def _explains_all(count: StockCount, inputs: dict[str, Any], now: datetime) -> None:
    refuse_missing((line.item for line in count.lines.all() if line.differs), inputs["lines"])


class CountFlow(StockCount):
    """From asked to accepted."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")

    @step(
        pgettext_lazy("count", "Report the count"),
        source="asked",
        target=("counted", "accepted"),
        by=BOTH,
        inputs=[
            Lines(
                name="lines",
                label=_("What was counted"),
                columns=(ITEM, Count(name="counted", label=_("Units counted"), minimum=0)),
                extra=2,
                help=_("Every item that was asked for, and what was found besides."),
            ),
            Moment(name="counted_at", label=pgettext_lazy("moment", "Counted"), required=False, help=_("Empty: now.")),
        ],
        guard=_counts_all,
    )
    def count(self, *, lines: list[dict[str, Any]], counted_at: datetime, differs: bool) -> str:
        """With a difference the warehouse has to explain it, without any the count is accepted."""
        self.counted_at = counted_at
        return "counted" if differs else "accepted"

    @step(
        _("Explain the difference"),
        source="counted",
        target="difference_explained",
        by=BOTH,
        inputs=[
            Lines(
                name="lines",
                label=_("Explanations"),
                columns=(ITEM, Text(name="explanation", label=_("Explanation"), max_length=1_000)),
                help=_("For every item that differs."),
            )
        ],
        guard=_explains_all,
    )
    def explain(self, *, lines: list[dict[str, Any]]) -> None:
        """What the warehouse says is ours to judge."""

    @step(
        pgettext_lazy("count", "Accept"),
        source=("counted", "difference_explained"),
        target="accepted",
        inputs=[NOTE],
    )
    def accept(self, *, note: str) -> None:
        """Stock is what was counted."""

    @step(
        _("Have it counted again"),
        source=("counted", "difference_explained"),
        target="asked",
        inputs=[REASON],
    )
    def recount(self, *, reason: str) -> None:
        """We do not believe it yet."""
        self.counted_at = None

    @step(
        pgettext_lazy("count", "Cancel"),
        source=("asked", "counted", "difference_explained"),
        target="cancelled",
        inputs=[REASON],
    )
    def cancel(self, *, reason: str) -> None:
        """The count is not needed any more."""


MACHINE = Machine(
    name="count",
    flow=CountFlow,
    line=CountLine,
    event=CountEvent,
    states=COUNT,
    opening=(
        PARTNER,
        OUR_NUMBER,
        NOTE,
        Lines(name="lines", label=_("Items"), columns=(ITEM, DESCRIPTION), extra=6),
    ),
)
