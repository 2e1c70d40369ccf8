"""What staff do with a ticket besides its workflow: own it, put it off, rank it, merge, split and convert it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.admin import words
from common.errors import DomainError
from common.models import User
from tickets.admin import access
from tickets.choices import Direction, Kind, Priority
from tickets.models import Team, Ticket
from tickets.policies.actor import Actor
from tickets.services import conversations, intake, ownership, relations
from tickets.services.routing import route_again

MOST_AT_ONCE = 200
_SPLIT_FROM = 100


def staff() -> Any:
    """Whoever may own a ticket."""
    return User.objects.filter(is_active=True, is_staff=True).order_by("full_name", "id")


class ActForm(forms.Form):
    """A form of an act; it knows its ticket and who asks."""

    def __init__(self, *args: Any, ticket: Ticket, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        self.request = request


class AssignForm(ActForm):
    assignee = forms.ModelChoiceField(
        staff(), label=gettext_lazy("Owner"), required=False, empty_label=gettext_lazy("Nobody")
    )
    team = forms.ModelChoiceField(Team.objects.all(), label=gettext_lazy("Team"), required=False, empty_label="—")


class HandOverForm(ActForm):
    to_user = forms.ModelChoiceField(staff(), label=gettext_lazy("To a colleague"), required=False, empty_label="—")
    to_team = forms.ModelChoiceField(
        Team.objects.all(), label=gettext_lazy("or to a team"), required=False, empty_label="—"
    )
    note = forms.CharField(
        label=gettext_lazy("What they need to know"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned.get("to_user") or cleaned.get("to_team")):
            raise ValidationError(_("Choose a colleague or a team."))
        return cleaned


class SnoozeForm(ActForm):
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        if until <= timezone.now():
            raise ValidationError(_("This moment has passed."))
        return until


class PriorityForm(ActForm):
    priority = forms.TypedChoiceField(label=gettext_lazy("Priority"), choices=Priority.choices, coerce=int)


class KindForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("It really is a"), choices=Kind.choices)


class MergeForm(ActForm):
    into = forms.CharField(
        label=gettext_lazy("Into which ticket"), max_length=40, help_text=gettext_lazy("Its reference, like CLR-2041.")
    )

    def clean_into(self) -> Ticket:
        found = access.readable(self.request).by_reference(self.cleaned_data["into"]).first()
        if found is None:
            raise ValidationError(_("There is no ticket of this reference."))
        if found.pk == self.ticket.pk:
            raise ValidationError(_("This is the ticket itself."))
        return found


class SplitForm(ActForm):
    messages = forms.MultipleChoiceField(
        label=gettext_lazy("Messages that are another matter"), widget=forms.CheckboxSelectMultiple()
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of the new ticket"), choices=Kind.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.ticket.messages.exclude(direction=Direction.NOTE).order_by("-sent_at", "-id")[:_SPLIT_FROM]
        cast("forms.MultipleChoiceField", self.fields["messages"]).choices = [
            (str(one.pk), f"{words.moment(one.sent_at)} · {one.text[:90]}") for one in rows
        ]
        self.fields["kind"].initial = Kind.INQUIRY


class NothingForm(ActForm):
    """An act that asks for nothing."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its form and the one service call it makes. ``run`` returns the ticket to show next, if another."""

    label: str | Promise
    form: type[ActForm]
    run: Callable[[Ticket, dict[str, Any], Actor, datetime], Ticket | None]
    done: str | Promise
    permission: str = "tickets.work_ticket"
    intro: str | Promise = ""


