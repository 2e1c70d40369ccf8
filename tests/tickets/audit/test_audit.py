"""The monthly audit: counted by each partner's calendar, once, with a proposal that its figures speak for, a letter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from common.errors import InvalidInput, PermissionRefused
from common.models import Connection, User
from logistics.models import Partner
from tickets.choices import ClockOutcome, Proposal, Target
from tickets.models import Audit, ChannelIdentity, Clock, Conversation, Message, PromisePolicy
from tickets.policies.actor import Actor
from tickets.policies.audit import Known, Month, propose_for_channel, propose_for_partner
from tickets.services import audit as audits
from tickets.services.audit import letters
from tickets.services.audit.letters import LetterRefused, letter_of
from tickets.services.audit.making import last_month
from tickets.services.linking import open_ticket

NOW = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
GOOD, POOR, NONE = Month(asked=20, in_time=19, late=1), Month(asked=20, in_time=8, late=12), Month()


@pytest.mark.parametrize(
    ("months", "known", "proposal"),
    [
        ((GOOD, GOOD, GOOD), Known(), Proposal.KEEP),
        ((Month(asked=4, late=4), GOOD, GOOD), Known(), Proposal.NO_DATA),
        ((NONE, NONE, NONE), Known(), Proposal.NO_DATA),
        ((POOR, GOOD, GOOD), Known(other_share=0.9), Proposal.SWITCH_CHANNEL),
        ((POOR, GOOD, GOOD), Known(other_share=0.5), Proposal.TALK),
        ((Month(asked=20, in_time=17, unanswered=3), GOOD, GOOD), Known(), Proposal.NAME_BACKUP),
        ((Month(asked=20, in_time=17, unanswered=3), GOOD, GOOD), Known(has_backup=True), Proposal.KEEP),
        ((Month(asked=20, in_time=18, late=2, calls=6, backup=2), GOOD, GOOD), Known(), Proposal.BACKUP_FIRST),
        ((POOR, POOR, POOR), Known(), Proposal.REVIEW),
        ((Month(asked=20, in_time=8, late=12, median_minutes=200), POOR, POOR), Known(120), Proposal.AGREE_ANEW),
        (
            (Month(asked=100, in_time=86), Month(asked=100, in_time=92), Month(asked=100, in_time=97)),
            Known(),
            Proposal.TALK,
        ),
    ],
)
def test_the_same_figures_speak_for_the_same_change(months: Any, known: Known, proposal: Proposal) -> None:
    assert propose_for_partner(months, known) == proposal


def test_a_channel_whose_messages_do_not_arrive_is_mended_first() -> None:
    assert propose_for_channel((Month(asked=20, in_time=5, calls=100, failed=5), GOOD, GOOD)) == Proposal.MEND_CHANNEL
    assert propose_for_channel((Month(asked=20, in_time=5, calls=100, failed=4), GOOD, GOOD)) == Proposal.STAFF_CHANNEL
    assert propose_for_channel((GOOD, GOOD, GOOD)) == Proposal.KEEP


def partner(**named: Any) -> Partner:
    return Partner.objects.create(**{"name": "Meyer", "kind": "broker", "time_zone": "America/Los_Angeles", **named})


def asked(one: Partner, at: datetime, outcome: str = ClockOutcome.KEPT, *, provider: str = "email") -> Clock:
    """Something that the partner was asked at ``at``; "" is still without an answer and late."""
    ticket = open_ticket(kind="inquiry", actor=Actor.system(), now=at)
    account, _made = Connection.objects.get_or_create(provider=provider, slug=provider)
    identity, _made = ChannelIdentity.objects.get_or_create(
        connection=account, external_id=f"{one.pk}@meyer.example", defaults={"partner": one, "created_at": at}
    )
    thread = Conversation.objects.create(
        connection=account, identity=identity, thread=str(ticket.pk), started_at=at, last_message_at=at
    )
    Message.objects.create(
        ticket_id=ticket.pk,
        conversation=thread,
        connection=account,
        identity=identity,
        partner=one,
        direction="out",
        audience="partner",
        status="sent",
        text="Where is it?",
        sent_at=at,
        created_at=at,
    )
    return Clock.objects.create(
        ticket_id=ticket.pk,
        target=Target.PARTNER_ANSWER,
        policy=PromisePolicy.objects.order_by("id")[0],
        partner=one,
        duration=timedelta(hours=2),
        started_at=at,
        due_at=at + timedelta(hours=2),
        ended_at=at + timedelta(hours=1) if outcome else None,
        breached_at=None if outcome == ClockOutcome.KEPT else at + timedelta(hours=2),
        outcome=outcome,
    )


@pytest.mark.django_db
def test_a_month_is_the_partners_own_and_its_channels_are_told_apart() -> None:
    meyer = partner()
    first, last = datetime(2026, 11, 1, 7, 0, tzinfo=UTC), datetime(2026, 12, 1, 7, 59, tzinfo=UTC)
    asked(meyer, first - timedelta(minutes=1))  # October there
    for number in range(6):
        asked(meyer, first + timedelta(days=number))
        asked(meyer, first + timedelta(days=number), ClockOutcome.MISSED, provider="telegram")
    asked(meyer, last, "", provider="telegram")

    audits.audit_due(now=NOW)
    assert not Audit.objects.filter(month=date(2026, 11, 1), partner=meyer).exists()  # it is still November there
    later = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    audits.audit_due(now=later)

    rows = {row.channel: row for row in Audit.objects.filter(month=date(2026, 11, 1), partner=meyer)}
    whole, telegram = rows[""], rows["telegram"]
    assert set(rows) == {"", "email", "telegram"}
    assert (whole.asked, whole.in_time, whole.late, whole.unanswered) == (13, 6, 6, 1)
    assert (whole.share_before_1, whole.asked_before_1) == (1.0, 1)
    assert (telegram.asked, telegram.share) == (7, 0.0)
    assert (whole.proposal, whole.other_channel, whole.other_share) == (Proposal.SWITCH_CHANNEL, "email", 1.0)
    assert "By E-mail, 100 % of the answers came in time." in audits.evidence_of(whole)
    assert audits.audit_due(now=later) == 0


@pytest.mark.django_db
def test_two_clocks_make_each_row_once_and_a_command_adds_what_is_missing() -> None:
    meyer = partner(time_zone="UTC")
    asked(meyer, datetime(2026, 11, 5, 9, 0, tzinfo=UTC))
    assert audits.audit_month(month=date(2026, 11, 9), now=NOW) == 2
    assert audits.audit_month(month=date(2026, 11, 1), now=NOW) == 0

    call_command("audit_partners", "--month", "2026-05")
    assert Audit.objects.filter(month=date(2026, 5, 1), partner=meyer, proposal=Proposal.NO_DATA).count() == 1
    with pytest.raises(CommandError):
        call_command("audit_partners", "--month", "next")
    with pytest.raises(InvalidInput):
        audits.audit_month(month=date(2026, 12, 1), now=NOW)


def test_the_last_month_is_the_zones_own() -> None:
    assert last_month(NOW, UTC) == date(2026, 11, 1)
    assert last_month(NOW, ZoneInfo("America/Los_Angeles")) == date(2026, 10, 1)


def row(one: Partner, **named: Any) -> Audit:
    values = {"asked": 20, "in_time": 8, "late": 12, "share": 0.4, "proposal": Proposal.TALK, "made_at": NOW, **named}
    return Audit.objects.create(month=date(2026, 11, 1), about="partner", partner=one, **values)


@pytest.mark.django_db
def test_a_letter_takes_no_name_for_markup() -> None:
    hostile = row(partner(name='#eval("1+1") #read("/etc/passwd") *x* $y$ \\  <a>'))
    found = letter_of(hostile, now=NOW)
    assert found.content.startswith(b"%PDF-")
    assert (found.language, found.missing) == ("en", "")


@pytest.mark.django_db
def test_without_a_chinese_font_the_letter_is_english_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    chinese, english = row(partner(name="深圳仓", language="zh-Hans")), row(partner(name="深圳 Meyer"))
    monkeypatch.setattr(letters, "_families", lambda: frozenset({"Libertinus Serif"}))
    assert letter_of(chinese, now=NOW).language == "en"
    assert "the letter is in English" in letter_of(chinese, now=NOW).missing
    assert "cannot be read" in letter_of(english, now=NOW).missing


@pytest.mark.django_db
@pytest.mark.skipif(not letters.chinese_font(), reason="this machine has no Chinese font")
def test_a_partner_who_reads_chinese_gets_it_in_chinese() -> None:
    found = letter_of(row(partner(name="深圳仓", language="zh-Hans")), now=NOW)
    assert (found.language, found.missing) == ("zh-hans", "")
    assert b"CJK" in found.content


@pytest.mark.django_db
def test_a_channel_gets_no_letter_and_only_who_may_decides() -> None:
    channel = Audit.objects.create(
        month=date(2026, 11, 1), about="channel", channel="email", proposal=Proposal.KEEP, made_at=NOW
    )
    with pytest.raises(LetterRefused):
        letter_of(channel, now=NOW)
    user = User.objects.create_user("li@clearway.example", is_staff=True)
    with pytest.raises(PermissionRefused):
        audits.decide(audit_id=channel.pk, decision="accepted", user=user, now=NOW)
    boss = User.objects.create_superuser("boss@clearway.example", "x")
    decided = audits.decide(audit_id=channel.pk, decision="dismissed", user=boss, now=NOW)
    assert (decided.decision, decided.decided_by, decided.decided_at) == ("dismissed", boss, NOW)
