"""What was said about a ticket: read by its audience, and answered."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from common.api.caller import Caller
from common.api.documented import documented
from common.api.inputs import Input
from common.api.versions import check_match
from common.api.views import ApiRequest, ApiView, ListView, moment
from common.errors import InvalidInput
from logistics.choices import Scope
from logistics.models import Partner
from tickets.api.callers import READS, WORKS, actor_of, first_name, ticket_etag, ticket_or_404
from tickets.api.rows import TicketDetail, read_detail
from tickets.choices import Audience, Direction, MessageStatus, Via
from tickets.errors import CannotWrite
from tickets.models import Attachment, Message, Ticket
from tickets.policies.files import MAX_FILES_KEPT
from tickets.services import conversations
from tickets.services.answering import answer
from tickets.services.journal import changing
from tickets.services.partner_answers import acknowledge, receive_answer
from tickets.services.partner_desk import note_fetched
from tickets.services.partner_scope import messages_visible_to, visible_to

LONGEST: Final = 100_000


class FileRow(serializers.Serializer):  # type: ignore[type-arg]
    """A file."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_null=True, help_text="Where its content is; null when it was not kept.")
    created_at = serializers.DateTimeField()


class MessageRow(serializers.Serializer):  # type: ignore[type-arg]
    """One message. `direction` is ours to read: `in` came to us, `out` went out, `note` is between us."""

    id = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=Direction.values)
    audience = serializers.ChoiceField(choices=Audience.values)
    status = serializers.ChoiceField(choices=MessageStatus.values)
    author = serializers.CharField(allow_null=True, help_text="First name of whoever of us wrote it, or the partner.")
    partner = serializers.IntegerField(allow_null=True)
    subject = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True)
    is_automatic = serializers.BooleanField()
    sent_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    files = FileRow(many=True)


class Said(Input):
    """What a partner says, with or without files."""

    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")
    files = serializers.ListField(
        child=serializers.FileField(),
        required=False,
        default=list,
        max_length=MAX_FILES_KEPT,
        help_text="Only as multipart/form-data.",
    )


class Written(Said):
    """What an integration of ours writes, and to whom."""

    audience = serializers.ChoiceField(
        choices=[Audience.CUSTOMER, Audience.PARTNER, Audience.INTERNAL],
        required=False,
        help_text="For integrations alone, and needed there: whom it is for.",
    )
    partner = serializers.IntegerField(
        required=False, min_value=1, help_text="For integrations alone: which partner, with the audience `partner`."
    )


_EXAMPLE: Final[dict[str, Any]] = {
    "id": 9120,
    "direction": "out",
    "audience": "partner",
    "status": "read",
    "author": "Alice",
    "partner": 7,
    "subject": "",
    "text": "Which papers does customs still want?",
    "language": "en",
    "is_automatic": False,
    "sent_at": "2026-11-24T10:00:00Z",
    "edited_at": None,
    "files": [],
}


def file_row(file: Attachment) -> dict[str, Any]:
    """See ``FileRow``."""
    kept = bool(file.sha256)
    return {
        "id": file.pk,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "url": f"/api/v1/tickets/{file.ticket_id}/documents/{file.pk}/content/" if kept else None,
        "created_at": moment(file.created_at),
    }


def message_row(message: Message, caller: Caller) -> dict[str, Any]:
    """See ``MessageRow``."""
    return {
        "id": message.pk,
        "direction": message.direction,
        "audience": message.audience,
        "status": message.status,
        "author": _author(message, caller),
        "partner": message.partner_id,
        "subject": message.subject,
        "text": message.text,
        "language": message.language,
        "is_automatic": message.is_automatic,
        "sent_at": moment(message.sent_at),
        "edited_at": moment(message.edited_at),
        "files": [file_row(file) for file in message.attachments.all()],
    }


def _author(message: Message, caller: Caller) -> str | None:
    if message.author is not None:
        return message.author.full_name if caller.partner_id is None else first_name(message.author.full_name) or None
    return message.partner.name if message.direction == Direction.IN and message.partner else None


def messages_of_ticket(request: ApiRequest, ticket_id: int) -> QuerySet[Message]:
    """The ticket's messages that the caller may read, with all that a row shows."""
    rows = messages_visible_to(request.auth).filter(ticket_id=ticket_id).select_related("author", "partner")
    rows = rows.defer("search", "html", "quoted_text", "word_hits", "tracking_numbers")
    return rows.prefetch_related(Prefetch("attachments", Attachment.objects.order_by("id")))


