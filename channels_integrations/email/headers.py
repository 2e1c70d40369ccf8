"""Header fields of mail as they really come: RFC 5322, RFC 2047 and RFC 2231 with all their usual damage.

Everything works in linear time and never raises.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from .charsets import clean, codec_for, decode

MAX_VALUE = 65_536  # bytes of one field that are looked at
MAX_FIELDS = 5_000
MAX_ADDRESSES = 1_000
MAX_ID = 240

_FIELD = re.compile(rb"([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100})[ \t]*:[ \t]*(.*)", re.DOTALL)
_ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9_.:*+\-]{1,60})\?([bBqQ])\?(.*?)(?:\?=|$)", re.DOTALL)
_FOLD = re.compile(rb"\r?\n[ \t]*|\r")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\@]{1,128}@[^\s<>()\[\],;:\"\\@]{1,255}")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_ID = re.compile(r"<([^<>]{1,2000})>")
_BARE_ID = re.compile(r"[^\s<>,;\"]{1,500}@[^\s<>,;\"]{1,500}")
_CONTINUED = re.compile(r"^([^*]{1,60})\*(?:(\d{1,4})(\*)?)?$")
_LANGUAGE = re.compile(r"^\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\s*(?:$|[,;(])")
_SPACE = re.compile(r"\s+")
_BLANK = {b" ", b"\t"}


@dataclass(slots=True)
class Headers:
    """The fields of one entity in their order: lower-cased name and raw, unfolded bytes."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    charset: str = ""

    def raw(self, name: str) -> bytes | None:
        return next((value for key, value in self.fields if key == name), None)

    def raw_all(self, name: str) -> list[bytes]:
        return [value for key, value in self.fields if key == name]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)

    def text(self, name: str) -> str:
        """The first field of that name as one clean line, "" when there is none."""
        value = self.raw(name)
        return "" if value is None else one_line(decode_words(value, self.charset))

    def plain(self, name: str) -> str:
        """The first field of that name without decoding of encoded words, for structured fields."""
        value = self.raw(name)
        return "" if value is None else one_line(decode(value, fallback=self.charset))


def split_entity(raw: bytes) -> tuple[Headers, bytes]:
    """Header fields and body of an entity. A line in the header that is no field is skipped or starts the body."""
    headers = Headers()
    name, parts = "", [b""]
    position, end = 0, len(raw)

    def finish() -> None:
        if name and len(headers.fields) < MAX_FIELDS:
            headers.fields.append((name, _FOLD.sub(b" ", b" ".join(parts))[:MAX_VALUE].strip()))

    size = 0
    while position < end:
        stop = raw.find(b"\n", position)
        stop = end if stop < 0 else stop + 1
        line = raw[position:stop].rstrip(b"\r\n")
        if not line.strip(b" \t\r"):
            if line and name and (raw[stop : stop + 1] in _BLANK or _FIELD.match(raw[stop : stop + 200])):
                position = stop  # a "blank" line of spaces inside the header
                continue
            position = stop
            break
        if line[:1] in _BLANK and name:
            if size < MAX_VALUE:
                parts.append(line.strip())
                size += len(line)
        elif found := _FIELD.match(line[:MAX_VALUE]):
            finish()
            name, parts, size = found[1].decode("ascii").lower(), [found[2].strip()], len(line)
        elif position == 0 and line.startswith((b"From ", b">From ")):
            pass  # mbox separator
        elif not (raw[stop : stop + 1] in _BLANK or _FIELD.match(raw[stop : stop + 200])):
            break  # no blank line before the body
        elif name:
            parts.append(line.strip())  # a continuation whose indent was lost
        position = stop
    finish()
    return headers, raw[position:]


def one_line(text: str) -> str:
    return _SPACE.sub(" ", clean(text)).strip()


def decode_words(value: bytes | str, charset: str = "") -> str:
    """Text of an unstructured field: encoded words (RFC 2047) and raw 8-bit bytes.

    Neighbouring words of one charset are joined before decoding, because senders cut between the bytes of a character.
    """
    text = value if isinstance(value, str) else decode(value, fallback=charset)
    if "=?" not in text:
        return text
    out: list[str] = []
    pending: list[bytes] = []
    pending_label = ""
    position = 0
    for word in _ENCODED_WORD.finditer(text):
        between = text[position : word.start()]
        label = word[1]
        if pending and (between.strip() or codec_for(label) != codec_for(pending_label)):
            out.append(decode(b"".join(pending), pending_label))
            pending = []
            if between.strip():
                out.append(between)
        elif not pending and (between.strip() or not out):
            out.append(between)
        pending.append(_word_bytes(word[2], word[3]))
        pending_label = label
        position = word.end()
    if pending:
        out.append(decode(b"".join(pending), pending_label))
    out.append(text[position:])
    return "".join(out)


def _word_bytes(encoding: str, payload: str) -> bytes:
    data = payload.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return lenient_base64(data)
    return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)


