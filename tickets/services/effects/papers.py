"""Papers and evidence: asked for, received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from common.errors import InvalidInput
from tickets.choices import ActorKind, PaperState, WaitingOn
from tickets.models import Attachment, PaperRequest
from tickets.services.journal import Change


def ask_for(change: Change, types: Sequence[str], *, of: str, due_at: datetime | None) -> list[PaperRequest]:
    """Ask for papers. One asked for before is asked again: the same row, missing again."""
    return [
        PaperRequest.objects.update_or_create(
            ticket_id=change.ticket.pk,
            type=type_,
            defaults={
                "asked_of": of,
                "due_at": due_at,
                "state": PaperState.MISSING,
                "requested_at": change.now,
                "received_at": None,
            },
        )[0]
        for type_ in types
    ]


def check_off(change: Change, types: Sequence[str], files: Sequence[Attachment]) -> None:
    """Mark papers as received and file the uploads under them.

    As many files as papers go one to each in order, else all of them under the first. A paper that comes unasked gets
    its row, so that it is not asked for later. A customer can only bring what they were asked for, and not without a
    file: InvalidInput else.
    """
    ticket = change.ticket
    if change.actor.kind == ActorKind.CUSTOMER:
        _refuse_empty_handed(change, types, files)
    of = ticket.waiting_on if ticket.waiting_on != WaitingOn.US else WaitingOn.CUSTOMER
    papers = []
    for type_ in types:
        paper, _new = PaperRequest.objects.get_or_create(
            ticket_id=ticket.pk, type=type_, defaults={"asked_of": of, "requested_at": change.now}
        )
        if paper.state != PaperState.RECEIVED:
            paper.state, paper.received_at = PaperState.RECEIVED, change.now
            paper.save(update_fields=["state", "received_at"])
        papers.append(paper)
    if not papers:
        return
    for position, file in enumerate(files):
        file.paper = papers[position] if len(files) == len(papers) else papers[0]
    Attachment.objects.bulk_update(files, ["paper"])


def _refuse_empty_handed(change: Change, types: Sequence[str], files: Sequence[Attachment]) -> None:
    papers = PaperRequest.objects.filter(ticket_id=change.ticket.pk, asked_of=WaitingOn.CUSTOMER)
    wrong = {}
    if not files:
        wrong["files"] = [_("Add the file.")]
    if not set(types) <= set(papers.values_list("type", flat=True)):
        wrong["papers"] = [_("Nobody asked you for this.")]
    if wrong:
        raise InvalidInput(_("Some of what you sent cannot be used."), data=wrong)
