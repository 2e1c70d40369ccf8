"""Whoever is signed in on a partner's pages: their contact, asked anew with every request, and what they act as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from common.api.caller import Caller
from common.models import User
from logistics.choices import WorkVia
from logistics.models import Partner, PartnerContact
from logistics.policies.who import Who
from tickets.choices import Via
from tickets.policies.actor import Actor
from tickets.portal.partner.pages import page, with_headers
from tickets.services.partner_people import contact_of


@dataclass(frozen=True, slots=True)
class Reader:
    """One request of somebody at a partner's."""

    user: User
    contact: PartnerContact
    now: datetime

    @property
    def partner(self) -> Partner:
        return self.contact.partner

    @property
    def partner_id(self) -> int:
        return self.contact.partner_id

    @property
    def actor(self) -> Actor:
        """As whom they change tickets."""
        return Actor.partner(self.partner_id, self.partner.name, via=Via.PORTAL)

    @property
    def who(self) -> Who:
        """As whom they move warehouse work: the person's name stands on its events."""
        return Who.partner(self.partner_id, f"{self.contact.name}, {self.partner.name}", via=WorkVia.PORTAL)

    @property
    def caller(self) -> Caller:
        """As whom scopes know them: their partner, with no key."""
        return Caller(key_id=0, name=self.partner.name, scopes=frozenset(), partner_id=self.partner_id)


type Page[**P] = Callable[Concatenate[HttpRequest, Reader, P], HttpResponseBase]


def for_partner[**P](view: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only a partner's active contact in, and dress what is answered.

    Whoever is not signed in goes to the sign-in page; people of ours and contacts that were switched off are told so.
    What is not theirs is not there, in the same words as what does not exist.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            where = {"next": request.get_full_path()} if request.method == "GET" else {}
            address = reverse("partner_sign_in") + (f"?{urlencode(where)}" if where else "")
            return with_headers(HttpResponseRedirect(address))
        assert isinstance(request.user, User)
        contact = contact_of(request.user)
        if contact is None:
            return refused(request)
        reader = Reader(request.user, contact, timezone.now())
        request.partner_reader = reader  # type: ignore[attr-defined] # the frame of the page shows who it is
        try:
            return with_headers(view(request, reader, *args, **kwargs))
        except Http404:
            return page(request, "not_there", {}, status=404)

    return answered  # type: ignore[return-value] # wraps() forgets that it is a function


def refused(request: HttpRequest) -> HttpResponse:
    """These pages are not for whoever is signed in."""
    context: dict[str, Any] = {"is_staff": request.user.is_authenticated and request.user.is_staff}
    return page(request, "refused", context, status=403)
