"""Partners as logistics keeps them, and how they answered when they were called."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.admin import words
from common.errors import InvalidInput
from logistics.admin.parties import PartnerAdmin
from logistics.models import Partner, PartnerContact
from tickets.policies.actor import Actor
from tickets.services.escalation.reading import LOOKED_BACK, partner_record
from tickets.services.partner_people import INVITES, invite
from tickets.services.partner_performance import USUAL_PERIOD, answers_of

admin.site.unregister(Partner)


@admin.register(Partner)
class PartnerWithCallsAdmin(PartnerAdmin):
    """The partner's page, with a card above the form."""

    change_form_outer_before_template: Any = "admin/tickets/partner_calls.html"

    class Media:
        css = {"all": ["common/calendars.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The pages of every model and the invitation of a contact."""
        invite_view = self.admin_site.admin_view(require_POST(self.invite_view))
        return [path("<path:object_id>/invite/", invite_view, name="logistics_partner_invite"), *super().get_urls()]

    def invite_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send a contact the mail with which they choose a password for the partner's pages."""
        partner = self.get_object(request, object_id)
        if partner is None:
            raise Http404
        if not request.user.has_perm(INVITES):
            raise PermissionDenied
        number = request.POST.get("contact", "")
        chosen = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
        contact = PartnerContact.objects.filter(partner=partner, pk=chosen).first()
        if contact is None:
            raise Http404
        try:
            invite(contact_id=contact.pk, actor=Actor.staff(request.user), now=timezone.now())
        except InvalidInput as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": contact.email})
        return redirect("admin:logistics_partner_change", partner.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and above it how the partner answered lately."""
        partner = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if partner is not None and self.has_view_permission(request, partner):
            context |= {"record": record_of(partner), "figures": figures_of(partner)}
            if request.user.has_perm(INVITES) and partner.is_active:
                context |= {"invitable": PartnerContact.objects.filter(partner=partner, is_active=True)}
                context["invitable"] = context["invitable"].exclude(email="").select_related("user")
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response


def record_of(partner: Partner) -> dict[str, Any]:
    """How a partner answered lately, ready to print."""
    record = partner_record(partner, now=timezone.now())
    within = record["answered_within"]
    usually = words.span(within.total_seconds()) if within is not None else "—"
    return {
        "days": LOOKED_BACK.days,
        "called": record["called"],
        "rows": [
            (capfirst(_("called")), record["called"]),
            (capfirst(_("answered")), record["answered"]),
            (
                capfirst(_("answered within, on average")),
                usually,
            ),
            (capfirst(_("without an answer")), record["unanswered"]),
            (capfirst(_("backup asked")), record["backup_used"]),
            (capfirst(_("supervisor asked")), record["supervisor_asked"]),
            (capfirst(_("did not arrive")), record["did_not_arrive"]),
        ],
    }


def figures_of(partner: Partner) -> dict[str, Any]:
    """How a partner kept what was agreed, ready to print; the partner sees the same on its pages."""
    now = timezone.now()
    answers = answers_of(partner.pk, since=now - USUAL_PERIOD, until=now)
    usual, percent = answers["median_minutes"], answers["in_time_percent"]
    return {
        "days": USUAL_PERIOD.days,
        "asked": answers["asked"],
        "rows": [
            (capfirst(_("asked")), answers["asked"]),
            (capfirst(_("answered in time")), answers["in_time"]),
            (capfirst(_("in time, of those due")), f"{percent} %" if percent is not None else "—"),
            (capfirst(_("answered late")), answers["late"]),
            (capfirst(_("overdue now")), answers["overdue"]),
            (capfirst(_("usual time, in their working hours")), words.span(usual * 60) if usual is not None else "—"),
        ],
    }
