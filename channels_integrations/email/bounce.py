"""Delivery reports: RFC 3464 (bounces), RFC 8098 (read receipts), and the bounces that follow no standard.

A report is believed only when it also says which message it is about; the intake matches that id against what we sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tickets.policies.inbound import InboundReceipt, ReceiptStatus

from .automatic import FAILURE_SUBJECT, empty_envelope_sender, is_daemon
from .charsets import decode
from .headers import Headers, message_id, one_line, split_entity
from .mime import Part

_ORIGINAL_TYPES = {
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
}
_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
_DISPOSITION_TYPES = {"message/disposition-notification", "message/global-disposition-notification"}
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\@]{1,100}@[^\s<>()\[\],;:\"\\@]{1,200}")
_MESSAGE_ID_LINE = re.compile(r"^[>\s]{0,6}message-id:\s*(<[^<>\s]{3,500}>)", re.IGNORECASE | re.MULTILINE)
_CODE = re.compile(r"(?<![\d.])([245])\.\d{1,3}\.\d{1,3}(?![\d.])|(?<![\d.])([45])[0-7]\d[ -](?=\D)")
_DELAYED = re.compile(
    r"(?:has not yet been|not yet been) delivered|will continue to (?:try|be attempted)|"
    r"will (?:keep trying|be retried|retry)|"
    r"delivery (?:is|has been|was) delayed|do not need to resend|(?:still being|will be) retried|"
    r"warning: (?:could not send|message)|"
    r"verzögert|no further action is required|延迟投递|投递延迟|继续尝试",
    re.IGNORECASE,
)
_MAX_TEXT = 60_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says about one recipient. ``action`` is RFC 3464's word, ``status`` its three numbers or ""."""

    action: str
    status: str = ""
    recipient: str = ""
    detail: str = ""


def is_delivery_report(root: Part) -> bool:
    """Whether the mail is built as a delivery report, whoever sent it."""
    kind = root.parameters.get("report-type", "").lower()
    if root.content_type == "multipart/report" and kind in {"delivery-status", ""}:
        return any(part.content_type in _STATUS_TYPES for part in root.children) or kind == "delivery-status"
    return any(part.content_type in _STATUS_TYPES for part in root.children)


def receipt_from_report(root: Part, *, at: datetime) -> InboundReceipt | None:
    """The receipt a standard delivery report or read receipt amounts to.

    None for a delay, a report of nothing final, or one that does not name the message it is about.
    """
    original = original_message_id(root)
    if not original:
        return None
    reports = list(_reports(root))
    failed = next((report for report in reports if report.action == "failed"), None)
    if failed:
        return InboundReceipt(
            external_id=original,
            status=ReceiptStatus.FAILED,
            at=at,
            detail=f"{failed.status} {failed.detail}".strip()[:1000],
            recipient=failed.recipient or _failed_recipient_field(root.headers),
            permanent=not failed.status.startswith("4"),
        )
    final = next((report for report in reports if report.action in {"delivered", "relayed", "expanded"}), None)
    if final:
        status = ReceiptStatus.DELIVERED if final.action == "delivered" else ReceiptStatus.SENT
        return InboundReceipt(external_id=original, status=status, at=at, recipient=final.recipient, permanent=False)
    return None


def is_read_receipt(root: Part) -> bool:
    kind = root.parameters.get("report-type", "").lower()
    return root.content_type == "multipart/report" and kind == "disposition-notification"


def receipt_from_disposition(root: Part, *, at: datetime) -> InboundReceipt | None:
    """READ when a read receipt (RFC 8098) says that a named message was displayed, else None."""
    for part in root.children:
        if part.content_type not in _DISPOSITION_TYPES:
            continue
        fields, _ = split_entity(part.content())
        original = message_id(fields.plain("original-message-id"))
        disposition = fields.plain("disposition").lower().partition(";")[2]
        if original and "displayed" in disposition:
            recipient = _recipient(fields.plain("final-recipient"))
            return InboundReceipt(original, ReceiptStatus.READ, at, recipient=recipient, permanent=False)
    return None


def receipt_from_text(root: Part, text: str, *, sender: str, subject: str, at: datetime) -> InboundReceipt | None:
    """The failure a bounce without machine-readable parts reports (qmail, older Exim, QQ Mail, 163 …).

    Only for mail whose header already marks it as a bounce; None when it is a delay or names no message.
    """
    standard = [report.action for report in _reports(root)]
    if standard and "failed" not in standard:
        return None
    marked = is_daemon(sender) or "x-failed-recipients" in root.headers
    if not (marked or (empty_envelope_sender(root.headers) and FAILURE_SUBJECT.search(subject))):
        return None
    text = text[:_MAX_TEXT]
    if _DELAYED.search(text[:4000]) or re.search(r"delayed|warning:|延迟", subject, re.IGNORECASE):
        return None
    original = original_message_id(root)
    if not original and (found := _MESSAGE_ID_LINE.search(text)):
        original = message_id(found[1])
    if not original:
        return None
    recipient = _failed_recipient_field(root.headers) or _recipient_in_text(text, sender)
    codes = [found[1] or found[2] for found in _CODE.finditer(text[:8000])]
    detail = next((line.strip() for line in text.split("\n") if _CODE.search(line[:500])), subject)
    return InboundReceipt(
        external_id=original,
        status=ReceiptStatus.FAILED,
        at=at,
        detail=one_line(detail)[:1000],
        recipient=recipient,
        permanent="5" in codes or "4" not in codes,
    )


def original_message_id(root: Part) -> str:
    """The Message-ID of the mail that a report returns, "" when it returns none."""
    for part in root.walk():
        if part.content_type in _ORIGINAL_TYPES and part is not root:
            fields, _ = split_entity(part.content().lstrip(b"\r\n"))
            if found := message_id(fields.plain("message-id")):
                return found
    for part in root.walk():
        if part.content_type in _STATUS_TYPES:
            for fields in _groups(part):
                for name in ("x-original-message-id", "original-message-id"):
                    if found := message_id(fields.plain(name)):
                        return found
    return ""


def _reports(root: Part) -> Iterator[Report]:
    for part in root.walk():
        if part.content_type not in _STATUS_TYPES:
            continue
        for fields in _groups(part):
            action = fields.plain("action").lower().split(" ")[0].strip(";,.()")
            status = re.search(r"[245]\.\d{1,3}\.\d{1,3}", fields.plain("status"))
            if not action and status:
                action = {"2": "delivered", "4": "delayed", "5": "failed"}[status[0][0]]
            if action:
                yield Report(
                    action=action,
                    status=status[0] if status else "",
                    recipient=_recipient(fields.plain("final-recipient") or fields.plain("original-recipient")),
                    detail=fields.plain("diagnostic-code").partition(";")[2].strip(),
                )


def _groups(part: Part) -> Iterator[Headers]:
    """The groups of fields of a delivery-status part: one for the message, then one a recipient."""
    data = part.content().replace(b"\r\n", b"\n").strip(b"\n")
    for group in re.split(rb"\n[ \t]*\n", data)[:200]:
        yield split_entity(group.strip(b"\n") + b"\n")[0]


def _recipient(field: str) -> str:
    found = _ADDRESS.search(field.partition(";")[2] or field)
    return found[0].lower().strip(".") if found else ""


def _failed_recipient_field(headers: Headers) -> str:
    return _recipient(decode(headers.raw("x-failed-recipients") or b""))


def _recipient_in_text(text: str, sender: str) -> str:
    for found in _ADDRESS.finditer(text):
        address = found[0].lower().strip(".")
        if address != sender and not is_daemon(address):
            return address
    return ""
