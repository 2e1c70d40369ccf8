"""Bodies as values, or a clean refusal: sizes, nesting, doubled names, NUL, NaN and numbers that no column holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

LARGEST_JSON = 2**20
"""Bytes of a JSON body, unless a view says otherwise."""
DEEPEST = 32
MOST_VALUES = 100_000
_LARGEST_NUMBER = 2**63 - 1
_LONGEST_NUMBER = 40


class JsonParser(BaseParser):
    """JSON as RFC 8259 has it, in UTF-8, without what readers understand differently."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value. Raises ParseError with a sentence."""
        return parse_json(stream.read())


class FilesParser(MultiPartParser):
    """Forms with files. Their size is limited by the site, their number by Django's settings."""


def parse_json(raw: bytes) -> Any:
    """The value that a body holds. Raises ParseError with a sentence."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8.")) from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_doubles,
            parse_constant=_refuse_constant,
            parse_int=_whole,
            parse_float=_decimal,
        )
    except ParseError:
        raise
    except RecursionError as error:
        raise ParseError(_("The body is nested too deeply.")) from error
    except ValueError as error:
        where = getattr(error, "pos", None)
        sentence = (
            _("The body is no JSON, from character %(place)d on.") % {"place": where} if where is not None else ""
        )
        raise ParseError(sentence or _("The body is no JSON.")) from error
    _look_through(value)
    return value


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError(_("An object names the same field twice."))
    return found


def _refuse_constant(text: str) -> Any:
    raise ParseError(_("NaN and Infinity are no JSON."))


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER or abs(number := int(text)) > _LARGEST_NUMBER:
        raise ParseError(_("A number is too large."))
    return number


def _decimal(text: str) -> float:
    number = float(text)
    if len(text) > _LONGEST_NUMBER or abs(number) > _LARGEST_NUMBER:
        raise ParseError(_("A number is too large."))
    return number


def _look_through(value: Any) -> None:
    """Refuse what is nested too deeply, holds too much, or holds characters that the database cannot keep."""
    level, depth, seen = [value], 0, 0
    while level:
        depth += 1
        seen += len(level)
        if depth > DEEPEST:
            raise ParseError(_("The body is nested too deeply."))
        if seen > MOST_VALUES:
            raise ParseError(_("The body holds too many values."))
        inner: list[Any] = []
        for one in level:
            if isinstance(one, str):
                _check_text(one)
            elif isinstance(one, dict):
                for name in one:
                    _check_text(name)
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
        level = inner


def _check_text(text: str) -> None:
    if text.isascii():
        sound = "\0" not in text
    else:
        try:
            text.encode()
        except UnicodeEncodeError:
            sound = False
        else:
            sound = "\0" not in text
    if not sound:
        raise ParseError(_("A text holds a character that is none: NUL, or half of a pair."))
