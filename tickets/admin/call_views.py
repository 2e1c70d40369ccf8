"""Pages about calls: one's own, messages that wait to be released, and by what one is called."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import words
from common.errors import DomainError
from tickets.admin import access
from tickets.choices import CallBy, PageState, WhomKind
from tickets.models import Page
from tickets.services import escalation
from tickets.services.escalation import reach, reading
from tickets.services.escalation.outside import LONGEST

_SHOWN = 50
_OVER = 20
_TEXT: dict[str, str | Promise] = {
    "send": gettext_lazy("The message is on its way."),
    "by_hand": gettext_lazy("Noted: you told them."),
    "dismiss": gettext_lazy("Not sent. The escalation goes on."),
}
_STATE_COLORS = {PageState.OPEN: "red", PageState.TO_APPROVE: "amber", PageState.ACKNOWLEDGED: "green"}


def call_line(call: Page, *, now: Any) -> dict[str, Any]:
    """A call as pages show it."""
    ways = [str(dict(CallBy.choices).get(way, way)) for way in call.by]
    return {
        "call": call,
        "address": access.page_of(call.ticket_id),
        "reference": call.ticket.reference,
        "subject": call.ticket.subject,
        "age": words.age(call.created_at, now),
        "when": words.moment(call.created_at),
        "ways": ", ".join(ways),
        "state": PageState(call.state).label,
        "color": _STATE_COLORS.get(PageState(call.state), ""),
        "to": whom_of(call),
        "ladder": str(call.escalation.policy) if call.escalation else "",
    }


def whom_of(call: Page) -> str:
    """Who is called: a person of ours, or somebody outside and as what."""
    if call.user_id is not None:
        return str(call.user)
    part = str(WhomKind(call.whom).label) if call.whom in WhomKind.values else ""
    return f"{call.contact or call.partner or '—'}" + (f" ({part})" if part else "")


def mine_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """One's own calls, and what waits to be released by whoever works tickets."""
    now = timezone.now()
    may_release = request.user.has_perm("tickets.work_ticket")
    context = {
        **_frame(model_admin, request, _("My calls")),
        "open_calls": [call_line(call, now=now) for call in reading.open_calls_of(request.user)[:_SHOWN]],
        "waiting": [call_line(call, now=now) for call in reading.to_release(request.user)[:_SHOWN]]
        if may_release
        else [],
        "over": [call_line(call, now=now) for call in reading.answered_lately(request.user)[:_OVER]],
        "may_work": may_release,
        "may_see_all": request.user.has_perm("tickets.view_page"),
    }
    return TemplateResponse(request, "admin/tickets/calls.html", context)


def count_view(request: HttpRequest) -> HttpResponse:
    """How many calls wait for the reader, for the counter in the head."""
    return JsonResponse({"open": reading.count_open_calls_of(request.user)})


def take_view(request: HttpRequest, object_id: int) -> HttpResponse:
    """ "I have it"."""
    call = _call_or_404(request, object_id)
    if call.user_id != request.user.pk and not request.user.has_perm("tickets.supervise"):
        raise PermissionDenied
    if request.method == "POST":
        try:
            escalation.acknowledge(page_id=call.pk, actor=access.actor(request), now=timezone.now())
            messages.success(request, _("You have %(ticket)s now.") % {"ticket": call.ticket.reference})
        except DomainError as error:
            access.say(request, error)
    return HttpResponseRedirect(access.back(request, reverse("admin:tickets_page_mine")))


class ReleaseForm(forms.Form):
    """The message as it is to go out."""

    text = forms.CharField(
        label=gettext_lazy("Message"), widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}), max_length=LONGEST
    )


def release_view(model_admin: Any, request: HttpRequest, object_id: int) -> HttpResponse:
    """Read, change, then release or dismiss a message to somebody outside."""
    access.refuse_unless(request, "tickets.work_ticket")
    call = _call_or_404(request, object_id)
    back = access.back(request, access.page_of(call.ticket_id))
    act = request.POST.get("act", "")
    form = ReleaseForm(request.POST if act in _TEXT else None, initial={"text": call.text})
    if request.method == "POST" and act in _TEXT and (act == "dismiss" or form.is_valid()):
        try:
            _release(request, call, act, form)
        except DomainError as error:
            if call.state == PageState.TO_APPROVE and act != "dismiss":
                form.add_error("text", access.sentence(error))
            else:
                access.say(request, error)
                return HttpResponseRedirect(back)
        else:
            messages.success(request, str(_TEXT[act]))
            return HttpResponseRedirect(back)
    if call.state != PageState.TO_APPROVE:
        messages.info(request, _("This message is not waiting to be released any more."))
        return HttpResponseRedirect(back)
    context = {
        **_frame(model_admin, request, _("Release a message")),
        "line": call_line(call, now=timezone.now()),
        "form": form,
        "by_email": escalation.can_be_sent(call),
        "is_public": call.whom == WhomKind.PARTNER_PUBLIC,
        "contact": call.contact,
        "back": back,
    }
    return TemplateResponse(request, "admin/tickets/call_release.html", context)


def _release(request: HttpRequest, call: Page, act: str, form: ReleaseForm) -> None:
    actor, now = access.actor(request), timezone.now()
    if act == "dismiss":
        escalation.dismiss(page_id=call.pk, actor=actor, now=now)
    else:
        text = form.cleaned_data["text"]
        escalation.release(page_id=call.pk, text=text, actor=actor, now=now, by_hand=act == "by_hand")


def reach_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """By what one is called: one's work e-mail, a chat that a code links."""
    access.refuse_unless(request, "tickets.work_ticket")
    user: Any = request.user
    code = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "code":
            code = reach.new_code(user=user, now=timezone.now())  # shown once, never stored as it is
        elif act == "email":
            reach.set_by_email(user=user, by_email=request.POST.get("by_email") == "on")
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("admin:tickets_page_reach"))
        elif act == "unlink" and (number := request.POST.get("identity", "")).isdecimal() and len(number) < 19:
            reach.unlink(user=user, identity_id=int(number))
            messages.success(request, _("You are not called there any more."))
            return HttpResponseRedirect(reverse("admin:tickets_page_reach"))
    context = {
        **_frame(model_admin, request, _("How I am called")),
        "reach": reach.reach_of(user),
        "email": user.email,
        "code": code,
        "minutes": int(reach.CODE_LASTS.total_seconds() // 60),
    }
    return TemplateResponse(request, "admin/tickets/reach.html", context)


def calls_bar(request: HttpRequest, ticket_id: int, *, may_work: bool) -> list[dict[str, Any]]:
    """What stands above a ticket: the reader's own open calls, and messages that wait to be released."""
    now = timezone.now()
    return [
        call_line(call, now=now)
        for call in reading.calls_of_ticket(ticket_id, request.user)
        if call.user_id is not None or may_work
    ]


def _call_or_404(request: HttpRequest, object_id: int) -> Page:
    """The call, if the reader may see its ticket or is the one who is called."""
    calls = Page.objects.select_related("ticket", "user", "contact", "partner", "escalation__policy")
    call = calls.filter(pk=object_id).first() if object_id < 2**63 else None
    if call is None:
        raise Http404
    if call.user_id != request.user.pk and not access.readable(request).filter(pk=call.ticket_id).exists():
        raise Http404
    return call


def _frame(model_admin: Any, request: HttpRequest, title: str) -> dict[str, Any]:
    request.current_app = model_admin.admin_site.name
    return {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "heading": title,
        "opts": model_admin.opts,
        "is_fullwidth": "1",
    }
