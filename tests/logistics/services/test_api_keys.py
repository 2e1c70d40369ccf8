"""Keys by service and by command."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.models import User
from logistics.choices import PartnerKind
from logistics.models import ApiKey, Partner
from logistics.services.api_keys import KeyRefused, caller_of, issue_key, revoke_key, rotate_key

pytestmark = pytest.mark.django_db
HERE = "127.0.0.1"


@pytest.fixture
def partner() -> Partner:
    return Partner.objects.create(kind=PartnerKind.WAREHOUSE, name="Rotterdam Fulfilment")


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().strip()


def test_a_rotated_key_works_until_the_overlap_is_over_and_keeps_its_term(partner: Partner) -> None:
    now = timezone.now()
    key, old = issue_key(
        partner=partner,
        name="k",
        scopes=["read"],
        expires_at=now + timedelta(days=30),
        allowed_networks=[HERE],
        now=now,
    )
    later = now + timedelta(days=10)

    new_key, new = rotate_key(key=key, overlap=timedelta(days=2), now=later)

    assert caller_of(old, HERE, later + timedelta(days=1, hours=23))
    assert caller_of(old, HERE, later + timedelta(days=2)) is None
    assert caller_of(new, HERE, later + timedelta(days=29))
    assert (new_key.expires_at, new_key.allowed_networks) == (later + timedelta(days=30), ["127.0.0.1/32"])


def test_an_overlap_never_lengthens_a_term_and_none_ends_the_old_key_at_once(partner: Partner) -> None:
    now = timezone.now()
    key, old = issue_key(partner=partner, name="k", scopes=["read"], expires_at=now + timedelta(days=1), now=now)

    rotate_key(key=key, overlap=timedelta(days=90), now=now)
    assert caller_of(old, HERE, now + timedelta(days=1)) is None
    rotate_key(key=key, overlap=timedelta(0), now=now)
    assert caller_of(old, HERE, now) is None


@pytest.mark.parametrize("days", [-1, 91])
def test_an_overlap_has_limits(partner: Partner, days: int) -> None:
    key, _text = issue_key(partner=partner, name="k", scopes=["read"], now=timezone.now())

    with pytest.raises(KeyRefused):
        rotate_key(key=key, overlap=timedelta(days=days), now=timezone.now())


def test_a_key_belongs_to_exactly_one_and_has_a_scope(partner: Partner) -> None:
    user = User.objects.create_user("a@clearway.example", full_name="A", is_staff=True)
    wrong: list[dict[str, object]] = [
        {"partner": partner, "user": user, "scopes": ["read"]},
        {"scopes": ["read"]},
        {"partner": partner, "scopes": []},
        {"partner": partner, "scopes": ["all"]},
    ]
    for number, fields in enumerate(wrong):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiKey.objects.create(name="x", prefix=str(number), hash=b"h", created_at=timezone.now(), **fields)


def test_commands_issue_rotate_and_revoke(partner: Partner) -> None:
    text = run(
        "create_api_key", "--partner", partner.name, "--name", "System", "--scope", "read", "answer", "--days", "9"
    )
    key = ApiKey.objects.get()
    assert caller_of(text, HERE, timezone.now())
    assert key.scopes == ["read", "answer"]
    assert key.expires_at is not None

    successor = run("rotate_api_key", f"cw_live_{key.prefix}", "--overlap-days", "0")
    assert caller_of(text, HERE, timezone.now()) is None
    assert caller_of(successor, HERE, timezone.now())

    assert "does not work any more" in run("revoke_api_key", successor)
    assert caller_of(successor, HERE, timezone.now()) is None
    assert "revoked before" in run("revoke_api_key", successor)


@pytest.mark.parametrize(
    "words",
    [
        ("create_api_key", "--partner", "Nobody", "--name", "x", "--scope", "read"),
        ("create_api_key", "--user", "nobody@clearway.example", "--name", "x", "--scope", "read"),
        ("create_api_key", "--partner", "Rotterdam Fulfilment", "--name", "x"),
        ("create_api_key", "--partner", "Rotterdam Fulfilment", "--name", "x", "--scope", "export"),
        ("create_api_key", "--partner", "Rotterdam Fulfilment", "--name", "x", "--scope", "read", "--network", "x"),
        ("create_api_key", "--partner", "Rotterdam Fulfilment", "--name", "x", "--scope", "read", "--days", "0"),
        ("revoke_api_key", "nothing"),
        ("rotate_api_key", "nothing"),
    ],
)
def test_commands_say_in_a_sentence_what_cannot_be(partner: Partner, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"\.$"):
        run(*words)

    assert not ApiKey.objects.exists()


def test_a_key_of_a_person_who_left_the_desk_does_not_work() -> None:
    now = timezone.now()
    user = User.objects.create_user("a@clearway.example", full_name="A", is_staff=True)
    key, text = issue_key(user=user, name="k", scopes=["tickets"], now=now)
    assert caller_of(text, HERE, now)

    User.objects.update(is_staff=False)
    assert caller_of(text, HERE, now) is None
    User.objects.update(is_staff=True, is_active=False)
    assert caller_of(text, HERE, now) is None
    assert revoke_key(key=key, now=now)
    assert not revoke_key(key=key, now=now)
