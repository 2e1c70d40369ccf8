"""The same thing sent twice: a second tap, a page loaded anew, two windows. It is taken once and thanked for twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from tickets.choices import PaperState
from tickets.models import Attachment, Ticket
from tickets.policies.files import clean_name

type FilesByPaper = Mapping[str, list[UploadedFile[bytes]]]


def without_kept(ticket_id: int, by_paper: FilesByPaper) -> dict[str, list[UploadedFile[bytes]]]:
    """The files that a paper does not hold yet. A paper that was asked for again takes the same file again."""
    kept = set(
        Attachment.objects.filter(
            ticket_id=ticket_id, paper__ticket_id=ticket_id, paper__state=PaperState.RECEIVED
        ).values_list("paper__type", "name", "sha256")
    )
    left: dict[str, list[UploadedFile[bytes]]] = {}
    for paper, files in by_paper.items():
        for file in files:
            what = (paper, clean_name(file.name or ""), _sha256(file))
            if what not in kept:
                kept.add(what)
                left.setdefault(paper, []).append(file)
    return left


def is_instructed(ticket: Ticket, cleaned: Mapping[str, Any]) -> bool:
    """Whether these are the instructions that the ticket holds and that nobody has acted on yet."""
    detail = ticket.detail
    return ticket.state == "instructions_received" and all(
        (getattr(detail, name) or None) == (cleaned.get(name) or None)
        for name in ("instruction", "new_address", "wished_date")
    )


def _sha256(file: UploadedFile[bytes]) -> str:
    file.seek(0)
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()
