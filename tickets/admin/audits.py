"""The monthly audit of partners and channels: figures, what they speak for, the letter, what was decided."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from common.admin.base import Chips, ReadOnlyAdmin
from common.errors import DomainError
from tickets.choices import Proposal
from tickets.models import Audit, AuditDecision
from tickets.policies.channel_names import channel_label
from tickets.services.audit import decide, evidence_of
from tickets.services.audit.letters import LetterRefused, letter_of
from tickets.services.audit.words import advice_of, percent

_COLORS = Chips({str(Proposal.KEEP.label): "success", str(Proposal.NO_DATA.label): "info"})


@admin.register(Audit)
class AuditAdmin(ReadOnlyAdmin):
    """A row a month for each partner, each partner's channel, and each channel with customers."""

    list_display = (
        "shown_month",
        "whom",
        "by_channel",
        "asked",
        "in_time_share",
        "trend",
        "unanswered",
        "backup",
        "proposal_chip",
        "decision",
    )
    list_display_links = ("shown_month", "whom")
    list_filter = ("about", "proposal", "decision", "month")
    list_select_related = ("partner",)
    ordering = ("-month", "about", "partner", "channel")
    actions = ["accept", "dismiss"]
    fields = (
        "shown_month",
        "whom",
        "by_channel",
        "asked",
        "in_time",
        "late",
        "unanswered",
        "backup",
        "calls",
        "failed",
        "in_time_share",
        "trend",
        "proposal_chip",
        "advice",
        "evidence",
        "letter",
        "decision",
        "decided_by",
        "decided_at",
        "made_at",
    )
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        """The pages of every model, and a partner's letter."""
        view = self.admin_site.admin_view(self.letter_view)
        return [path("<int:object_id>/letter/", view, name="tickets_audit_letter"), *super().get_urls()]

    def letter_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The letter as PDF. What of it could not be shown stands in a header and, the next time, on the page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        audit = get_object_or_404(Audit.objects.select_related("partner"), pk=object_id)
        try:
            found = letter_of(audit, now=timezone.now())
        except LetterRefused as error:
            raise Http404 from error
        if found.missing:
            messages.warning(request, found.missing)
        response = HttpResponse(found.content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
        return response

    @action(description=_("Accept the proposals"), permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Write down that they are followed."""
        self._decide(request, queryset, AuditDecision.ACCEPTED)

    @action(description=_("Dismiss the proposals"), permissions=["decide"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Write down that they are not."""
        self._decide(request, queryset, AuditDecision.DISMISSED)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether somebody decides on proposals."""
        return bool(request.user.has_perm("tickets.change_audit"))

    def _decide(self, request: HttpRequest, queryset: QuerySet[Any], decision: str) -> None:
        for audit in queryset:
            try:
                decide(audit_id=audit.pk, decision=decision, user=request.user, now=timezone.now())  # type: ignore[arg-type]
            except DomainError as error:
                messages.error(request, str(error))
                return
        messages.success(request, gettext("Written down."))

    @display(description=_("month"), ordering="month")
    def shown_month(self, audit: Audit) -> str:
        return str(date_format(audit.month, "YEAR_MONTH_FORMAT"))

    @display(description=_("about"))
    def whom(self, audit: Audit) -> str:
        return str(audit.partner) if audit.partner else gettext("Customers")

    @display(description=_("channel"))
    def by_channel(self, audit: Audit) -> str:
        return channel_label(audit.channel) if audit.channel else gettext("all")

    @display(description=_("share in time"))
    def in_time_share(self, audit: Audit) -> str:
        return percent(audit.share)

    @display(description=_("three months"))
    def trend(self, audit: Audit) -> str:
        return " → ".join(percent(share) for share in (audit.share_before_2, audit.share_before_1, audit.share))

    @display(description=_("proposal"), label=_COLORS)
    def proposal_chip(self, audit: Audit) -> str:
        return str(audit.get_proposal_display())

    @display(description=_("what we propose"))
    def advice(self, audit: Audit) -> str:
        return advice_of(audit)

    @display(description=_("what speaks for it"))
    def evidence(self, audit: Audit) -> SafeString:
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((one,) for one in evidence_of(audit))))

    @display(description=_("letter"))
    def letter(self, audit: Audit) -> SafeString | str:
        if audit.partner_id is None:
            return "–"
        address = reverse("admin:tickets_audit_letter", args=[audit.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Letter as PDF"))
