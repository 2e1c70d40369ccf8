"""Making the audits of a month: each once, whoever's clock or command is first."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import InvalidInput, PermissionRefused
from common.models import User
from common.policies.business_time import first_instant
from logistics.models import Agreement, Partner, PartnerContact
from tickets.choices import Proposal
from tickets.models import Audit, AuditAbout, AuditDecision
from tickets.policies.audit import ENOUGH, Known, Month, propose_for_channel, propose_for_partner
from tickets.services.audit.counting import months_of_channels, months_of_partner

logger = logging.getLogger(__name__)
_NONE = Month()


def audit_due(*, now: datetime, limit: int = 20) -> int:
    """Audit the month that ended last, by each partner's own calendar; a few partners a call. Returns rows made."""
    made = 0
    month = last_month(now, UTC)
    if not Audit.objects.filter(month=month, about=AuditAbout.CHANNEL).exists():
        made += _audit_channels(month, now=now)
    done = dict(
        Audit.objects.filter(channel="", partner__isnull=False).order_by("month").values_list("partner", "month")
    )
    for partner in Partner.objects.filter(is_active=True).order_by("id"):
        month = last_month(now, _zone(partner))
        if done.get(partner.pk, date.min) < month and limit > 0:
            limit -= 1
            made += _audit_partner(partner, month, now=now)
    return made


def audit_month(*, month: date, now: datetime) -> int:
    """Audit a given month, all that it has no row for. Returns rows made. Raises InvalidInput while it lasts."""
    month = month.replace(day=1)
    if month > last_month(now, UTC):
        raise InvalidInput(_("This month has not ended."))
    made = _audit_channels(month, now=now)
    for partner in Partner.objects.filter(is_active=True).order_by("id"):
        if month <= last_month(now, _zone(partner)):
            made += _audit_partner(partner, month, now=now)
    return made


def decide(*, audit_id: int, decision: str, user: User, now: datetime) -> Audit:
    """Write down what becomes of a proposal. Raises PermissionRefused, InvalidInput."""
    if not user.has_perm("tickets.change_audit"):
        raise PermissionRefused(_("You may not do this here."))
    if decision not in (AuditDecision.ACCEPTED, AuditDecision.DISMISSED):
        raise InvalidInput(_("Accept the proposal or dismiss it."))
    with transaction.atomic():
        audit = Audit.objects.select_for_update().get(pk=audit_id)
        audit.decision, audit.decided_by, audit.decided_at = decision, user, now
        audit.save(update_fields=["decision", "decided_by", "decided_at"])
    return audit


def last_month(now: datetime, zone: tzinfo) -> date:
    """The first day of the month that ended last, by a zone's calendar."""
    return (now.astimezone(zone).date().replace(day=1) - timedelta(days=1)).replace(day=1)


def span(month: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """A month's first instant and that of the next one, in UTC."""
    following = (month + timedelta(days=32)).replace(day=1)
    return first_instant(month, time(0), zone), first_instant(following, time(0), zone)


def _zone(partner: Partner) -> ZoneInfo:
    return ZoneInfo(partner.time_zone or "UTC")


def _three(month: date) -> list[date]:
    before = (month - timedelta(days=1)).replace(day=1)
    return [month, before, (before - timedelta(days=1)).replace(day=1)]


def _audit_partner(partner: Partner, month: date, *, now: datetime) -> int:
    zone = _zone(partner)
    found = []
    for one in _three(month):
        since, until = span(one, zone)
        found.append(months_of_partner(partner.pk, since=since, until=until))
    agreed = Agreement.objects.filter(partner=partner).values_list("answer_minutes", flat=True).first()
    has_backup = PartnerContact.objects.filter(partner=partner, is_active=True).count() > 1
    rows = [
        _row(
            Audit(month=month, about=AuditAbout.PARTNER, partner=partner, channel=channel, agreed_minutes=agreed),
            found,
            channel,
            has_backup=has_backup,
            now=now,
        )
        for channel in found[0]
    ]
    return _save(rows)


def _row(audit: Audit, found: list[dict[str, Month]], channel: str, *, has_backup: bool, now: datetime) -> Audit:
    months = tuple(one.get(channel, _NONE) for one in found)
    other, share = _better(found[0], channel)
    known = Known(audit.agreed_minutes, has_backup, share)
    proposal = propose_for_partner((months[0], months[1], months[2]), known)
    if proposal == Proposal.SWITCH_CHANNEL:
        audit.other_channel, audit.other_share = other, share
    return _filled(audit, months, proposal, now=now)


def _better(found: Mapping[str, Month], channel: str) -> tuple[str, float | None]:
    """The channel with the best share of those that say something, beside this one."""
    others = [
        (month.share, name)
        for name, month in found.items()
        if name and name != channel and month.asked >= ENOUGH and month.share is not None
    ]
    share, name = max(others, default=(None, ""))
    return name, share


def _audit_channels(month: date, *, now: datetime) -> int:
    found = []
    for one in _three(month):
        since, until = span(one, UTC)
        found.append(months_of_channels(since=since, until=until))
    rows = []
    for channel in found[0]:
        months = tuple(one.get(channel, _NONE) for one in found)
        proposal = propose_for_channel((months[0], months[1], months[2]))
        rows.append(_filled(Audit(month=month, about=AuditAbout.CHANNEL, channel=channel), months, proposal, now=now))
    return _save(rows)


def _filled(audit: Audit, months: tuple[Month, ...], proposal: Proposal, *, now: datetime) -> Audit:
    month, before, earlier = months
    for name in ("asked", "in_time", "late", "unanswered", "backup", "calls", "failed", "median_minutes", "share"):
        setattr(audit, name, getattr(month, name))
    audit.share_before_1, audit.asked_before_1 = before.share, before.asked
    audit.share_before_2, audit.asked_before_2 = earlier.share, earlier.asked
    audit.proposal, audit.made_at = proposal, now
    return audit


@transaction.atomic
def _save(rows: list[Audit]) -> int:
    """Keep the rows that are not there yet. How many that were."""
    before = Audit.objects.count()
    Audit.objects.bulk_create(rows, ignore_conflicts=True)
    return Audit.objects.count() - before