def lenient_base64(data: bytes) -> bytes:
    """Bytes of base64 with foreign characters, lost padding or a broken end."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        pass
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def split_outside_quotes(text: str, separators: str) -> list[str]:
    """``text`` cut at the separators that lie outside double quotes, angle brackets and comments."""
    out: list[str] = []
    start, quoted, depth, angle = 0, False, 0, False
    skip = False
    for index, character in enumerate(text):
        if skip:
            skip = False
        elif character == "\\":
            skip = True
        elif character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif character == "<":
            angle = True
        elif character == ">":
            angle = False
        elif character in separators and not depth and not angle:
            out.append(text[start:index])
            start = index + 1
    out.append(text[start:])
    if quoted and len(out) == 1 and text.count('"') % 2:  # an unbalanced quote must not hide all addresses
        return re.split(f"[{re.escape(separators)}]", text.replace('"', ""))
    return out


def addresses(headers: Headers, name: str) -> list[tuple[str, str]]:
    """Display name and lower-cased address of every mailbox in all fields of that name; names alone are left out."""
    out: list[tuple[str, str]] = []
    for raw in headers.raw_all(name):
        for item in split_outside_quotes(one_line(decode(raw, fallback=headers.charset)), ",;"):
            found = mailbox(item, headers.charset)
            if found[1]:
                out.append(found)
            if len(out) >= MAX_ADDRESSES:
                return out
    return out


def mailbox(item: str, charset: str = "") -> tuple[str, str]:
    """Display name and address of one mailbox; either may be "". A group's name ("team: a@b") is dropped."""
    item = item.strip()
    opened = item.rfind("<")
    inner = _COMMENT.sub("", item[opened + 1 :].split(">")[0]) if opened >= 0 else ""
    name = item[:opened] if opened >= 0 else ""
    address = _ADDRESS.search(inner.replace(" ", "")) if inner else None
    if address is None:
        candidates = list(_ADDRESS.finditer(item))
        if not candidates:
            return _display_name(name or item, charset), ""
        address = candidates[-1]
        comment = re.search(r"\(([^()]{1,200})\)", item)
        name = comment[1] if comment else item[: address.start()]
        if name.rstrip().endswith(":"):  # the name of a group
            name = ""
    result = clean(address[0]).strip(".'").lower()
    return _display_name(name, charset), result


def _display_name(name: str, charset: str) -> str:
    name = decode_words(name.strip().strip('"').replace('\\"', '"').replace("\\\\", "\\"), charset)
    return one_line(name.strip().strip("\"'<(:,").strip())[:200]


def message_id(text: str) -> str:
    """A message's id without brackets and blanks; ids too long for a key are cut and hashed, always the same way."""
    found = _ID.search(text)
    value = re.sub(r"\s+", "", found[1] if found else text.strip().strip("<>"))
    return shorten_id(clean(value))


def shorten_id(value: str) -> str:
    if len(value) <= MAX_ID:
        return value
    return f"{value[:160]}#{sha256(value.encode('utf-8', 'replace')).hexdigest()[:40]}"


def message_ids(text: str) -> list[str]:
    """All message ids in a References or In-Reply-To field, in order, also when their brackets were lost."""
    found = _ID.findall(text) or _BARE_ID.findall(text)
    return [shorten_id(clean(re.sub(r"\s+", "", item))) for item in found if item.strip()]


def parameters(text: str) -> tuple[str, dict[str, str]]:
    """The value of a structured field in lower case, and its parameters, RFC 2231 continuations put together."""
    first, *rest = split_outside_quotes(text[:MAX_VALUE], ";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for item in rest[:200]:
        key, equals, value = item.partition("=")
        key = key.strip().lower()
        if not equals or not key:
            continue
        value = value.strip()
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1 : value.rfind('"')] if value.rfind('"') > 0 else value[1:])
        if found := _CONTINUED.match(key):
            number = int(found[2]) if found[2] else 0
            pieces.setdefault(found[1], {})[number] = (value, found[2] is None or bool(found[3]))
        else:
            plain.setdefault(key, value)
    for key, numbered in pieces.items():
        plain[key] = _joined(numbered)
    return first.strip().strip('"').lower(), plain


def _joined(numbered: dict[int, tuple[str, bool]]) -> str:
    charset = ""
    data = b""
    for position, number in enumerate(sorted(numbered)):
        value, extended = numbered[number]
        if extended:
            if position == 0 and value.count("'") >= 2:
                charset, _, value = value.split("'", 2)
            data += unquote_to_bytes(value)
        else:
            data += value.encode("utf-8", "replace")
    return decode(data, charset)


def sent_at(headers: Headers, received_at: datetime) -> datetime:
    """When the mail says it was sent; ``received_at`` when it says nothing, nonsense, or a day in the future."""
    text = headers.plain("date")[:100]
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return received_at
    if moment.year < 1990 or moment > received_at + timedelta(days=1):
        return received_at
    return moment


def content_language(headers: Headers) -> str:
    """The first language of Content-Language (RFC 3282), "" when there is none."""
    found = _LANGUAGE.match(headers.plain("content-language"))
    return found[1] if found else ""
