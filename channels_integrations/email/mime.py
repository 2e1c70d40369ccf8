"""The tree of a mail's parts (RFC 2045, 2046, 3676), read so that nothing is lost and every input ends in bounded time.

The standard library's parser recurses once a nested part and walks line by line; a mail with ten thousand nested
parts ends it with RecursionError. This one cuts at boundaries with ``bytes.find``, stops at a depth and a number of
parts, and hands whatever it did not open over as an attachment.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .charsets import decode
from .headers import Headers, decode_words, lenient_base64, one_line, parameters, split_entity

MAX_DEPTH = 24
MAX_PARTS = 300

_TYPE = re.compile(r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,99}/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}$")
_TYPE_INSIDE = re.compile(r"(text|image|application|multipart|audio|video|message)/[a-z0-9.+_-]{1,100}")
_LOOKS_LIKE_BOUNDARY = re.compile(rb"(?:^|\n)--([^\s][^\r\n]{0,200}?)[ \t]*\r?\n[A-Za-z-]{1,40}:", re.MULTILINE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_UU_BEGIN = re.compile(rb"(?:^|\n)begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n")


@dataclass(slots=True)
class Part:
    """One entity: its fields, its undecoded body, and its children when it is a multipart that was opened."""

    headers: Headers
    body: bytes
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""
    children: list[Part] = field(default_factory=list)

    @property
    def charset(self) -> str:
        return self.parameters.get("charset", "")

    @property
    def content_id(self) -> str:
        return self.headers.plain("content-id").strip("<> ")[:250]

    def content(self) -> bytes:
        """The body with its transfer encoding undone."""
        return undo_transfer_encoding(self.body, self.headers.plain("content-transfer-encoding"))

    def text(self) -> str:
        """The body as text, format=flowed lines joined."""
        text = decode(self.content(), self.charset, fallback=self.headers.charset)
        if self.parameters.get("format", "").lower() == "flowed":
            return unflow(text, delete_space=self.parameters.get("delsp", "").lower() == "yes")
        return text

    def walk(self) -> Iterator[Part]:
        yield self
        for child in self.children:
            yield from child.walk()


def parse_tree(raw: bytes) -> Part:
    """The tree of parts of a mail."""
    return _parse(raw, 0, [MAX_PARTS], "text/plain")


def _parse(raw: bytes, depth: int, budget: list[int], default_type: str) -> Part:
    headers, body = split_entity(raw)
    part = describe(headers, body, default_type)
    if not part.content_type.startswith("multipart/"):
        return part
    boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")
    if depth >= MAX_DEPTH or budget[0] <= 0:
        part.content_type, part.filename, part.disposition = "message/rfc822", "parts.eml", "attachment"
        part.body = raw
        return part
    pieces = _pieces(body, boundary, budget[0]) if boundary else []
    if not pieces and (found := _LOOKS_LIKE_BOUNDARY.search(body[:100_000])):
        pieces = _pieces(body, found[1].removesuffix(b"--"), budget[0])
    if not pieces:  # a multipart in name only
        part.content_type = (
            "text/html" if re.match(rb"\s*<(!doctype|html)", body[:200], re.IGNORECASE) else "text/plain"
        )
        return part
    budget[0] -= len(pieces)
    child_type = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for piece in pieces:
        child = _parse(piece, depth + 1, budget, child_type)
        child.headers.charset = child.headers.charset or headers.charset
        part.children.append(child)
    return part


def describe(headers: Headers, body: bytes, default_type: str = "text/plain") -> Part:
    """A part without children, from its fields."""
    content_type, params = parameters(headers.plain("content-type"))
    if "charset" in params:
        headers.charset = params["charset"]
    if not _TYPE.match(content_type):
        content_type = content_type.split(" ")[0]
        if found := _TYPE_INSIDE.search(content_type):
            content_type = found[0]
        else:
            known = {
                "text": "text/plain",
                "plain": "text/plain",
                "html": "text/html",
                "multipart": "multipart/mixed",
                "": default_type,
            }
            content_type = known.get(content_type, "text/plain" if _is_textual(body) else "application/octet-stream")
    if content_type == "application/plain":
        content_type = "text/plain"
    disposition, disposition_params = parameters(headers.plain("content-disposition"))
    name = disposition_params.get("filename") or params.get("name") or disposition_params.get("name") or ""
    return Part(
        headers=headers,
        body=body,
        content_type=content_type,
        parameters=params,
        disposition=disposition,
        filename=one_line(decode_words(name, headers.charset)),
    )


def _pieces(body: bytes, boundary: bytes, limit: int) -> list[bytes]:
    """The parts between boundary lines; the last one reaches to the end where the final boundary is missing."""
    mark = b"--" + boundary
    pieces: list[bytes] = []
    start = -1
    position = 0
    while (found := body.find(mark, position)) >= 0:
        position = found + len(mark)
        if found and body[found - 1 : found] != b"\n":
            continue
        stop = body.find(b"\n", position)
        stop = len(body) if stop < 0 else stop
        tail = body[position : min(stop, position + 80)].strip()
        if tail not in {b"", b"--"}:
            continue
        if start >= 0:
            pieces.append(_without_last_line_end(body[start:found]))
        start = stop + 1
        position = stop
        # Some programs go on after a final boundary; what follows counts only when another one does.
        if tail == b"--" and body.find(b"\n" + mark, stop) < 0:
            return pieces
        if len(pieces) >= limit - 1:
            break
    if 0 <= start < len(body):
        pieces.append(body[start:])
    return pieces


def _without_last_line_end(piece: bytes) -> bytes:
    return piece[:-2] if piece.endswith(b"\r\n") else piece.removesuffix(b"\n")


def _is_textual(body: bytes) -> bool:
    sample = body[:2048]
    return b"\x00" not in sample and sum(byte < 9 or 13 < byte < 27 for byte in sample) <= len(sample) // 50


def undo_transfer_encoding(body: bytes, encoding: str) -> bytes:
    """Bytes behind a Content-Transfer-Encoding; damaged ones as far as they can be read, unknown ones as they are."""
    encoding = encoding.lower().strip("\"'; ").split(";")[0].split(" ")[0].strip()
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    if encoding in {"base64", "b"}:
        foreign = len(_NOT_BASE64.findall(body[:4096]))
        if foreign > len(body[:4096]) // 20 + 2:  # text that only says it is base64
            return body
        return lenient_base64(body)
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        found = _UU_BEGIN.search(body)
        return undo_uuencode(body[found.end() :])[0] if found else body
    return body


def undo_uuencode(data: bytes) -> tuple[bytes, int]:
    """Bytes of uuencoded lines up to their ``end``, and how many bytes of ``data`` that took."""
    out: list[bytes] = []
    position = 0
    while position < len(data):
        stop = data.find(b"\n", position)
        stop = len(data) if stop < 0 else stop + 1
        line = data[position:stop].rstrip(b"\r\n")
        position = stop
        if line == b"end":
            break
        if not line.strip(b" `"):
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                position -= len(line)
                break
    return b"".join(out), position


def cut_uuencoded(body: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """A plain text's bytes without the files uuencoded in it, and those files as (name, content)."""
    files: list[tuple[str, bytes]] = []
    kept: list[bytes] = []
    position = 0
    for found in _UU_BEGIN.finditer(body):
        if found.start() < position or len(files) >= 50:
            continue
        content, length = undo_uuencode(body[found.end() : found.end() + 20_000_000])
        if not content:
            continue
        kept.append(body[position : found.start()])
        files.append((decode(found[1]), content))
        position = found.end() + length
    kept.append(body[position:])
    return b"\n".join(kept), files


def unflow(text: str, *, delete_space: bool) -> str:
    """Lines of format=flowed (RFC 3676) joined to paragraphs, quote marks kept, space-stuffing undone."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        stripped = line.lstrip(">")
        depth = len(line) - len(stripped)
        stripped = stripped.removeprefix(" ")
        signature = stripped in {"-- ", "--"}
        flows = stripped.endswith(" ") and not signature
        content = stripped[:-1] if flows and delete_space else stripped
        if open_depth == depth and not signature:
            out.append(content)
        else:
            if out:
                out.append("\n")
            out.append(f"{'>' * depth} {content}" if depth else content)
        open_depth = depth if flows else -1
    return "".join(out)
