"""Plays the day against the running site. ``CLEARWAY_DRIVER`` (JSON) tells it where everything is.

Holds no database connection and knows no settings: it speaks HTTP to the site, SMTP to the mail server, and to the
stand-ins that customers and providers are.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

from scripts.demo import table
from scripts.demo.cast import Around, cast
from scripts.demo.day import Day
from scripts.demo.house import readiness
from scripts.demo.outside import Aggregator
from scripts.demo.steps import Missing, StepFailed, Steps, be_patient, until
from scripts.demo.stories import (
    customs,
    doorstep,
    evening,
    letters,
    lost,
    night,
    notices,
    offices,
    question,
    rulebook,
    silence,
    storm,
)

ROLES = ("mei.lin", "sofia.marin", "jonas.keller", "omar.haddad", "david.okafor", "zhou.yan", "iris.tan")


def all_sign_in(day: Day) -> None:
    """Whoever has not done so yet."""
    day.steps.scene("The desk")
    with day.steps.step("somebody of each role signs in; database, queue, worker and clock are well"):
        for name in ROLES:
            day.desk(name)
        _all_well(day.site)


STORIES: tuple[Callable[[Day], None], ...] = (
    # What begins here takes its minute; the other stories are played meanwhile.
    silence.begin,
    offices.begin,
    all_sign_in,
    question.begin,
    night.play,
    question.end,
    rulebook.play,
    customs.play,
    storm.play,
    doorstep.play,
    lost.play,
    letters.play,
    notices.play,
    evening.play,
    offices.end,
    silence.end,
    evening.close,
)


def main() -> int:
    """Play all stories; 0 when every step happened, 1 with the name of the first that did not."""
    told = json.loads(os.environ["CLEARWAY_DRIVER"])
    be_patient(told["patience"])
    people = cast(told["run"], Around(told["night"], told["day"]))
    steps = Steps(say=_say)
    day = Day(
        steps=steps,
        cast=people,
        site=told["site"],
        password=told["password"],
        smtp_port=told["smtp_port"],
        mail_url=told["mail_url"],
        telegram_url=told["telegram_url"],
        scans=Aggregator(told["site"], told["tracking_key"]),
    )
    _say(f"\nDay {people.run} begins")
    try:
        for story in STORIES:
            story(day)
        with steps.step("at the end of the day database, queue, worker and clock are still well"):
            _all_well(day.site)
        with steps.step("no message waits, is in doubt or was given up, but the one for Nora's morning"):
            _all_left(day)
        table.tell(day, _say)
    except StepFailed as failed:
        _say(f"\nThe step “{failed.step}” did not happen.\n  {failed.why}")
        return 1
    return 0


def _all_well(site: str) -> None:
    missing: dict[str, str] = {}

    def look() -> bool:
        missing.clear()
        missing.update(readiness(site))
        return not missing

    until("/readyz says that all is well", look, seen=lambda: " ".join(missing.values()))


def _all_left(day: Day) -> None:
    auditor = day.desk("iris.tan")

    def look() -> bool:
        for case in day.cases:
            page = auditor.open(case.ticket)
            ours = [said for said in page.messages if said.side == "out" and not (case.is_held and said.is_held)]
            waiting = [said.meta for said in ours if not said.is_sent]
            if waiting:
                raise Missing(f"{page.reference}: {waiting[0]}")
        return True

    until("each message of ours is shown as sent", look)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
