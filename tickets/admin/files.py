"""Files of tickets and the formatted form of mails, served so that nothing in them can run."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import escape

from tickets.admin import access
from tickets.errors import AttachmentRefused
from tickets.models import Attachment, Message
from tickets.services.attachments import attachment_response

_FORMATTED = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'; form-action 'none'; base-uri 'none'"
)


def file_view(request: HttpRequest, object_id: str, attachment_id: int) -> HttpResponseBase:
    """An attachment of the ticket: pictures and PDF shown, all else saved."""
    ticket = access.ticket_or_404(request, object_id)
    attachment = Attachment.objects.filter(pk=attachment_id).select_related("message").first()
    if attachment is None or ticket.pk not in (
        attachment.ticket_id,
        attachment.message and attachment.message.ticket_id,
    ):
        raise Http404
    try:
        return attachment_response(attachment, download="download" in request.GET)
    except AttachmentRefused as error:
        return HttpResponse(str(error), status=410, content_type="text/plain; charset=utf-8")


def formatted_view(request: HttpRequest, object_id: str, message_id: int) -> HttpResponse:
    """A mail as its sender formatted it (sanitised when it came in), in a sandbox: no script, no remote picture."""
    ticket = access.ticket_or_404(request, object_id)
    message = Message.objects.filter(pk=message_id, ticket=ticket).exclude(html="").only("html", "subject").first()
    if message is None:
        raise Http404
    page = (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f'<base target="_blank"><title>{escape(message.subject)}</title>'
        "<style>body{font:14px/1.5 system-ui,sans-serif;margin:12px;background:#fff;color:#101828;"
        "overflow-wrap:anywhere}img{max-width:100%}</style></head><body>"
        f"{message.html}</body></html>"
    )
    response = HttpResponse(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _FORMATTED
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response
