"""Files of a ticket: listed, handed in, fetched."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from common.api.documented import documented
from common.api.inputs import Input
from common.api.versions import check_match
from common.api.views import ApiRequest, ApiView, ListView
from common.errors import InvalidInput
from logistics.choices import Scope
from tickets.api.callers import READS, WORKS, actor_of, ticket_etag, ticket_or_404
from tickets.api.messages import FileRow, file_row
from tickets.choices import Via
from tickets.models import Attachment
from tickets.policies.files import MAX_FILES_KEPT
from tickets.services.attachments import attachment_response, store_uploads
from tickets.services.journal import changing
from tickets.services.partner_answers import receive_answer
from tickets.services.partner_scope import attachments_visible_to


class NewDocuments(Input):
    """Files, and a word about them."""

    files = serializers.ListField(child=serializers.FileField(), min_length=1, max_length=MAX_FILES_KEPT)
    text = serializers.CharField(
        max_length=10_000, required=False, allow_blank=True, default="", help_text="For partners: comes with the files."
    )


class Documents(serializers.Serializer):  # type: ignore[type-arg]
    """The files that were taken."""

    results = FileRow(many=True)


_EXAMPLE: dict[str, Any] = {
    "id": 512,
    "name": "commercial-invoice.pdf",
    "content_type": "application/pdf",
    "size": 48213,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "url": "/api/v1/tickets/2041/documents/512/content/",
    "created_at": "2026-11-24T10:05:00Z",
}


class TicketDocuments(ListView):
    """A ticket's files."""

    scopes: ClassVar = {"GET": Scope.READ, "POST": Scope.ANSWER}
    permissions: ClassVar = {"GET": READS, "POST": WORKS}
    takes_files = True
    row = FileRow
    orderings: ClassVar = {"id": ("id",), "-id": ("-id",)}

    def scoped(self, request: ApiRequest) -> QuerySet[Attachment]:
        """See ``partner_scope.attachments_visible_to``."""
        return attachments_visible_to(request.auth).filter(ticket_id=self.kwargs["ticket_id"])

    def row_of(self, row: Attachment) -> dict[str, Any]:
        """See ``FileRow``."""
        return file_row(row)

    @documented(
        "tickets_documents_list",
        answer=FileRow,
        many=True,
        answer_example={"results": [_EXAMPLE], "next": None},
        tag="tickets",
    )
    def get(self, request: ApiRequest, ticket_id: int) -> Response:
        """The files that were sent between you and us."""
        ticket_or_404(request, ticket_id)
        return self.page(request)

    @documented(
        "tickets_documents_create",
        body=NewDocuments,
        body_media_type="multipart/form-data",
        answer=Documents,
        status=201,
        versioned=True,
        problems=("attachment_refused", "cannot_write"),
        answer_example={"results": [_EXAMPLE]},
        tag="tickets",
    )
    def post(self, request: ApiRequest, ticket_id: int) -> Response:
        """Hand in files as multipart/form-data.

        A partner's files come to us as a message, with `text` beside them. Papers that were asked for are checked off
        by the step `receive_documents`, which takes files too.
        """
        caller = request.auth
        values = self.read(NewDocuments)
        with transaction.atomic():
            ticket = ticket_or_404(request, ticket_id, lock=True)
            check_match(request, ticket_etag(ticket, caller))
            if caller.partner_id is not None:
                message = receive_answer(
                    ticket_id=ticket.pk,
                    partner_id=caller.partner_id,
                    text=values["text"],
                    files=values["files"],
                    via=Via.API,
                    now=self.now,
                )
                taken = list(message.attachments.order_by("id"))
            else:
                if values["text"]:
                    raise InvalidInput(data={"text": [_("Write a message for what you want to say.")]})
                with changing(ticket.pk, actor=actor_of(caller), now=self.now) as change:
                    taken = store_uploads(change, values["files"])
        etag = ticket_etag(ticket_or_404(request, ticket_id), caller)
        return self.created(
            {"results": [file_row(file) for file in taken]}, f"/api/v1/tickets/{ticket_id}/documents/", etag=etag
        )


class TicketDocument(ApiView):
    """A file's content."""

    scopes: ClassVar = {"GET": Scope.READ}
    permissions: ClassVar = {"GET": READS}
    parameters: ClassVar = frozenset()

    def scoped(self, request: ApiRequest) -> QuerySet[Attachment]:
        """See ``partner_scope.attachments_visible_to``."""
        return attachments_visible_to(request.auth).filter(ticket_id=self.kwargs["ticket_id"])

    @documented(
        "tickets_documents_content",
        answer={"type": "string", "format": "binary"},
        media_type="application/octet-stream",
        problems=("attachment_refused",),
        tag="tickets",
    )
    def get(self, request: ApiRequest, ticket_id: int, document_id: int) -> FileResponse:
        """The content of a file, to be saved."""
        ticket_or_404(request, ticket_id)
        file: Attachment = self.one(request, pk=document_id)
        return attachment_response(file, download=True)
