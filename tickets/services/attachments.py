"""Files of messages and tickets: kept once under the hash of their content, served so that nothing in them can run."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import FileResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from tickets.choices import ActorKind
from tickets.errors import AttachmentRefused
from tickets.models import Attachment, Message, Ticket
from tickets.policies import files
from tickets.policies.inbound import InboundAttachment
from tickets.policies.personal_data import mask
from tickets.services.journal import Change

FOLDER = "attachments"
"""Below ``MEDIA_ROOT``."""
_CHUNK = 1 << 20
# Only pictures and PDF are shown at all. The browser's own PDF reader does not start in a sandbox.
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox; frame-ancestors 'self'"
_FOR_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in the store: the hashes in hexadecimal, the size in bytes, the first bytes for sniffing."""

    sha256: str
    sha1: str
    size: int
    head: bytes


@transaction.atomic
def store(
    *,
    content: bytes,
    name: str,
    content_type: str,
    now: datetime,
    ticket: Ticket | None = None,
    message: Message | None = None,
    content_id: str = "",
    is_inline: bool = False,
) -> Attachment:
    """Keep a file. Too large or empty: the row says so in ``refusal``, and no content is kept."""
    attachment = build(
        content=content, name=name, content_type=content_type, now=now, content_id=content_id, is_inline=is_inline
    )
    attachment.ticket, attachment.message = ticket, message
    attachment.save(force_insert=True)
    return attachment


def build(
    *,
    content: bytes | None,
    name: str,
    content_type: str,
    now: datetime,
    content_id: str = "",
    is_inline: bool = False,
    remote_id: str = "",
    size: int = 0,
    refusal: str = "",
) -> Attachment:
    """An unsaved attachment whose content is in the store already, refused, or (``content`` None) still to be fetched.

    To be saved in the same transaction, which holds off ``forget_content``.
    """
    attachment = Attachment(
        name=files.clean_name(name),
        content_type=files.content_type_of(b"", declared=content_type),
        size=size if content is None else len(content),
        content_id=files.clean_name(content_id)[:255] if content_id else "",
        is_inline=is_inline,
        remote_id=remote_id.replace("\x00", "")[:255],
        created_at=now,
        refusal=refusal[:200] or refusal_of_size(size if content is None else len(content), known=content is not None),
    )
    if content is None and not attachment.refusal and not attachment.remote_id:
        attachment.refusal = _("The file did not come with the message.")
    if content is not None:
        if attachment.refusal:
            attachment.content_type = files.content_type_of(content[:2_048], declared=content_type)
        else:
            _set_kept(attachment, _keep((content,)), declared=content_type)
    return attachment


def attach(
    message: Message, inbound: Sequence[InboundAttachment], *, whole_text: str = "", now: datetime
) -> list[Attachment]:
    """Keep the files that came with a saved message; ``whole_text`` is its text when the row holds only the beginning.

    Of very many files the first are kept and the next are listed with the reason: one mail cannot fill the disk.
    """
    attachments = []
    if whole_text:
        attachments.append(build(content=whole_text.encode(), name="message.txt", content_type="text/plain", now=now))
    for number, file in enumerate(inbound[: files.MAX_FILES_LISTED]):
        too_many = number >= files.MAX_FILES_KEPT
        attachments.append(
            build(
                content=file.content,
                name=mask(file.name[:2_000]).text,
                content_type=file.content_type,
                now=now,
                content_id=file.content_id,
                is_inline=file.inline,
                remote_id=file.remote_id,
                size=file.size,
                refusal=_("More files came than are kept with one message.") if too_many else "",
            )
        )
    for attachment in attachments:
        attachment.ticket_id, attachment.message_id = message.ticket_id, message.pk
    return Attachment.objects.bulk_create(attachments) if attachments else []


def keep_fetched(*, attachment_id: int, content: bytes, now: datetime) -> Attachment:
    """Keep the content of a file that had to be fetched from the provider. Fetching it twice changes nothing."""
    with transaction.atomic():
        attachment = Attachment.objects.select_for_update().get(pk=attachment_id)
        if attachment.sha256 or attachment.refusal:
            return attachment
        attachment.refusal = refusal_of_size(len(content), known=True)
        attachment.size = len(content)
        if not attachment.refusal:
            _set_kept(attachment, _keep((content,)), declared=attachment.content_type)
        attachment.save(update_fields=["refusal", "size", "sha256", "sha1", "content_type"])
    return attachment


def refuse_fetched(*, attachment_id: int, refusal: str) -> None:
    """Say why the content of a file at the provider will never come."""
    Attachment.objects.filter(pk=attachment_id, sha256="", refusal="").update(refusal=refusal[:200])


