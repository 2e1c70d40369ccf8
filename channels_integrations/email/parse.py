"""A raw mail to the values that the intake takes: pure, and never losing a mail that has a header.

RFC 5322 (header), 2045 to 2047 and 2231 (MIME), 3676 (flowed text), 3834 (automatic mail), 3464 (bounces).
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from common.errors import MalformedPayload
from tickets.policies.inbound import AutomaticKind, InboundAttachment, InboundMessage, InboundReceipt

from .attachments import content_type_for, safe_name
from .automatic import KEPT_HEADERS, OWN_HEADER, automatic_kind, envelope_recipients, sender_of
from .bounce import (
    is_delivery_report,
    is_read_receipt,
    receipt_from_disposition,
    receipt_from_report,
    receipt_from_text,
)
from .charsets import clean, decode
from .headers import Headers, content_language, message_id, message_ids, sent_at, split_entity
from .html import html_to_text, sanitise
from .mime import Part, cut_uuencoded, parse_tree
from .quoting import split_reply
from .subject import clean_subject

__all__ = ["clean_subject", "parse_mail"]

MAX_TEXT = 1_000_000  # characters of text; what is longer is attached as a file as well
MAX_SUBJECT = 998  # RFC 5322's longest line
_FIRST_FIELD = re.compile(rb"\s*(?:>?From [^\n]{1,500}\r?\n)?[A-Za-z][A-Za-z0-9-]{0,80}[ \t]*:")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_SAYS_HTML = re.compile(r"html", re.IGNORECASE)
_TEXTUAL = {
    "text/plain",
    "text/html",
    "text/enriched",
    "text/richtext",
    "text/x-amp-html",
    "text/markdown",
    "text/watch-html",
}
_DISPLAY_NAME_LIMIT = 200


@dataclass(slots=True)
class _Body:
    """Plain text and HTML of one part or several, either may be ""."""

    plain: str = ""
    html: str = ""

    def readable(self) -> str:
        """The plain text, made from the HTML where none came (only then: it takes as long as all the rest)."""
        return self.plain if self.plain.strip() or not self.html else html_to_text(self.html)


@dataclass(slots=True)
class _Collected:
    """What the walk over the parts found beside the bodies."""

    files: list[tuple[Part | None, str, str, bytes]] = field(default_factory=list)


def parse_mail(raw: bytes, *, own_addresses: frozenset[str], received_at: datetime) -> InboundMessage | InboundReceipt:
    """A mail as a message, or as a receipt when it is a report on a mail of ours.

    ``own_addresses`` are our mailboxes in lower case; ``received_at`` (aware) stands in for a missing or absurd date.
    A report that something is only delayed is a message marked as BOUNCE, as is one that names no message.
    Raises MalformedPayload for what is no mail at all: nothing, or bytes without a header.
    """
    raw = raw.lstrip(b"\xef\xbb\xbf\r\n \t")
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    if not _FIRST_FIELD.match(raw[:2000]):
        raise MalformedPayload("This is no e-mail: it has no header.")
    root = parse_tree(raw)
    headers = root.headers
    if not headers.fields:
        raise MalformedPayload("This is no e-mail: it has no header.")
    sender_name, sender = sender_of(headers)
    subject = headers.text("subject")[:MAX_SUBJECT]
    own = OWN_HEADER in headers or (bool(sender) and sender in own_addresses)
    if not own and (receipt := _standard_receipt(root, received_at)):
        return receipt

    collected = _Collected()
    body = _body(root, collected)
    if not body.plain.strip() and not body.html.strip():
        body = _named_body(collected)
    text = clean(body.readable())
    if not own and (found := receipt_from_text(root, text, sender=sender, subject=subject, at=received_at)):
        return found
    kind = automatic_kind(headers, sender=sender, subject=subject, own_addresses=own_addresses)
    if kind is not AutomaticKind.OWN and is_delivery_report(root):
        kind = AutomaticKind.BOUNCE
    elif kind is AutomaticKind.NONE and is_read_receipt(root):
        kind = AutomaticKind.AUTO_REPLY
    if len(text) > MAX_TEXT:
        collected.files.append((None, "message.txt", "text/plain", text.encode("utf-8", "replace")))
        text = text[:MAX_TEXT]
    new, quoted = split_reply(text)
    html = sanitise(body.html) if body.html.strip() else ""
    external_id = message_id(headers.plain("message-id")) or f"sha256-{sha256(raw).hexdigest()}"
    return InboundMessage(
        external_id=external_id,
        sender_id=sender[:320],
        sender_name=sender_name[:_DISPLAY_NAME_LIMIT],
        text=new,
        sent_at=sent_at(headers, received_at),
        subject=subject,
        quoted_text=quoted,
        html=html,
        recipients=envelope_recipients(headers),
        thread_keys=_thread_keys(headers, external_id),
        attachments=_attachments(collected, html),
        language_hint=content_language(headers),
        automatic=kind,
        headers=_kept_headers(headers),
    )


def _standard_receipt(root: Part, at: datetime) -> InboundReceipt | None:
    if is_read_receipt(root):
        return receipt_from_disposition(root, at=at)
    if is_delivery_report(root):
        return receipt_from_report(root, at=at)
    return None


def _thread_keys(headers: Headers, own_id: str) -> tuple[str, ...]:
    """Ids of the mails this one answers, nearest first."""
    nearest = message_ids(headers.plain("in-reply-to"))
    earlier = [identifier for raw in headers.raw_all("references") for identifier in message_ids(decode(raw))]
    found = dict.fromkeys([*nearest, *reversed(earlier)])
    found.pop(own_id, None)
    return tuple(found)[:100]


def _kept_headers(headers: Headers) -> dict[str, str]:
    return {name: headers.text(name.lower())[:2000] for name in KEPT_HEADERS if name.lower() in headers}


def _body(part: Part, collected: _Collected) -> _Body:
    """The text and HTML of a part and all below it; files go to ``collected``."""
    if part.children:
        if part.content_type == "multipart/alternative":
            return _alternative([_body(child, collected) for child in part.children])
        if part.content_type == "multipart/related":
            return _related(part, collected)
        return _sequence([_body(child, collected) for child in part.children])
    if _is_file(part):
        collected.files.append((part, part.filename, part.content_type, part.content()))
        return _Body()
    if part.content_type in {"text/html", "text/x-amp-html", "text/watch-html"}:
        return _Body(html=_html_of(part))
    if part.content_type in {"text/enriched", "text/richtext"}:
        return _Body(plain=html_to_text(part.text().replace("\n", "<br>")))
    return _Body(plain=_plain_of(part, collected))


def _named_body(collected: _Collected) -> _Body:
    """The first text that only a name made a file, where the mail has no other text; it stays attached as well."""
    for part, _, content_type, _ in collected.files:
        if part is not None and content_type in _TEXTUAL and part.disposition != "attachment":
            return _Body(html=_html_of(part)) if content_type == "text/html" else _Body(plain=part.text())
    return _Body()


def _is_file(part: Part) -> bool:
    if part.content_type not in _TEXTUAL:
        return True
    if part.disposition == "attachment":
        return True
    if part.filename and part.content_type != "text/html" and part.disposition != "inline":
        return True
    if part.filename and part.filename.lower().endswith((".htm", ".html", ".txt", ".csv", ".log", ".ics")):
        return True
    return b"\x00" in part.content()[:512] and not part.charset.lower().startswith("utf-16")


def _html_of(part: Part) -> str:
    content = part.content()
    label = part.charset
    if not label and (found := _META_CHARSET.search(content[:4096])):
        label = found[1].decode("ascii")
    return decode(content, label, fallback=part.headers.charset)


def _plain_of(part: Part, collected: _Collected) -> str:
    if b"\nbegin " in part.body or part.body.startswith(b"begin "):
        kept, files = cut_uuencoded(part.body)
        if files:
            collected.files.extend((None, name, "application/octet-stream", content) for name, content in files)
            part.body = kept
    text = part.text()
    if re.match(r"\s*<(?:!doctype html|html)[\s>]", text[:200], re.IGNORECASE):
        return html_to_text(text)  # HTML that calls itself plain text
    return text


def _alternative(bodies: list[_Body]) -> _Body:
    """The same content in several forms: the plain one for reading, the richest for display."""
    richest = next((body for body in reversed(bodies) if body.html.strip()), _Body())
    plain = next((body.plain for body in bodies if body.plain.strip()), "")
    if len(plain) < 300 and richest.html and _SAYS_HTML.search(plain):
        rich = richest.readable() if not richest.plain.strip() else ""
        if len(rich) > len(plain):  # "your program cannot show HTML"
            plain = rich
    return _Body(plain=plain, html=richest.html)


def _related(part: Part, collected: _Collected) -> _Body:
    """The root of a multipart/related with what belongs to it; several texts in it are read one after the other."""
    bodies = [_body(child, collected) for child in part.children]
    rich = [body for body in bodies if body.html.strip()]
    return _sequence(rich) if rich else _sequence(bodies)


def _sequence(bodies: list[_Body]) -> _Body:
    written = [body for body in bodies if body.plain.strip() or body.html.strip()]
    if len(written) <= 1:
        return written[0] if written else _Body()
    if not any(body.html for body in written):
        return _Body(plain="\n\n".join(body.plain.strip("\n") for body in written))
    html = "\n".join(body.html or _as_html(body.plain) for body in written)
    return _Body(plain="\n\n".join(body.readable().strip("\n") for body in written), html=html)


def _as_html(text: str) -> str:
    return f"<p>{entities.escape(text).replace(chr(10), '<br>')}</p>"


def _attachments(collected: _Collected, html: str) -> tuple[InboundAttachment, ...]:
    out = []
    for number, (part, given, declared, content) in enumerate(collected.files, start=1):
        is_mail = declared in {"message/rfc822", "message/global"}
        safe = safe_name(given or (_name_of_mail(content) if is_mail else ""), declared, number)
        content_id = part.content_id if part else ""
        content_type = content_type_for(safe, declared, content)
        shown = bool(content_id) and f"cid:{content_id}".lower() in html.lower()
        inline = shown or (
            part is not None
            and part.disposition == "inline"
            and content_type.startswith("image/")
            and not part.filename
        )
        out.append(
            InboundAttachment(safe, content_type, content, content_id=content_id, inline=inline, size=len(content))
        )
    return tuple(out)


def _name_of_mail(content: bytes) -> str:
    fields, _ = split_entity(content)
    subject = clean_subject(fields.text("subject")).replace("/", "-").replace("\\", "-")
    return f"{subject[:80]}.eml" if subject else ""
