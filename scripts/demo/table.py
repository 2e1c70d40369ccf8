"""The table at the end of the day: what became of each ticket, read from its page and its log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from scripts.demo.day import Case, Day
from scripts.demo.desk import Desk
from scripts.demo.steps import pad, width

_HEADS = ("ticket", "kind", "customer", "lang.", "channel", "in", "out", "states gone through")


def tell(day: Day, say: Callable[[str], None]) -> None:
    """Print the table and the counts under it."""
    auditor = day.desk("iris.tan")
    rows = [_row(auditor, case) for case in day.cases]
    widths = [max(width(row[column]) for row in (_HEADS, *rows)) for column in range(len(_HEADS) - 1)]
    say("\nWhat happened")
    for row in (_HEADS, *rows):
        say("  " + "  ".join([*(pad(cell, columns) for cell, columns in zip(row, widths, strict=False)), row[-1]]))
    received = sum(int(row[5]) for row in rows)
    delivered = sum(int(row[6].partition("/")[0]) for row in rows)
    written = sum(int(row[6].partition("/")[2]) for row in rows)
    say(
        f"\n  {len(rows)} tickets in {len({row[3] for row in rows})} languages, {received} messages came in, "
        f"{delivered} of {written} that we wrote were delivered; {day.steps.done} steps."
    )


def _row(desk: Desk, case: Case) -> Sequence[str]:
    page = desk.open(case.ticket)
    kind = desk.queue(q=page.reference)[0].kind
    ours = [said for said in page.messages if said.side == "out"]
    return (
        page.reference,
        kind,
        case.client.name,
        case.client.language.partition("-")[0],
        case.channel,
        str(sum(said.side == "in" for said in page.messages)),
        f"{sum(said.is_sent for said in ours)}/{len(ours)}",
        " → ".join(state for state, _again in groupby(desk.states(case.ticket))),
    )
