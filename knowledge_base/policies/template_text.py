"""The language of templates: ``{name}`` is filled, ``[…]`` is left out when something in it is not known.

``{{`` and ``}}`` are braces, ``[[`` and ``]]`` are brackets. A part in brackets must hold a placeholder, and no further
brackets. Values are put in as they are: whatever braces a customer's name holds stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from common.policies.reader import Reader
from knowledge_base.policies.placeholders import PLACEHOLDERS, is_empty, written

_TOKEN = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{([^{}\n\[\]]*)\}|[{}\[\]]")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BLANK_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n){2,}")
_LINE_ENDS = re.compile(r"[ \t]+\n")
_LINE_STARTS = re.compile(r"(?<=\n)[ \t]+")
_SPACES = re.compile(r"(?<=\S) {2,}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, as a sentence for whoever wrote it, and in which line (from 1). A warning does not refuse."""

    line: int
    sentence: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Hole:
    """A placeholder in a text."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text: words and holes. An optional one is left out when one of its holes has no value."""

    pieces: tuple[str | Hole, ...]
    is_optional: bool = False

    @property
    def holes(self) -> list[Hole]:
        return [piece for piece in self.pieces if isinstance(piece, Hole)]


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A text taken apart; ``problems`` are those of its form."""

    parts: tuple[Part, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def names(self) -> set[str]:
        """All placeholders in it."""
        return {hole.name for part in self.parts for hole in part.holes}

    def missing(self, values: Mapping[str, Any]) -> list[str]:
        """The placeholders that must have a value and have none, in their order."""
        names = [hole.name for part in self.parts if not part.is_optional for hole in part.holes]
        return [name for name in dict.fromkeys(names) if is_empty(values.get(name))]

    def fill(self, values: Mapping[str, Any], reader: Reader) -> str:
        """The text for a reader. Raises TypeError for a value of another type than its placeholder's."""
        known = {name: written(name, values[name], reader) for name in self.names if not is_empty(values.get(name))}
        text = "".join(
            known.get(piece.name, "") if isinstance(piece, Hole) else piece
            for part in self.parts
            if not part.is_optional or all(hole.name in known for hole in part.holes)
            for piece in part.pieces
        )
        return _tidy(text)


def _tidy(text: str) -> str:
    """Without the gaps that parts leave which were left out."""
    text = _LINE_STARTS.sub("", _LINE_ENDS.sub("\n", _SPACES.sub(" ", text)))
    return _BLANK_LINES.sub("\n\n", text).strip()


class _Reading:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.parts: list[Part] = []
        self.problems: list[Problem] = []
        self.pieces: list[str | Hole] = []
        self.bracket_line = 0  # of the bracket that is open, 0 outside

    def read(self) -> ParsedText:
        at = 0
        for token in _TOKEN.finditer(self.text):
            self._say(self.text[at : token.start()])
            at = token.end()
            self._take(token, 1 + self.text.count("\n", 0, token.start()))
        self._say(self.text[at:])
        if self.bracket_line:
            self._wrong(self.bracket_line, _("“[” is not closed. Write [[ for a bracket of the text itself."))
        self._end(is_optional=False)
        return ParsedText(tuple(self.parts), tuple(self.problems))

    def _take(self, token: re.Match[str], line: int) -> None:
        found = token.group()
        if found in ("{{", "}}", "[[", "]]"):
            self._say(found[0])
        elif token.group(1) is not None:
            self._take_name(token.group(1).strip(), line)
        elif found == "[":
            if self.bracket_line:
                self._wrong(line, _("A part in brackets cannot hold another one."))
                return
            self._end(is_optional=False)
            self.bracket_line = line
        elif found == "]":
            self._take_closing(line)
        elif found == "{":
            self._wrong(line, _("“{” is not closed in its line. Write {{ for a brace of the text itself."))
        else:
            self._wrong(line, _("“}” closes nothing. Write }} for a brace of the text itself."))

    def _take_closing(self, line: int) -> None:
        if not self.bracket_line:
            self._wrong(line, _("“]” closes nothing. Write ]] for a bracket of the text itself."))
            return
        if not any(isinstance(piece, Hole) for piece in self.pieces):
            self._wrong(
                line,
                _(
                    "A part in brackets is left out when a value in it is not known, so it needs a placeholder. "
                    "Write [[ and ]] for brackets of the text itself."
                ),
            )
        self._end(is_optional=True)
        self.bracket_line = 0

    def _take_name(self, name: str, line: int) -> None:
        if _NAME.fullmatch(name):
            self.pieces.append(Hole(name, line))
        elif not name:
            self._wrong(line, _("“{}” names nothing."))
        else:
            self._wrong(
                line, _("“{%(name)s}” is no placeholder: names have small letters and _.") % {"name": name[:40]}
            )

    def _say(self, words: str) -> None:
        if words:
            self.pieces.append(words)

    def _end(self, *, is_optional: bool) -> None:
        if self.pieces:
            self.parts.append(Part(tuple(self.pieces), is_optional))
        self.pieces = []

    def _wrong(self, line: int, sentence: str) -> None:
        self.problems.append(Problem(line, sentence))


def parse(text: str) -> ParsedText:
    """Take a text apart. Whatever is wrong with its form is in ``problems``; the rest is read all the same."""
    return _Reading(text).read()


def check(text: str, *, audience: str) -> list[Problem]:
    """What is wrong with a text for these readers, in the order of its lines."""
    parsed = parse(text)
    problems = list(parsed.problems)
    told: set[str] = set()
    for part in parsed.parts:
        for hole in part.holes:
            if hole.name not in told and (sentence := _refusal(hole.name, audience)):
                problems.append(Problem(hole.line, sentence))
            told.add(hole.name)
    return sorted(problems, key=lambda problem: problem.line)


def compare(text: str, fallback: str) -> list[Problem]:
    """Warnings about a translation: what the text in the fallback language says and this one leaves out."""
    lacking = parse(fallback).names - parse(text).names
    return [
        Problem(0, _("{%(name)s} stands in the fallback language and not here.") % {"name": name}, is_warning=True)
        for name in sorted(lacking & PLACEHOLDERS.keys())
    ]


def _refusal(name: str, audience: str) -> str:
    known = PLACEHOLDERS.get(name)
    if known is None:
        near = _nearest(name, PLACEHOLDERS)
        if near:
            return _("There is no {%(name)s}. Do you mean {%(near)s}?") % {"name": name, "near": near}
        return _("There is no {%(name)s}. The list beside the form has all placeholders.") % {"name": name}
    if audience not in known.audiences:
        return _("{%(name)s} is not for these readers.") % {"name": name}
    return ""


def _nearest(name: str, names: Iterable[str]) -> str:
    return next(iter(get_close_matches(name, list(names), n=1, cutoff=0.7)), "")


def sentences(problems: Iterable[Problem]) -> Iterator[str]:
    """Problems for a form, each with its line."""
    for problem in problems:
        if problem.line:
            yield _("Line %(line)d: %(sentence)s") % {"line": problem.line, "sentence": problem.sentence}
        else:
            yield problem.sentence
