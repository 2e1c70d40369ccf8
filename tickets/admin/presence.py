"""Here, or away until some time: everybody says it of themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import words
from common.errors import DomainError
from common.models import User
from tickets.admin import access
from tickets.models import Presence
from tickets.services.routing.presence import Standing, set_presence, standing_of


class PresenceForm(forms.Form):
    """Until when one is away, and who stands in."""

    until = forms.DateTimeField(
        label=gettext_lazy("Away until"),
        required=False,
        help_text=gettext_lazy("Empty: until you say that you are back."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    stand_in = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Stand-in"),
        required=False,
        empty_label=gettext_lazy("Nobody"),
        help_text=gettext_lazy("Who takes the customers that know you by name."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(is_active=True, is_staff=True).exclude(pk=user.pk)
        self.fields["stand_in"].queryset = colleagues.order_by("full_name", "id")  # type: ignore[attr-defined]


def presence_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The reader's own presence: the form (GET), and saying it (POST ``act`` here or away)."""
    access.refuse_unless(request, "tickets.work_ticket")
    user, now = request.user, timezone.now()
    assert isinstance(user, User)
    if request.method != "POST":
        return _page(model_admin, request, PresenceForm(initial=_initial(user), user=user))
    form = PresenceForm(request.POST, user=user)
    is_away = request.POST.get("act") == "away"
    if is_away and not form.is_valid():
        return _page(model_admin, request, form, status=422)
    try:
        if is_away:
            colleague = form.cleaned_data["stand_in"]
            set_presence(
                user=user,
                away=True,
                until=form.cleaned_data["until"],
                stand_in_id=colleague.pk if colleague else None,
                now=now,
            )
        else:
            set_presence(user=user, away=False, now=now)
    except DomainError as error:
        form.is_valid()
        form.add_error(None, access.sentence(error))
        return _page(model_admin, request, form, status=422)
    messages.success(request, standing_words(standing_of(user, now=now)))
    return access.go(request, access.back(request, reverse("admin:tickets_ticket_changelist")))


def standing_words(standing: Standing) -> str:
    """Whether somebody is here, in words."""
    if not standing.is_away:
        return _("Here")
    said = _("Away until %(moment)s") % {"moment": words.moment(standing.until)} if standing.until else _("Away")
    return _("%(away)s, %(name)s stands in") % {"away": said, "name": standing.stand_in} if standing.stand_in else said


def _initial(user: User) -> dict[str, Any]:
    presence = Presence.objects.filter(user=user).first()
    return {
        "until": presence.away_until if presence and presence.is_away and presence.away_until else _tomorrow(),
        "stand_in": presence.stand_in_id if presence else None,
    }


def _tomorrow() -> datetime:
    """The next morning, in the reader's zone."""
    local = timezone.localtime() + timedelta(days=1)
    return local.replace(hour=9, minute=0, second=0, microsecond=0)


def _page(model_admin: Any, request: HttpRequest, form: PresenceForm, *, status: int = 200) -> HttpResponse:
    assert isinstance(request.user, User)
    standing = standing_of(request.user, now=timezone.now())
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Here or away"),
        "opts": model_admin.opts,
        "form": form,
        "standing": standing_words(standing),
        "is_away": standing.is_away,
        "zone": timezone.get_current_timezone_name(),
        "return_to": access.back(request, "") if request.method == "POST" else "",
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/tickets/presence.html", context, status=status)
