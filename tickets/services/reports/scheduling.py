"""Reports by mail: each once, however many clocks there are, in its reader's language and by their clock."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import localize
from django.utils.translation import gettext as _

from common.jobs import nudge
from common.models import Connection, User
from tickets.choices import Audience
from tickets.errors import KpiRefused
from tickets.models import ChannelIdentity, Conversation, Message, ReportRun, ReportSchedule
from tickets.policies.kpi import FIGURES
from tickets.policies.report_times import next_moment
from tickets.services import kpi
from tickets.services.attachments import store
from tickets.services.conversations import write_notice
from tickets.services.kpi import Period
from tickets.services.reports.files import MEDIA_TYPES, as_file
from tickets.services.reports.tables import Table, table_of_figures, table_of_parts, table_of_series

logger = logging.getLogger(__name__)

PERMISSION = "tickets.view_dashboards"
BATCH = 50
TRY_AGAIN = timedelta(minutes=15)
_LINES = 12
_DAILY_AT_MOST = 62


def zone_of_report(schedule: ReportSchedule) -> ZoneInfo:
    """The zone whose clock a report goes by: its own, else its reader's."""
    return ZoneInfo(schedule.time_zone) if schedule.time_zone else schedule.reader.zone


def reschedule(schedule: ReportSchedule, *, now: datetime) -> None:
    """Set when a report is due next; never for what is switched off. The caller saves it."""
    if not schedule.is_active:
        schedule.next_at = None
        return
    schedule.next_at = next_moment(
        every=schedule.every,
        at=schedule.at,
        zone=zone_of_report(schedule),
        after=now,
        weekday=schedule.weekday,
        month_day=schedule.month_day,
    )


def work_to_do(*, now: datetime) -> bool:
    """Whether a report is due."""
    return _due(now).exists()


def send_due(*, now: datetime, limit: int = BATCH) -> int:
    """Send the reports that are due, each in a transaction of its own. Returns how many were queued.

    A report that was due while nobody ran is sent once, late, and the next one when it is due.
    """
    sent = 0
    for _number in range(limit):
        with transaction.atomic():
            schedule = _due(now).select_for_update(skip_locked=True, of=("self",)).select_related("reader").first()
            if schedule is None or schedule.next_at is None:
                break
            try:
                with transaction.atomic():
                    sent += _run(schedule, schedule.next_at, now=now)
                    reschedule(schedule, now=now)
            except Exception:  # one that cannot be made must not stop the rest
                logger.exception("Report %s could not be made", schedule.pk)
                schedule.next_at = now + TRY_AGAIN
            schedule.save(update_fields=["next_at"])
    return sent


def _due(now: datetime) -> QuerySet[ReportSchedule]:
    return ReportSchedule.objects.filter(next_at__lte=now, is_active=True).order_by("next_at", "id")


def _run(schedule: ReportSchedule, due_at: datetime, *, now: datetime) -> bool:
    """Make one report and its row. Whether a mail was queued; a row of the same moment says that it was before."""
    if ReportRun.objects.filter(schedule=schedule, due_at=due_at).exists():
        return False
    message, failure = _message(schedule, due_at, now=now)
    ReportRun.objects.create(schedule=schedule, due_at=due_at, made_at=now, message=message, failure=failure)
    return message is not None


def _message(schedule: ReportSchedule, due_at: datetime, *, now: datetime) -> tuple[Message | None, str]:
    reader = schedule.reader
    if not reader.is_active or not reader.is_staff or not reader.has_perm(PERMISSION):
        return None, "not_allowed"
    if not reader.email:
        return None, "no_address"
    conversation = _conversation(schedule, reader, now=now)
    if conversation is None:
        return None, "no_mailbox"
    with translation.override(reader.language):
        try:
            period = period_of(schedule, due_at)
            tables = tables_of(schedule, period)
        except KpiRefused:
            return None, "no_figures"
        text = _text(schedule, tables[0], now=now)
        message = write_notice(
            conversation, subject=f"{schedule.name} · {_days(period)}", text=text, language=reader.language, now=now
        )
        name = f"{_file_name(schedule.name)}-{period.since:%Y-%m-%d}.{schedule.format}"
        content_type = MEDIA_TYPES[schedule.format].partition(";")[0]  # type: ignore[index]
        content = as_file(tables, schedule.format)
        store(content=content, name=name, content_type=content_type, now=now, message=message)
    nudge("message_queued")
    return message, ""


def period_of(schedule: ReportSchedule, due_at: datetime) -> Period:
    """The whole local days before the one that a report is due on."""
    zone = zone_of_report(schedule)
    last = due_at.astimezone(zone).date() - timedelta(days=1)
    return Period.between(last - timedelta(days=schedule.days - 1), last, zone=zone)


def tables_of(schedule: ReportSchedule, period: Period) -> list[Table]:
    """What a report holds: its figures against the period before, by parts, and over time. Raises KpiRefused."""
    filters = {name: chosen for name, chosen in (("kind", schedule.kinds), ("team", schedule.teams)) if chosen}
    names = [name for name in schedule.figures if name in FIGURES]
    if not names:
        raise KpiRefused(_("There is no such figure."), code="unknown_figure")
    tables = [table_of_figures(names, period, filters)]
    if schedule.cut:
        tables.append(table_of_parts(names, period, schedule.cut, filters))
    step = "day" if schedule.days <= _DAILY_AT_MOST else "month"
    tables.append(table_of_series(names, period, step, filters))  # type: ignore[arg-type]
    return tables


def _conversation(schedule: ReportSchedule, reader: User, *, now: datetime) -> Conversation | None:
    """The thread of a schedule's mails, by our first mailbox; None without one, or when the address is somebody's else.

    An address that is known as a customer's or a partner's gets nothing: its thread would be theirs.
    """
    mailbox = Connection.objects.filter(provider="email", is_active=True).order_by("id").first()
    if mailbox is None:
        return None
    identity, _made = ChannelIdentity.objects.get_or_create(
        connection=mailbox,
        external_id=reader.email.lower()[:255],
        defaults={"user": reader, "display_name": str(reader)[:200], "is_verified": True, "created_at": now},
    )
    if identity.user_id not in (None, reader.pk) or identity.customer_id or identity.partner_id or identity.is_blocked:
        return None
    conversation, _made = Conversation.objects.get_or_create(
        connection=mailbox,
        identity=identity,
        thread=f"report-{schedule.pk}",
        defaults={"audience": Audience.INTERNAL, "started_at": now, "last_message_at": now},
    )
    return conversation


def _text(schedule: ReportSchedule, table: Table, *, now: datetime) -> str:
    """The figures in a few lines; all of them are in the file."""
    lines = []
    for label, unit, value, before, *_rest in table.rows[:_LINES]:
        lines.append(f"{label}: {_number(value)} {unit} ({_('before')}: {_number(before)})")
    fresh = kpi.freshness(now)
    if fresh.through is None or fresh.is_late:
        lines.append("")
        lines.append(_("The figures are not up to date: what happened lately is missing."))
    return "\n".join([*table.notes, "", *lines, "", _("All figures are in the attached file.")])


def _number(value: object) -> str:
    return "–" if value is None else str(localize(value))


def _days(period: Period) -> str:
    last = period.until - timedelta(minutes=15)
    return f"{period.since:%Y-%m-%d} – {last:%Y-%m-%d}"


def _file_name(name: str) -> str:
    return "".join(one if one.isalnum() else "-" for one in name)[:60].strip("-") or "report"