def store_uploads(change: Change, uploads: Sequence[UploadedFile[bytes]]) -> list[Attachment]:
    """Keep what was uploaded in a form, as attachments of the ticket.

    Raises AttachmentRefused with a sentence that names the file when one is empty, too large, or (from outside) a
    program or a page: whoever uploads can choose another one, so nothing is kept then.
    """
    if len(uploads) > files.MAX_FILES_KEPT:
        raise AttachmentRefused(_("Send at most %(count)d files at a time.") % {"count": files.MAX_FILES_KEPT})
    attachments = []
    for upload in uploads:
        name = files.clean_name(upload.name or "")
        refuse_upload(upload, trusted=change.actor.kind == ActorKind.STAFF)
        attachment = Attachment(ticket_id=change.ticket.pk, name=name, created_at=change.now)
        if change.actor.kind == ActorKind.PARTNER:
            attachment.partner_id = change.actor.id
        _set_kept(attachment, _keep(upload.chunks(_CHUNK)), declared=upload.content_type or "")
        attachments.append(attachment)
    if attachments:
        Attachment.objects.bulk_create(attachments)
        change.record(
            "files_added",
            {"attachments": [attachment.pk for attachment in attachments]},
            personal={"names": [attachment.name for attachment in attachments]},
        )
    return attachments


def refuse_upload(upload: UploadedFile[bytes], *, trusted: bool = False) -> None:
    """Raise AttachmentRefused when an upload would not be kept. Reads its first bytes only."""
    name = files.clean_name(upload.name or "")
    refusal = refusal_of_size(upload.size or 0, known=True)
    if not refusal and not trusted:
        upload.seek(0)
        content_type = files.content_type_of(upload.read(2_048), declared=upload.content_type or "")
        upload.seek(0)
        if files.is_active(content_type, name=name):
            refusal = _("Programs and web pages are not taken. Send a photo, a scan or a PDF.")
    if refusal:
        raise AttachmentRefused(f"{name}: {refusal}")


def refusal_of_size(size: int, *, known: bool) -> str:
    """Why a file of that many bytes is not kept, "" when it is."""
    if size > settings.MAX_ATTACHMENT_BYTES:
        return _("The file is larger than %(limit)s.") % {"limit": filesizeformat(settings.MAX_ATTACHMENT_BYTES)}
    if known and size == 0:
        return _("The file is empty.")
    return ""


def open_content(attachment: Attachment) -> BinaryIO:
    """The content for reading. Raises AttachmentRefused when none was kept."""
    if not attachment.sha256:
        raise AttachmentRefused(attachment.refusal or _("The content of this file has not come yet."))
    try:
        return content_path(attachment.sha256).open("rb")
    except FileNotFoundError as error:
        raise AttachmentRefused(_("The content of this file is no longer there.")) from error


def attachment_response(attachment: Attachment, *, download: bool = False) -> FileResponse:
    """Serve a file so that nothing in it can run with our pages' rights; whoever calls has checked who may see it.

    Pictures and PDF are shown, all else (and with ``download`` everything) is saved. Raises AttachmentRefused.
    """
    shown = not download and files.may_be_shown(attachment.content_type, name=attachment.name)
    response = FileResponse(
        open_content(attachment),
        as_attachment=not shown,
        filename=attachment.name,
        content_type=attachment.content_type if shown else "application/octet-stream",
    )
    is_pdf = shown and attachment.content_type == "application/pdf"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _FOR_PDF if is_pdf else _SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def forget_content(sha256: str) -> bool:
    """Remove a content that no row names any more. Whether it was removed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_key(sha256)])
            row = cursor.fetchone()
        if not row[0] or Attachment.objects.filter(sha256=sha256).exists():
            return False
        content_path(sha256).unlink(missing_ok=True)
        return True


def _protect(sha256: str) -> None:
    """Keep ``forget_content`` away from a content until the transaction ends: a row will name it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_lock_key(sha256)])


def _lock_key(sha256: str) -> int:
    return int.from_bytes(bytes.fromhex(sha256)[:8], signed=True)


def _set_kept(attachment: Attachment, kept: Kept, *, declared: str) -> None:
    attachment.sha256, attachment.sha1, attachment.size = kept.sha256, kept.sha1, kept.size
    attachment.content_type = files.content_type_of(kept.head, declared=declared)


def content_path(sha256: str) -> Path:
    """Where a content lies, or would. Raises AttachmentRefused for what is no SHA-256 in hexadecimal."""
    if len(sha256) != 64 or not all(character in "0123456789abcdef" for character in sha256):
        raise AttachmentRefused("This is no SHA-256.")
    return Path(settings.MEDIA_ROOT) / FOLDER / sha256[:2] / sha256[2:4] / sha256


def _keep(chunks: Iterable[bytes]) -> Kept:
    """Write content beside its place, force it to the disk, then give it its name: no reader ever sees half a file."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / secrets.token_hex(16)
    sha256, sha1, size, head = hashlib.sha256(), hashlib.sha1(usedforsecurity=False), 0, b""
    try:
        with temporary.open("xb") as file:
            for chunk in chunks:
                sha256.update(chunk)
                sha1.update(chunk)
                size += len(chunk)
                if len(head) < 2_048:
                    head += chunk[:2_048]
                file.write(chunk)
            path = content_path(sha256.hexdigest())
            _protect(sha256.hexdigest())
            if not path.exists():
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), settings.FILE_UPLOAD_PERMISSIONS or 0o640)
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary.rename(path)
                _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return Kept(sha256.hexdigest(), sha1.hexdigest(), size, head)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
