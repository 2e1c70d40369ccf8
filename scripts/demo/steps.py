"""Steps of the day: each has a name, waits for its visible result until a deadline, and says what was expected."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

DEADLINE_SECONDS = 20.0
_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.05, 0.5
"""The pause between two looks, at first and at most: who waits long looks seldom."""
_WIDTH = 92


class Missing(Exception):
    """Something that had to become visible did not; the text says what was expected and what was seen instead."""


class StepFailed(Exception):
    """A step did not happen."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.step = step
        self.why = why


class Steps:
    """Plays steps one after another and prints a line for each."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self._say = say
        self.done = 0

    def scene(self, title: str) -> None:
        """Print a heading over the steps that follow."""
        self._say(f"\n{title}")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step. Raises StepFailed naming it, whatever went wrong inside."""
        began = time.monotonic()
        try:
            yield
        except Exception as error:  # every failure is this step's, be it a refused connection or a missing word
            self._say(f"  ✗ {name}")
            why = str(error) if isinstance(error, Missing) else f"{type(error).__name__}: {error}"
            raise StepFailed(name, why) from error
        self.done += 1
        self._say(f"  ✓ {pad(name, _WIDTH)} {time.monotonic() - began:5.1f} s")


_patience = DEADLINE_SECONDS


def be_patient(seconds: float) -> None:
    """Say how long ``until`` waits for what has to follow."""
    global _patience  # noqa: PLW0603 - one driver a process
    _patience = seconds


def until[Result](
    expected: str,
    look: Callable[[], Result | None],
    *,
    seconds: float | None = None,
    seen: Callable[[], str] | None = None,
) -> Result:
    """Look again and again until something is there. Raises Missing with ``expected`` and what ``seen`` says instead.

    What ``look`` raises as Missing counts as not yet there. Without ``seconds`` it waits as ``be_patient`` said.
    """
    seconds = _patience if seconds is None else seconds
    end = time.monotonic() + seconds
    last, pause = "", _LOOK_SECONDS
    while True:
        try:
            found = look()
            last = ""
        except Missing as missing:
            found, last = None, str(missing)
        if found:
            return found
        if time.monotonic() >= end:
            instead = last or (seen() if seen else "")
            raise Missing(f"expected within {seconds:.0f} s: {expected}" + (f"; seen: {instead}" if instead else ""))
        time.sleep(pause)
        pause = min(pause * 1.2, _LONGEST_LOOK_SECONDS)


def width(text: str) -> int:
    """Columns that a text takes in a terminal: characters of East Asia take two."""
    return sum(2 if _is_wide(character) else 1 for character in text)


def pad(text: str, columns: int) -> str:
    """The text filled with blanks to a number of columns, or cut there."""
    while width(text) > columns:
        text = text[:-2] + "…"
    return text + " " * (columns - width(text))


def _is_wide(character: str) -> bool:
    return (
        "\u1100" <= character <= "\u115f"
        or "\u2e80" <= character <= "\ua4cf"
        or "\uac00" <= character <= "\ud7a3"
        or ("\uf900" <= character <= "\ufaff" or "\ufe30" <= character <= "\ufe4f" or "\uff00" <= character <= "\uff60")
    )