class TicketMessages(ListView):
    """A ticket's messages."""

    scopes: ClassVar = {"GET": Scope.READ, "POST": Scope.ANSWER}
    permissions: ClassVar = {"GET": READS, "POST": WORKS}
    takes_files = True
    row = MessageRow
    orderings: ClassVar = {"id": ("id",), "-id": ("-id",)}

    def scoped(self, request: ApiRequest) -> QuerySet[Message]:
        """Those of the caller's audience."""
        return messages_of_ticket(request, self.kwargs["ticket_id"])

    def row_of(self, row: Message) -> dict[str, Any]:
        """See ``MessageRow``."""
        self.shown.append(row)
        return message_row(row, self.request.auth)

    @documented(
        "tickets_messages_list",
        answer=MessageRow,
        many=True,
        answer_example={"results": [_EXAMPLE], "next": None},
        tag="tickets",
    )
    def get(self, request: ApiRequest, ticket_id: int) -> Response:
        """What was said between you and us, the oldest first.

        What we wrote counts as read once you have fetched it here.
        """
        ticket_or_404(request, ticket_id)
        self.shown: list[Message] = []
        answered = self.page(request)
        if request.auth.is_partner:
            note_fetched(self.shown, now=self.now)
        return answered

    @documented(
        "tickets_messages_create",
        body=Written,
        answer=MessageRow,
        status=201,
        versioned=True,
        problems=("cannot_write", "attachment_refused", "precondition_failed"),
        body_example={"text": "The certificate of origin is missing. The consignee's copy will do."},
        answer_example=_EXAMPLE | {"direction": "in", "status": "received", "author": "Puerta Aduanas"},
        tag="tickets",
    )
    def post(self, request: ApiRequest, ticket_id: int) -> Response:
        """Answer.

        A partner's answer does what their mail does: calls end, and the ticket is ours to go on with. Send JSON, or
        multipart/form-data with `text` and `files`. Integrations of ours say with `audience` whom they write to.
        """
        with transaction.atomic():
            ticket = ticket_or_404(request, ticket_id, lock=True)
            check_match(request, ticket_etag(ticket, request.auth))
            message = self._said(ticket) if request.auth.is_partner else self._written(ticket)
        found = self.one(request, pk=message.pk)
        return self.created(
            message_row(found, request.auth),
            f"/api/v1/tickets/{ticket_id}/messages/",
            etag=ticket_etag(ticket_or_404(request, ticket_id), request.auth),
        )

    def _said(self, ticket: Ticket) -> Message:
        values, caller = self.read(Said), self.request.auth
        assert caller.partner_id is not None
        return receive_answer(
            ticket_id=ticket.pk,
            partner_id=caller.partner_id,
            text=values["text"],
            files=values["files"],
            via=Via.API,
            now=self.now,
        )

    def _written(self, ticket: Ticket) -> Message:
        values, actor = self.read(Written), actor_of(self.request.auth)
        audience, text, files = values.get("audience"), values["text"], values["files"]
        if audience is None:
            raise InvalidInput(data={"audience": [_("Say whom it is for.")]})
        if (audience == Audience.PARTNER) != ("partner" in values):
            raise InvalidInput(data={"partner": [_("Name the partner of a message to a partner, and of no other.")]})
        if files and audience != Audience.CUSTOMER:
            raise InvalidInput(data={"files": [_("Files go with messages to customers; add others as documents.")]})
        if audience == Audience.INTERNAL:
            return conversations.note(ticket_id=ticket.pk, text=text, actor=actor, now=self.now)
        if audience == Audience.CUSTOMER:
            return answer(ticket_id=ticket.pk, actor=actor, now=self.now, text=text, attachments=files)
        partner = Partner.objects.filter(pk=values["partner"], is_active=True).first()
        if partner is None:
            raise InvalidInput(data={"partner": [_("There is no such partner.")]})
        conversations.refuse_unless_may(actor)
        with changing(ticket.pk, actor=actor, now=self.now) as change:
            message = conversations.write_to_partner(change, partner=partner, text=text, subject=ticket.subject)
        if message is None:
            raise CannotWrite(_("There is no address to write to this partner."))
        return message


class TicketAcknowledgement(ApiView):
    """A partner has it."""

    scopes: ClassVar = {"POST": Scope.ANSWER}
    open_to = frozenset({"partners"})

    def scoped(self, request: ApiRequest) -> QuerySet[Ticket]:
        """See ``partner_scope.visible_to``."""
        return visible_to(request.auth)

    @documented("tickets_acknowledge", answer=TicketDetail, versioned=True, tag="tickets")
    def post(self, request: ApiRequest, ticket_id: int) -> Response:
        """Say that you have it.

        Nobody above you is called for it then. It is no answer: what you owe stays owed. Saying it twice is well.
        """
        caller = request.auth
        assert caller.partner_id is not None
        with transaction.atomic():
            ticket = ticket_or_404(request, ticket_id, lock=True)
            check_match(request, ticket_etag(ticket, caller))
            acknowledge(ticket_id=ticket.pk, partner_id=caller.partner_id, via=Via.API, now=self.now)
        moved = ticket_or_404(request, ticket_id)
        return self.answered(read_detail(moved, caller), etag=ticket_etag(moved, caller))
