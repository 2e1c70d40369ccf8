"""Files that providers keep for us: fetched after the message is there, with patience, up to our own limit."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_integrations import providers
from common.errors import DeliveryError, DomainError, UnsupportedEvent
from tickets.models import Attachment
from tickets.services.attachments import keep_fetched, refuse_fetched

logger = logging.getLogger(__name__)

TRIES = 8
_LEASE = timedelta(minutes=3)
_FIRST_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 1800.0


def is_due(*, now: datetime) -> bool:
    """Whether a file waits to be fetched."""
    return _due(now).exists()


def fetch_due(*, seconds: float, clock: Callable[[], datetime] = timezone.now) -> int:
    """Fetch what waits until nothing does or ``seconds`` are over. Returns how many files were tried."""
    stop_at = time.monotonic() + seconds
    tried = 0
    while time.monotonic() < stop_at and (attachment := _claim(now=clock())) is not None:
        fetch(attachment, now=clock())
        tried += 1
    return tried


def fetch(attachment: Attachment, *, now: datetime) -> None:
    """Fetch one file. Never raises for what a provider does: a failure is tried again, and in the end written down."""
    message = attachment.message
    account = message.connection if message is not None else None
    if account is None:
        refuse_fetched(attachment_id=attachment.pk, refusal=_("Nobody knows where this file is."))
        return
    try:
        adapter = providers.get(account.provider)
        content = adapter.fetch_attachment(account, attachment.remote_id, limit=settings.MAX_ATTACHMENT_BYTES)
    except (DeliveryError, UnsupportedEvent) as error:
        for_good = not isinstance(error, DeliveryError) or error.permanent
        _note_failure(attachment, error, for_good=for_good, now=now)
    else:
        keep_fetched(attachment_id=attachment.pk, content=content, now=now)


def _due(now: datetime) -> QuerySet[Attachment]:
    return Attachment.objects.filter(
        Q(next_fetch_at__isnull=True) | Q(next_fetch_at__lte=now), sha256="", refusal=""
    ).exclude(remote_id="")


def _claim(*, now: datetime) -> Attachment | None:
    """Take one file for a while. Fetching twice does no harm, so a worker that died is replaced after the lease."""
    for pk in _due(now).order_by("pk").values_list("pk", flat=True)[:5]:
        taken = _due(now).filter(pk=pk).update(next_fetch_at=now + _LEASE, fetch_attempts=F("fetch_attempts") + 1)
        if taken:
            return Attachment.objects.select_related("message__connection").get(pk=pk)
    return None


def _note_failure(attachment: Attachment, error: DomainError, *, for_good: bool, now: datetime) -> None:
    if for_good or attachment.fetch_attempts >= TRIES:
        logger.warning("attachment %s cannot be fetched: %s", attachment.pk, error.message)
        refuse_fetched(attachment_id=attachment.pk, refusal=error.message or _("The file cannot be fetched."))
        return
    wish = error.retry_after if isinstance(error, DeliveryError) else None
    pause = min(_FIRST_PAUSE_SECONDS * 2 ** (attachment.fetch_attempts - 1), _LONGEST_PAUSE_SECONDS)
    Attachment.objects.filter(pk=attachment.pk).update(next_fetch_at=now + timedelta(seconds=max(pause, wish or 0)))
