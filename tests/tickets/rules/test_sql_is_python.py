"""The SQL of a condition and its Python say the same, whatever the tree and whatever the facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.models import Connection
from tests.tickets.workflows.people import ticket
from tickets.choices import ActorKind, Kind, MessageStatus, Priority, Target, Via
from tickets.models import Attachment, Message, Ticket, TicketEvent, TicketFacts
from tickets.policies.conditions import changes_between, check, expression, matches
from tickets.policies.fields import CHANGEABLE, FIELDS, Field, facts_values
from tickets.policies.operators import FieldType, Takes
from tickets.policies.states import combinations
from tickets.services.rules.statement import Condition, Key, Statement

pytestmark = pytest.mark.django_db

WORDS = ["vip", "anger:awful", "anger:", "a'b", "100%", "{x}", "海关"]
ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu"]
_TEXTS = {
    FieldType.COUNTRY: ["CN", "DE", "ES"],
    FieldType.LANGUAGE: ["de", "zh-Hans", "en"],
    FieldType.LANE: ["CN-DE", "CN-*", "*-ES", "DE-CN"],
    FieldType.TEXT: ["email", "telegram", "a'b%s"],
    FieldType.WORDS: WORDS,
}


def values_of(field: Field) -> st.SearchStrategy[Any]:
    if field.options is not None:
        return st.sampled_from([value for value, _label in field.options()])
    if field.type in _TEXTS:
        return st.sampled_from(_TEXTS[field.type])
    if field.type is FieldType.BOOLEAN:
        return st.booleans()
    if field.type is FieldType.DURATION:
        return st.sampled_from([0, 60, 3600, 86_400])
    if field.name == "now.hour":
        return st.integers(0, 24)
    return st.integers(0, 3) if field.type is FieldType.NUMBER else st.integers(1, 4)


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.integers(0, 5)) == 0:
        name, changed = draw(st.sampled_from(sorted(CHANGEABLE.items())))
        leaf: dict[str, Any] = {"changed": name}
        if changed.type not in (FieldType.WORDS, FieldType.BOOLEAN):
            one = values_of(changed)
            one = st.none() | one if changed.may_be_empty else one
            for side in ("from", "to"):
                if draw(st.booleans()):
                    leaf[side] = draw(st.lists(one, min_size=1, max_size=3))
        return leaf
    field = draw(st.sampled_from(list(FIELDS.values())))
    operator = draw(st.sampled_from(list(field.operators.values())))
    leaf = {"field": field.name, "op": operator.name}
    if field.has_zone and draw(st.booleans()):
        leaf["zone"] = draw(st.sampled_from(ZONES))
    if operator.takes is Takes.ONE:
        leaf["value"] = draw(values_of(field))
    elif operator.takes is Takes.SEVERAL:
        leaf["value"] = draw(st.lists(values_of(field), min_size=1, max_size=3))
    elif operator.takes is Takes.TWO:
        leaf["value"] = sorted(draw(st.lists(values_of(field), min_size=2, max_size=2)))
    return leaf


trees = st.recursive(
    leaves(),
    lambda inner: st.builds(
        lambda group, nodes: {group: nodes},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
maybe_key = st.none() | st.integers(1, 4)
some_words = st.lists(st.sampled_from(WORDS), max_size=3)


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    kind, state, phase, parties = draw(st.sampled_from(list(combinations())))
    return {
        "kind": kind,
        "state": state,
        "phase": phase,
        "waiting_on": draw(st.sampled_from(parties)),
        "cause": draw(st.sampled_from(["", "weather", "address"])),
        "resolution": draw(st.sampled_from(["", "solved"])),
        "priority": draw(st.sampled_from(Priority.values)),
        "tier": draw(st.sampled_from(["", "vip", "standard"])),
        **{f"{name}_id": draw(maybe_key) for name in ("customer", "shipment", "carrier", "team", "assignee")},
        "language": draw(st.sampled_from(["", "de", "zh-Hans"])),
        "country": draw(st.sampled_from(["", "CN", "DE"])),
        "channel": draw(st.sampled_from(["", "email", "a'b%s"])),
        "origin": draw(st.sampled_from(["", "CN", "DE"])),
        "destination": draw(st.sampled_from(["", "DE", "ES"])),
        "tags": draw(some_words),
        "word_hits": draw(some_words),
        "is_unanswered": draw(st.booleans()),
        "is_snoozed": draw(st.booleans()),
        "reopened_count": draw(st.integers(0, 3)),
        "recent_tickets": draw(st.integers(0, 3)),
    }


messages = st.none() | st.fixed_dictionaries(
    {
        "audience": st.sampled_from(["customer", "partner", "public"]),
        "is_automatic": st.booleans(),
        "language": st.sampled_from(["", "de", "en"]),
        "word_hits": some_words,
        "tracking_numbers": some_words,
        "has_file": st.booleans(),
        "has_connection": st.booleans(),
    }
)
events = st.none() | st.fixed_dictionaries(
    {
        "type": st.sampled_from(["message_received", "promise_breached", "incident", "linked"]),
        "actor_kind": st.sampled_from(ActorKind.values),
        "via": st.sampled_from(Via.values),
        "data": st.fixed_dictionaries(
            {},
            optional={
                "target": st.sampled_from([*Target.values, None, 3]),
                "type": st.sampled_from(["stale", "late", 7, None]),
            },
        ),
    }
)
moments = st.integers(0, 700 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    asked=st.lists(trees, min_size=4, max_size=8),
    now=facts(),
    before=st.none() | facts(),
    is_same_moment=st.booleans(),
    message=messages,
    event=events,
    at=moments,
)
def test_sql_and_python_say_the_same(  # noqa: PLR0917 - hypothesis names them
    asked: list[Any],
    now: dict[str, Any],
    before: dict[str, Any] | None,
    is_same_moment: bool,
    message: dict[str, Any] | None,
    event: dict[str, Any] | None,
    at: datetime,
) -> None:
    subject = _ticket()
    TicketFacts.objects.filter(ticket=subject).delete()
    begun = at if is_same_moment else at - timedelta(minutes=5)
    earlier = None
    if before is not None:
        earlier = TicketFacts(ticket=subject, valid_from=begun - timedelta(hours=1), valid_to=begun, **before)
        earlier.save()
    current = TicketFacts.objects.create(ticket=subject, valid_from=begun, **now)
    said = _message(subject, message, at)
    happened = _event(subject, event, at, said)

    found = Statement(tuple(Condition(expression(tree)) for tree in asked)).verdicts(
        [Key(subject.pk, at, happened.pk if happened else None, said.pk if said else None)]
    )[0]
    values = facts_values(current, said, event=happened, opened_at=subject.opened_at, at=at)
    changed = changes_between(earlier, current) if is_same_moment else {}

    expected = [place for place, tree in enumerate(asked) if matches(tree, values, changed=changed)]
    assert found == expected, [asked[place] for place in {*found} ^ {*expected}]


@settings(deadline=None, max_examples=200)
@given(tree=trees)
def test_trees_that_forms_can_make_have_no_problem_but_contradictions(tree: Any) -> None:
    for problem in check(tree):
        assert any(words in problem.sentence for words in ("exclude one another", "at once", "No ticket")), (
            problem.sentence
        )


def _ticket() -> Ticket:
    return Ticket.objects.first() or ticket(Kind.CLEARANCE, now=datetime(2025, 6, 1, tzinfo=UTC))


def _message(subject: Ticket, wanted: dict[str, Any] | None, at: datetime) -> Message | None:
    if wanted is None:
        return None
    fields = dict(wanted)
    has_file, has_connection = fields.pop("has_file"), fields.pop("has_connection")
    line = Connection.objects.get_or_create(slug="mail", defaults={"provider": "email", "name": "Mail"})[0]
    said = Message.objects.create(
        ticket=subject,
        connection=line if has_connection else None,
        direction="in",
        status=MessageStatus.RECEIVED,
        sent_at=at,
        created_at=at,
        **fields,
    )
    if has_file:
        Attachment.objects.create(message=said, name="a.pdf", content_type="x", refusal="too large", created_at=at)
    return said


def _event(subject: Ticket, wanted: dict[str, Any] | None, at: datetime, said: Message | None) -> TicketEvent | None:
    if wanted is None:
        return None
    last = TicketEvent.objects.filter(ticket=subject).order_by("-sequence").values_list("sequence", flat=True)[0]
    fields = {**wanted, "data": {**wanted["data"], **({"message": said.pk} if said else {})}}
    return TicketEvent.objects.create(ticket=subject, sequence=last + 1, at=at, hash=b"x" * 32, **fields)
