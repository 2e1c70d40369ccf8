"""A parcel's track, and telling of scans: many lines at once, typed, pasted, from a scanner or by camera."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from logistics.choices import TrackingReason, TrackingStatus
from logistics.services.scans import MOST, accept_scans
from logistics.services.shipment_scope import shipments_of
from tickets.portal.partner.pages import page, with_headers
from tickets.portal.partner.reader import Reader, for_partner
from tickets.portal.standing import scans_of

TOLD = (
    TrackingStatus.PICKED_UP,
    TrackingStatus.IN_TRANSIT,
    TrackingStatus.CUSTOMS,
    TrackingStatus.OUT_FOR_DELIVERY,
    TrackingStatus.ATTEMPT_FAILED,
    TrackingStatus.AVAILABLE_FOR_PICKUP,
    TrackingStatus.DELIVERED,
    TrackingStatus.RETURNING,
    TrackingStatus.RETURNED,
    TrackingStatus.EXCEPTION,
)
"""What a person standing beside a parcel can say of it."""
REASONS = (
    TrackingReason.NONE,
    TrackingReason.CUSTOMS_HOLD,
    TrackingReason.DOCUMENTS_REQUIRED,
    TrackingReason.CUSTOMS_RELEASED,
    TrackingReason.ADDRESS,
    TrackingReason.ABSENT,
    TrackingReason.REFUSED,
    TrackingReason.ACCESS,
    TrackingReason.DAMAGED,
    TrackingReason.OTHER,
)
_SEPARATORS = re.compile(r"[\r\n,;]+")
_CAMERA = "camera=(self), geolocation=(), microphone=(), payment=()"


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that could not be taken, and why."""

    line: str
    why: str


class ScansForm(forms.Form):
    """One status for many parcels."""

    status = forms.ChoiceField(label=_("What happened?"), choices=[(one.value, one.label) for one in TOLD])
    reason = forms.ChoiceField(label=_("Why?"), choices=[(one.value, one.label) for one in REASONS], required=False)
    location = forms.CharField(label=_("Where?"), max_length=200, required=False)
    numbers = forms.CharField(
        label=_("Tracking numbers"),
        max_length=45_000,
        help_text=_("One a line. Scan with a hand scanner, paste a list, or use the camera."),
        widget=forms.Textarea(
            attrs={"rows": 8, "autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    token = forms.CharField(max_length=40, widget=forms.HiddenInput, required=False)

    def clean_numbers(self) -> list[str]:
        """The lines, each once."""
        lines = [line.strip() for line in _SEPARATORS.split(self.cleaned_data["numbers"])]
        found = list(dict.fromkeys(line for line in lines if line))
        if not found:
            raise forms.ValidationError(_("Give at least one tracking number."))
        if len(found) > MOST:
            raise forms.ValidationError(_("At most %(most)d at once.") % {"most": MOST})
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_partner
def scans(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """Tell what happened to many parcels. Lines that can be no scan come back; the others are kept at once."""
    if request.method != "POST":
        form = ScansForm(initial=_kept(request) | {"token": secrets.token_urlsafe(16)})
        return _page(request, form, taken=_number(request.GET.get("taken", "")))
    form = ScansForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    refused = _accept(reader, form.cleaned_data)
    taken = len(form.cleaned_data["numbers"]) - len(refused)
    if not refused:
        return HttpResponseRedirect(f"{reverse('partner_scans')}?taken={taken}&status={form.cleaned_data['status']}")
    left = {**form.cleaned_data, "numbers": "\n".join(one.line for one in refused)}
    again = ScansForm(initial=left | {"token": secrets.token_urlsafe(16)})
    return _page(request, again, taken=taken, refused=refused, status=400)


@require_safe
@for_partner
def parcel(request: HttpRequest, reader: Reader, shipment_id: int) -> HttpResponseBase:
    """Where one of their parcels is and was."""
    found = shipments_of(reader.caller).select_related("carrier").filter(pk=shipment_id).first()
    if found is None:
        raise Http404
    return page(request, "parcel", {"parcel": found, "scans": scans_of(found)})


def _accept(reader: Reader, said: dict[str, Any]) -> list[Refused]:
    """Keep the scans. The same page sent twice is the same scans: they carry its token."""
    at = timezone.localtime(reader.now).isoformat()
    token = said["token"] or secrets.token_urlsafe(16)
    shared = {"at": at, "status": said["status"], "reason": said["reason"], "location": said["location"].strip()}
    items = [{"tracking_number": line[:80], "id": f"page {token} {line}"[:120], **shared} for line in said["numbers"]]
    with transaction.atomic():
        answers = accept_scans(partner_id=reader.partner_id, items=items, now=reader.now)
    return [
        Refused(line, _sentence(one.error))
        for line, one in zip(said["numbers"], answers, strict=True)
        if one.error is not None
    ]


def _sentence(error: Any) -> str:
    said = [str(sentence) for sentences in error.data.values() for sentence in sentences]
    return " ".join(said) or str(error)


def _kept(request: HttpRequest) -> dict[str, str]:
    """The status of the scans before: whoever scans goes on with the same."""
    status = request.GET.get("status", "")
    return {"status": status} if status in [one.value for one in TOLD] else {}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _page(
    request: HttpRequest,
    form: ScansForm,
    *,
    taken: int = 0,
    refused: list[Refused] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    said = ngettext("%(count)d scan was taken.", "%(count)d scans were taken.", taken) % {"count": taken}
    context = {"form": form, "taken": said if taken else "", "refused": refused or []}
    response = with_headers(page(request, "scans", context, status=status))
    response.headers["Permissions-Policy"] = _CAMERA
    return response
