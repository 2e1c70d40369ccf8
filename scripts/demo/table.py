"""The table at the end of the day: what became of each ticket, read from its page and its log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from scripts.demo.day import Case, Day
from scripts.demo.desk import Desk, TicketPage
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
    pages = [auditor.open(case.ticket) for case in day.cases]
    received = sum(int(row[5]) for row in rows)
    delivered = sum(int(row[6].partition("/")[0]) for row in rows)
    written = sum(int(row[6].partition("/")[2]) for row in rows)
    say(
        f"\n  {len(rows)} tickets in {len({row[3] for row in rows})} languages, {received} messages came in, "
        f"{delivered} of {written} that we wrote were delivered; {day.steps.done} steps."
    )
    say(f"  {_time_kept(auditor, day, pages)}")


def _time_kept(auditor: Desk, day: Day, pages: Sequence[TicketPage]) -> str:
    """Promises, rules, calls and held messages of the day's tickets, in a sentence."""
    promises = [one for page in pages for one in page.promises]
    missed = sum("Missed" in one for one in promises)
    kept = sum("Kept" in one for one in promises)
    rules = sum(len(page.rule_runs) for page in pages)
    answered = sum("A call was answered" in line for case in day.cases for line in auditor.log(case.ticket))
    held = sum(said.is_held for page in pages for said in page.messages)
    return (
        f"{kept} promises kept, {missed} missed; rules ran {rules} times; {answered} calls answered; "
        f"{held} message{'' if held == 1 else 's'} held for the night."
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
