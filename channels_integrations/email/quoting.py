"""What is new in a mail's text, apart from the earlier mail and the signature below it.

Own rules over lines, no library: they cover the programs and languages that our customers use, run in linear time, and
where they are in doubt they keep the text, because a folded answer is read by nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .quoting_words import (
    DATE,
    DATE_START,
    DATED_NAME,
    EMAIL,
    FIRST_PERSON,
    FORWARDED,
    LABEL,
    LABEL_KINDS,
    LEAD,
    MOBILE,
    ORIGINAL,
    ORIGINAL_TITLE,
    TIME,
    WROTE,
    WROTE_END,
)

_MAX_SCANNED_LINES = 1_000  # an answer that starts further down is shown unfolded
_MAX_LINE = 400  # longer lines are prose, never a marker
_MAX_TITLE = 160
_COLONS = {":", "："}
_VERB = 48  # characters at the end of an attribution in which its verb stands
_RULE_CHARACTERS = " \t\u00a0-_=–—*|>"
_MAX_ATTRIBUTION_LINES = 5
_QUOTE = re.compile(r"^\s{0,3}(?:>|[A-Z]{1,2}>|\|(?:\s|$))")
_DELIMITER = re.compile(r"^\s*(?:[-_=~#*+–—]{2,}|ᐧ|[|\s]+|[—–])\s*$")
_RULE = re.compile(r"^\s*(?:[_=–—*-]{3,}|<hr>)\s*$")
_SIGNATURE = re.compile(r"^(?:-- ?|—|––|--\u00a0)$")
_UNDERSCORES = re.compile(r"^_{5,}\s*$")
_INLINE = re.compile(r"^(.{1,300}?)\s?-{2,}\s*((?:On|Le|Am|El|Em|Il|Op)\s.{5,300})$")
_ANDROID = re.compile(
    r"^\s*-{2,}\s?(.{1,200}?)\s?(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|写道|写到)\s?-{2,}\s*$"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORD = re.compile(r"\w+")
_MAX_SIGNATURE_LINES = 25


@dataclass(frozen=True, slots=True)
class _Marker:
    """Where earlier mail starts: lines ``start`` to ``end`` introduce it (an attribution, a header or a forward)."""

    kind: str
    start: int
    end: int
    before: str = ""  # text on the first line in front of an inline attribution


def split_reply(text: str) -> tuple[str, str]:
    """The new text of a mail, and what was folded away (earlier mail, signature), both without outer blank lines.

    Answers between quoted lines keep these lines. A forward keeps everything unless something was written above it.
    When everything would be folded, the whole text is new.
    """
    lines = text.replace("\r\n", "\n").replace("\u2028", "\n").split("\n")
    marker = _first_marker(lines)
    kept = _keep(lines, marker)
    new = _trim(lines, kept, cut_quotes=len(kept) == len(lines))
    if not any(lines[index].strip() for index in new):
        return text.strip("\n").rstrip(), ""
    marked = set(new)
    folded = [line for index, line in enumerate(lines) if index not in marked]
    shown = [lines[index] for index in new]
    if marker and marker.before and marker.start in marked:
        shown[new.index(marker.start)] = marker.before
    return _join(shown), _join(folded)


def _join(lines: list[str]) -> str:
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n").rstrip()


def _keep(lines: list[str], marker: _Marker | None) -> list[int]:
    """Indexes of the lines that are not earlier mail; signatures still among them."""
    everything = list(range(len(lines)))
    if marker is None:
        return everything
    signature = _signature_start(lines, 0, marker.start)
    if signature is not None and _says_something(lines[:signature]):
        return list(range(signature))
    above = list(range(marker.start))
    if marker.before:
        above.append(marker.start)
    has_above = any(lines[index].strip() for index in above)
    if marker.kind == "forward":
        return above if _says_enough([lines[index] for index in above]) else everything
    if marker.kind == "header":
        return above if has_above else everything
    return _around_quote(lines, marker, above, has_above)


def _around_quote(lines: list[str], marker: _Marker, above: list[int], has_above: bool) -> list[int]:
    """Lines to keep where an attribution stands: those above it, and answers below or between the quoted lines."""
    everything = list(range(len(lines)))
    unsigned = _without_signature(lines, everything)
    end = unsigned[-1] + 1 if unsigned and unsigned[-1] > marker.end else len(lines)
    below = range(marker.end + 1, end)
    start = next((index for index in below if lines[index].strip()), end)
    if start == end or not _QUOTE.match(lines[start]):
        return above if has_above else list(below)
    blocks = _blocks(lines, start, end)
    answers = [block for block in blocks if not block[0]]
    last_answer = max((number for number, block in enumerate(blocks) if not block[0]), default=-1)
    if not answers:
        return above
    if _is_signature_only(lines, answers[0]) and len(answers) == 1:
        return above
    quotes_between = sum(1 for quoted, _, _ in blocks[: last_answer + 1] if quoted)
    if quotes_between > 1 or last_answer < len(blocks) - 1:
        end = blocks[last_answer][2]
        return above + list(range(start, end))
    return above + list(range(answers[0][1], answers[-1][2]))


def _blocks(lines: list[str], start: int, length: int) -> list[tuple[bool, int, int]]:
    """Runs of quoted and of own lines from ``start`` as (quoted, first, end). Blank lines belong to the run before.

    One own line right between quoted lines is a quoted one that a mail program wrapped.
    """
    blocks: list[tuple[bool, int, int]] = []
    index = start
    while index < length:
        line = lines[index]
        quoted = bool(_QUOTE.match(line))
        if not line.strip() and blocks:
            quoted = blocks[-1][0]
        elif not quoted and blocks and blocks[-1][0] and 0 < index < length - 1:
            wrapped = (
                _QUOTE.match(lines[index - 1]) and lines[index - 1].strip(" >|") and _QUOTE.match(lines[index + 1])
            )
            quoted = bool(wrapped and len(lines[index - 1]) > 30)
        if blocks and blocks[-1][0] == quoted:
            blocks[-1] = (quoted, blocks[-1][1], index + 1)
        else:
            blocks.append((quoted, index, index + 1))
        index += 1
    return blocks


def _is_signature_only(lines: list[str], block: tuple[bool, int, int]) -> bool:
    written = [line for line in lines[block[1] : block[2]] if line.strip()]
    return not written or bool(_SIGNATURE.match(written[0])) or all(MOBILE.match(line[:_MAX_LINE]) for line in written)


def _trim(lines: list[str], kept: list[int], *, cut_quotes: bool) -> list[int]:
    """``kept`` without trailing quotes, signature, delimiters, telephone lines and blank lines."""
    kept = _without_signature(lines, kept)
    kept = _without_tail(lines, kept)
    if not cut_quotes:  # what introduces the earlier mail was found: quotes above it are meant
        return kept
    had_quote = False
    end = len(kept)
    while end and (not lines[kept[end - 1]].strip() or _QUOTE.match(lines[kept[end - 1]])):
        had_quote = had_quote or bool(lines[kept[end - 1]].strip())
        end -= 1
    if had_quote and end:
        kept = _without_tail(lines, kept[:end])
        if kept and _is_attribution_line(lines[kept[-1]]):
            kept = kept[:-1]
    return _without_tail(lines, kept)


def _without_signature(lines: list[str], kept: list[int]) -> list[int]:
    for number, index in enumerate(kept):
        line = lines[index]
        if len(line) > 60 or not (_SIGNATURE.match(line) or _UNDERSCORES.match(line)):
            continue
        rest = [lines[later] for later in kept[number + 1 :] if lines[later].strip()]
        limit = 60 if line == "-- " else _MAX_SIGNATURE_LINES
        if _UNDERSCORES.match(line):
            limit = 6
        if not rest or len(rest) > limit or any(_QUOTE.match(later) for later in rest):
            continue
        if _says_something([lines[earlier] for earlier in kept[:number]]):
            return kept[:number]
    return kept


def _without_tail(lines: list[str], kept: list[int]) -> list[int]:
    end = len(kept)
    while end:
        line = lines[kept[end - 1]]
        if line.strip() and (len(line) > _MAX_LINE or not (_DELIMITER.match(line) or MOBILE.match(line))):
            break
        end -= 1
    if not any(lines[index].strip() for index in kept[:end]):
        return kept
    return kept[:end]


def _signature_start(lines: list[str], start: int, end: int) -> int | None:
    for index in range(start, end):
        if _SIGNATURE.match(lines[index]) and sum(1 for line in lines[index + 1 : end] if line.strip()) <= 60:
            return index
    return None


def _says_something(lines: list[str]) -> bool:
    return any(_WORD.search(line) for line in lines if not _QUOTE.match(line))


def _says_enough(lines: list[str]) -> bool:
    """Whether a note above a forward stands by itself: more than "FYI" or "请看"."""
    text = " ".join(line for line in lines if not MOBILE.match(line[:_MAX_LINE]))
    return len(_WORD.findall(text)) >= 4 or len(_CJK.findall(text)) >= 6


def _first_marker(lines: list[str]) -> _Marker | None:
    """The first place where earlier mail starts, outside of quoted lines."""
    for index, line in enumerate(lines[:_MAX_SCANNED_LINES]):
        if not line.strip() or len(line) > _MAX_LINE:
            continue
        if _QUOTE.match(line) and not line.lstrip().startswith("|"):
            continue
        marker = _marker_at(lines, index)
        if marker:
            return marker
    return None


def _marker_at(lines: list[str], index: int) -> _Marker | None:
    line = lines[index]
    stripped = line.strip()
    first = stripped[0]
    ruled = first in "-_=–—*|"
    titled = len(stripped) <= _MAX_TITLE and bool(stripped.strip(_RULE_CHARACTERS))
    if titled and (ruled or ":" in line or "：" in line) and FORWARDED.match(line):
        return _Marker("forward", index, index)
    if ruled and (marker := _ruled_marker(lines, index, titled=titled)):
        return marker
    if ruled and _RULE.match(line):
        return None
    if (":" in line or "：" in line or first == "|") and _header_block(lines, index):
        return _Marker("header", index, index)
    if len(stripped) < 60 and ORIGINAL_TITLE.match(line) and _is_above_a_header(lines, index):
        return _Marker("header", index, index)
    if first.isdigit() and DATED_NAME.match(stripped):
        return _Marker("attribution", index, index)
    return _attribution_at(lines, index)


def _ruled_marker(lines: list[str], index: int, *, titled: bool) -> _Marker | None:
    """A title between rules ("-----Original Message-----"), or a rule right above a header block."""
    line = lines[index]
    if titled and ORIGINAL.match(line):
        return _Marker("header", index, index)
    if titled and _ANDROID.match(line):
        return _Marker("attribution", index, index)
    if _RULE.match(line) and _is_above_a_header(lines, index, rule=False):
        return _Marker("header", index, index)
    return None


def _is_above_a_header(lines: list[str], index: int, *, rule: bool = True) -> bool:
    """Whether a header block (or a ``rule``) follows within three lines."""
    for later in range(index + 1, min(index + 4, len(lines))):
        if lines[later].strip():
            return bool(rule and _RULE.match(lines[later])) or _header_block(lines, later)
    return False


def _header_block(lines: list[str], start: int) -> bool:
    """Whether lines from ``start`` are the From/Sent/To/Subject block of an earlier mail.

    A customer's own "From: Shanghai / To: Hamburg" is none: it has no subject, time sent or address.
    """
    kinds: set[str] = set()
    values: list[str] = []
    foreign = 0
    for number, line in enumerate(lines[start : start + 14]):
        if len(line) > 2000:
            break
        label = LABEL.match(line)
        meant = (
            LABEL_KINDS.get(label[1].strip().lower().replace("\u3000", "").replace("\u00a0", " ")) if label else None
        )
        if label and meant:
            if number == 0 and not meant & {"from", "sent", "date", "to", "subject"}:
                return False
            kinds |= meant if not kinds & meant or len(meant) == 1 else meant - kinds
            values.append(label[2])
            foreign = 0
            continue
        if number == 0:
            return False
        if line.strip(" |-"):
            foreign += 1
        if foreign > 2 or (not line.strip(" |") and len(kinds) > 1):
            break
    if "from" not in kinds and not ({"date", "sent"} & kinds and "to" in kinds):
        return False
    addressed = any("@" in value for value in values)
    when = bool({"sent", "date"} & kinds)
    if "subject" in kinds and "from" in kinds and (when or addressed or "to" in kinds):
        return True
    return addressed and len(kinds) >= 2 and (when or "subject" in kinds)


def _attribution_at(lines: list[str], index: int) -> _Marker | None:
    """An attribution ("On …, … wrote:") that starts on this line, over as many lines as it was wrapped to."""
    line = lines[index]
    starts = bool(LEAD.match(line) or DATE_START.match(line))
    if not starts and not ("@" in line or "<" in line or "---" in line or line.rstrip("*_ ")[-1:] in _COLONS):
        return None
    if "---" in line and (inline := _inline(line, index)):
        return inline
    if _introduces_quote(lines, index):
        return _Marker("attribution", index, index)
    joined = ""
    blanks = 0
    for end in range(index, min(index + _MAX_ATTRIBUTION_LINES + 2, len(lines))):
        part = lines[end].strip()
        if not part:
            following = lines[end + 1].strip() if end + 1 < len(lines) else ""
            blanks += 1
            if blanks > 1 or not following.startswith("<"):
                break
            continue
        if (
            end > index
            and _QUOTE.match(lines[end])
            and not re.match(r"^>\s?(?:wrote|:|schrieb|写道|寫道|написал)", part)
        ):
            break
        joined = f"{joined} {part}" if joined else part
        if len(joined) > _MAX_LINE or (not starts and end > index + 2):
            break
        if (starts or _starts_with_a_name(joined)) and _is_attribution(joined, starts=starts):
            return _Marker("attribution", index, end)
    return None


def _introduces_quote(lines: list[str], index: int) -> bool:
    """Whether a line with a verb of writing, an address or a date stands right above a quote: "Li Wei wrote:"."""
    line = lines[index].rstrip("*_- \u00a0")
    if len(line) > _MAX_TITLE or not line.endswith((":", "：")):
        return False
    following = next(
        (lines[later] for later in range(index + 1, min(index + 3, len(lines))) if lines[later].strip()), ""
    )
    if not _QUOTE.match(following):
        return False
    return bool(WROTE_END.search(line[-_VERB:]) or (WROTE.search(line) and DATE.search(line)) or EMAIL.search(line))


def _starts_with_a_name(text: str) -> bool:
    """Whether an address comes soon enough for what stands before it to be a name."""
    email = EMAIL.search(text[:160])
    before = (text[: email.start()] if email else text[:60]).lstrip("- ")
    return len(before) < 80 and "---" not in before and not re.search(r"[.!?。！？]\s", before)


def _inline(line: str, index: int) -> _Marker | None:
    if (found := _INLINE.match(line)) and _is_attribution(found[2], starts=True):
        return _Marker("attribution", index, index, before=found[1].rstrip() if _WORD.search(found[1]) else "")
    return None


def _is_attribution_line(line: str) -> bool:
    starts = bool(LEAD.match(line) or DATE_START.match(line))
    return len(line) <= _MAX_LINE and (_is_attribution(line.strip(), starts=starts))


def _is_attribution(text: str, *, starts: bool) -> bool:
    """Whether the joined text is an attribution: a verb of writing or a colon at its end, with a date or an address."""
    text = text.rstrip("*_- \u00a0")
    colon = text.endswith((":", "："))
    if not colon and not WROTE_END.search(text[-_VERB:]):
        return False
    email = EMAIL.search(text)
    date = DATE.search(text)
    verb = WROTE.search(text)
    starts = starts and date is not None and date.start() < 60
    if email and verb:
        return colon or bool(date) or text.endswith(verb[0])
    if email and date and starts:
        return colon and bool(TIME.search(text))
    if verb and date is not None and starts:
        told = FIRST_PERSON.search(text[date.end() :])
        return not told and bool(TIME.search(text) or (colon and _YEAR.search(text)))
    if email and date and colon and TIME.search(text):
        return (text.index(email[0]) < 80 and text.rstrip(":： ").endswith((">", ")", "]"))) or bool(verb)
    return False
