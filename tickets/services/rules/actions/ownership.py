"""Whose a ticket is, how urgent, how marked."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.inputs import Pick, Text
from tickets.choices import Priority
from tickets.models import Participant, Ticket
from tickets.services import ownership
from tickets.services.journal import changing
from tickets.services.rules.actions import offered
from tickets.services.rules.actions.registry import Doing, Raw, action

_PRIORITIES: list[tuple[Any, Any]] = [(int(value), label) for value, label in Priority.choices]


def _says_assign(raw: Raw) -> str:
    names = []
    if raw.get("team"):
        names.append(offered.name_of(offered.teams(), raw["team"]))
    if raw.get("person"):
        names.append(offered.name_of(offered.people(), raw["person"]))
    return _("give it to %(whom)s") % {"whom": ", ".join(names)}


@action(
    "assign",
    gettext_lazy("Assign"),
    inputs=[
        Pick(name="team", label=gettext_lazy("Team"), rows=offered.teams, numbers=True, required=False),
        Pick(name="person", label=gettext_lazy("Person"), rows=offered.people, numbers=True, required=False),
    ],
    says=_says_assign,
)
def assign(doing: Doing) -> str:
    ticket = doing.ticket()
    team, person = doing.inputs["team"], doing.inputs["person"]
    ownership.assign(
        ticket_id=doing.ticket_id,
        team_id=team if team is not None else ticket.team_id,
        assignee_id=person,
        actor=doing.actor,
        now=doing.now,
    )
    return "assigned"


@action(
    "set_priority",
    gettext_lazy("Set the priority"),
    inputs=[Pick(name="priority", label=gettext_lazy("Priority"), rows=lambda: _PRIORITIES, numbers=True)],
    says=lambda raw: (
        _("set the priority to %(priority)s") % {"priority": offered.name_of(_PRIORITIES, raw.get("priority"))}
    ),
)
def set_priority(doing: Doing) -> str:
    ownership.set_priority(
        ticket_id=doing.ticket_id, priority=doing.inputs["priority"], actor=doing.actor, now=doing.now
    )
    return "priority set"


@action(
    "add_tag",
    gettext_lazy("Add a tag"),
    inputs=[Text(name="tag", label=gettext_lazy("Tag"), max_length=60)],
    says=lambda raw: _("add the tag “%(tag)s”") % {"tag": raw.get("tag", "")},
)
def add_tag(doing: Doing) -> str:
    tags = [*Ticket.objects.values_list("tags", flat=True).get(pk=doing.ticket_id), doing.inputs["tag"]]
    ownership.set_tags(ticket_id=doing.ticket_id, tags=tags, actor=doing.actor, now=doing.now)
    return "tag added"


@action(
    "add_participant",
    gettext_lazy("Add a participant"),
    inputs=[Pick(name="person", label=gettext_lazy("Person"), rows=offered.people, numbers=True)],
    says=lambda raw: (
        _("add %(person)s to the thread") % {"person": offered.name_of(offered.people(), raw.get("person"))}
    ),
)
def add_participant(doing: Doing) -> str:
    with changing(doing.ticket_id, actor=doing.actor, now=doing.now) as change:
        _participant, is_new = Participant.objects.get_or_create(
            ticket_id=doing.ticket_id, user_id=doing.inputs["person"], defaults={"joined_at": doing.now}
        )
        if is_new:
            change.record("participant_added", {"user": doing.inputs["person"]})
    return "participant added" if is_new else "was in the thread already"
