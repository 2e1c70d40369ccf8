"""The table at the end of the day: what became of each ticket, read from its page and its log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from scripts.demo.day import Case, Day
from scripts.demo.desk import Desk, TicketPage
from scripts.demo.steps import pad, width

_HEADS = ("ticket", "kind", "customer", "lang.", "channel", "in", "out", "states gone through")


def tell(day: Day, say: Callable[[str], None]) -> None:
    """Print the table and the counts under it."""
    auditor = day.desk("iris.tan")
    read = [_Read.of(auditor, case) for case in day.cases]
    rows = [_row(one) for one in read]
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
    say(f"  {_time_kept(read)}")


@dataclass(frozen=True, slots=True)
class _Read:
    """What stands on a ticket's page, in its log and in its line of the queue."""

    case: Case
    page: TicketPage
    kind: str
    states: Sequence[str]
    log: Sequence[str]

    @classmethod
    def of(cls, desk: Desk, case: Case) -> _Read:
        page = desk.open(case.ticket)
        kind = desk.queue(q=page.reference)[0].kind
        return cls(case, page, kind, desk.states(case.ticket), desk.log_shown())


def _time_kept(read: Sequence[_Read]) -> str:
    """Promises, rules, calls and held messages of the day's tickets, in a sentence."""
    pages = [one.page for one in read]
    promises = [one for page in pages for one in page.promises]
    missed = sum("Missed" in one for one in promises)
    kept = sum("Kept" in one for one in promises)
    rules = sum(len(page.rule_runs) for page in pages)
    answered = sum("A call was answered" in line for one in read for line in one.log)
    held = sum(said.is_held for page in pages for said in page.messages)
    return (
        f"{kept} promises kept, {missed} missed; rules ran {rules} times; {answered} calls answered; "
        f"{held} message{'' if held == 1 else 's'} held for the night."
    )


def _row(read: _Read) -> Sequence[str]:
    page, case = read.page, read.case
    ours = [said for said in page.messages if said.side == "out"]
    return (
        page.reference,
        read.kind,
        case.client.name,
        case.client.language.partition("-")[0],
        case.channel,
        str(sum(said.side == "in" for said in page.messages)),
        f"{sum(said.is_sent for said in ours)}/{len(ours)}",
        " → ".join(state for state, _again in groupby(read.states)),
    )