def _assign(ticket: Ticket, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    person, team = data["assignee"], data["team"]
    ownership.assign(
        ticket_id=ticket.pk,
        assignee_id=person.pk if person else None,
        team_id=team.pk if team else ticket.team_id,
        actor=actor,
        now=now,
    )


def _hand_over(ticket: Ticket, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    person, team = data["to_user"], data["to_team"]
    ownership.hand_over(
        ticket_id=ticket.pk,
        to_user=person.pk if person else None,
        to_team=team.pk if team else None,
        note=data["note"],
        actor=actor,
        now=now,
    )


def _snooze(ticket: Ticket, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    ownership.snooze(ticket_id=ticket.pk, until=data["until"], actor=actor, now=now)


def _wake(ticket: Ticket, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    ownership.wake(ticket_id=ticket.pk, actor=actor, now=now)


def _set_priority(ticket: Ticket, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    ownership.set_priority(ticket_id=ticket.pk, priority=data["priority"], actor=actor, now=now)


def _correct_kind(ticket: Ticket, data: dict[str, Any], actor: Actor, now: datetime) -> Ticket:
    return intake.correct_kind(ticket_id=ticket.pk, kind=data["kind"], actor=actor, now=now)


def _merge(ticket: Ticket, data: dict[str, Any], actor: Actor, now: datetime) -> Ticket:
    into: Ticket = data["into"]
    relations.merge_tickets(ticket_id=ticket.pk, into_id=into.pk, actor=actor, now=now)
    return into


def _split(ticket: Ticket, data: dict[str, Any], actor: Actor, now: datetime) -> Ticket:
    return relations.split_ticket(
        ticket_id=ticket.pk, message_ids=[int(one) for one in data["messages"]], kind=data["kind"], actor=actor, now=now
    )


def _no_answer(ticket: Ticket, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    conversations.mark_answered(ticket_id=ticket.pk, actor=actor, now=now)


def _route(ticket: Ticket, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    route_again(ticket_id=ticket.pk, actor=actor, now=now)


ACTS: dict[str, Act] = {
    "assign": Act(gettext_lazy("Change the owner"), AssignForm, _assign, gettext_lazy("The owner is changed.")),
    "hand-over": Act(
        gettext_lazy("Hand over"),
        HandOverForm,
        _hand_over,
        gettext_lazy("Handed over."),
        intro=gettext_lazy("The note stays in the thread, for us alone."),
    ),
    "route": Act(
        gettext_lazy("Find an owner again"),
        NothingForm,
        _route,
        gettext_lazy("Looked for an owner among all teams: the ticket says whom it found and why."),
        intro=gettext_lazy("Among all teams, as if the ticket had just come in."),
    ),
    "snooze": Act(
        gettext_lazy("Snooze"),
        SnoozeForm,
        _snooze,
        gettext_lazy("Snoozed."),
        intro=gettext_lazy("The ticket leaves the queue until then, or until the customer writes."),
    ),
    "wake": Act(gettext_lazy("Wake"), NothingForm, _wake, gettext_lazy("Back in the queue.")),
    "priority": Act(gettext_lazy("Set priority"), PriorityForm, _set_priority, gettext_lazy("The priority is set.")),
    "kind": Act(
        gettext_lazy("Correct the kind"),
        KindForm,
        _correct_kind,
        gettext_lazy("Made a ticket of the right kind."),
        intro=gettext_lazy(
            "The messages, files and people move to a new ticket of the right kind; this one is kept as history."
        ),
    ),
    "merge": Act(
        gettext_lazy("Merge"),
        MergeForm,
        _merge,
        gettext_lazy("Merged."),
        intro=gettext_lazy("The messages, files and people move to the other ticket; this one is dismissed."),
    ),
    "split": Act(gettext_lazy("Split"), SplitForm, _split, gettext_lazy("Split off into a ticket of its own.")),
    "no-answer": Act(
        gettext_lazy("No answer needed"), NothingForm, _no_answer, gettext_lazy("Marked as needing no answer.")
    ),
}


def act_view(model_admin: Any, request: HttpRequest, object_id: str, act_name: str) -> HttpResponse:
    """The act's form (GET) and the act itself (POST)."""
    ticket = access.ticket_or_404(request, object_id, "customer", "shipment")
    act = ACTS.get(act_name)
    if act is None:
        raise Http404
    access.refuse_unless(request, act.permission)
    if request.method != "POST":
        initial = {
            "assignee": ticket.assignee_id or request.user.pk,
            "priority": ticket.priority,
            "kind": ticket.kind,
            "team": ticket.team_id,
        }
        return _show(model_admin, request, ticket, act, act.form(initial=initial, ticket=ticket, request=request))
    form = act.form(request.POST, ticket=ticket, request=request)
    if not form.is_valid():
        return _show(model_admin, request, ticket, act, form, status=422)
    try:
        other = act.run(ticket, form.cleaned_data, access.actor(request), timezone.now())
    except DomainError as error:
        form.add_error(None, access.sentence(error))
        return _show(model_admin, request, ticket, act, form, status=409)
    messages.success(request, str(act.done))
    return access.go(request, access.page_of(other.pk if other else ticket.pk, request))


def _show(
    model_admin: Any, request: HttpRequest, ticket: Ticket, act: Act, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    is_part = access.is_fetched(request)
    context = {
        **({} if is_part else model_admin.admin_site.each_context(request)),
        "title": f"{ticket.reference} · {act.label}",
        "heading": act.label,
        "intro": act.intro,
        "opts": model_admin.opts,
        "is_fullwidth": "1",
        "ticket": ticket,
        "form": form,
        "submit": act.label,
        "address": access.page_of(ticket.pk, request),
        "zone": timezone.get_current_timezone_name(),
        "has_moment": act.form is SnoozeForm,
    }
    template = "admin/tickets/_form.html" if is_part else "admin/tickets/form.html"
    return TemplateResponse(request, template, context, status=status)


def bulk_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Assign, snooze or rank the selected tickets of the queue: one service call each."""
    access.refuse_unless(request, "tickets.work_ticket")
    address = access.back(request, reverse("admin:tickets_ticket_changelist"))
    if request.method != "POST":
        return HttpResponseRedirect(address)
    wanted = [int(one) for one in request.POST.getlist("ids") if one.isascii() and one.isdigit() and len(one) < 19]
    ids = list(access.readable(request).filter(pk__in=wanted[:MOST_AT_ONCE]).values_list("pk", flat=True))
    if not ids:
        messages.warning(request, _("Select tickets first."))
        return HttpResponseRedirect(address)
    try:
        done = _in_bulk(request, ids)
    except DomainError as error:
        access.say(request, error)
    except ValueError:
        messages.error(request, _("This choice cannot be used."))
    else:
        text = ngettext("%(count)d ticket changed.", "%(count)d tickets changed.", done) % {"count": done}
        messages.success(request, text)
    return HttpResponseRedirect(address)


@transaction.atomic
def _in_bulk(request: HttpRequest, ids: list[int]) -> int:
    """Do one act to all of them or, when one refuses, to none. Returns how many it concerned."""
    act, actor, now = request.POST.get("act", ""), access.actor(request), timezone.now()
    open_tickets = dict(Ticket.objects.open().filter(pk__in=ids).values_list("pk", "team_id"))
    if act == "assign":
        chosen = request.POST.get("assignee", "")
        assignee = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None
        count = 0
        for team in set(open_tickets.values()):
            of_team = [ticket for ticket, one in open_tickets.items() if one == team]
            count += ownership.assign_many(ticket_ids=of_team, assignee_id=assignee, team_id=team, actor=actor, now=now)
        return count
    if act == "snooze":
        try:
            until = forms.DateTimeField().clean(request.POST.get("until", ""))
        except ValidationError as error:
            raise ValueError(act) from error
        for ticket in sorted(open_tickets):
            ownership.snooze(ticket_id=ticket, until=until, actor=actor, now=now)
        return len(open_tickets)
    if act == "priority":
        priority = int(request.POST.get("priority", ""))
        for ticket in sorted(open_tickets):
            ownership.set_priority(ticket_id=ticket, priority=priority, actor=actor, now=now)
        return len(open_tickets)
    raise ValueError(act)
