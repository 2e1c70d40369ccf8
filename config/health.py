"""Is the process up, is the node fit to work, and its numbers."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from common.metrics import GAUGES
from common.models import Heartbeat

logger = logging.getLogger(__name__)

CLOCK_LIMIT = timedelta(seconds=15)
WORKER_LIMIT = timedelta(seconds=60)
QUEUE_LIMIT = 10_000
LIMITS = {"clock": CLOCK_LIMIT, "worker": WORKER_LIMIT}


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers; asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database, the queue and the clock work, otherwise 503 and a sentence for each that does not."""
    missing = what_is_missing(now=timezone.now())
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def what_is_missing(*, now: datetime) -> dict[str, str]:
    """What keeps this node from working: part → sentence; empty when all is well."""
    try:
        seen = dict(Heartbeat.objects.filter(name__in=LIMITS).values_list("name", "at"))
        waiting = queue_depth()
    except DatabaseError as error:
        logger.warning("not ready: %s", error)
        return {"database": "The database does not answer or is not migrated."}
    missing = {}
    for name, limit in LIMITS.items():
        if name not in seen:
            missing[name] = f"The {name} has not been seen yet."
        elif now - seen[name] > limit:
            missing[name] = f"The {name} was last seen {(now - seen[name]).total_seconds():.0f} s ago."
    if waiting > QUEUE_LIMIT:
        missing["queue"] = f"More than {QUEUE_LIMIT} tasks wait."
    return missing


def queue_depth() -> int:
    """How many tasks wait or run, counted up to QUEUE_LIMIT + 1."""
    if settings.REDIS_URL:
        from django_q.brokers import get_broker  # reads its settings when imported, which only Redis needs here

        return int(get_broker().queue_size())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM django_q_ormq LIMIT %s) AS waiting", [QUEUE_LIMIT + 1])
        return int(cursor.fetchone()[0])


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers in Prometheus' text form, for this machine itself or for bearers of METRICS_TOKEN; else 403."""
    if not _may_read_metrics(request):
        return HttpResponse("Forbidden\n", status=403, content_type="text/plain; charset=utf-8")
    registry = CollectorRegistry()
    registry.register(_Gauges())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip")):
        return False  # a proxy on this machine speaks for somebody else
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class _Gauges(Collector):
    """Reads the gauges of all apps and the site's own, one after another; a broken one does not hide the others."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily("clearway_queue_depth", "Tasks that wait or run", value=queue_depth())
        ages = GaugeMetricFamily("clearway_heartbeat_age_seconds", "Since a process was last seen", labels=["process"])
        for name, at in Heartbeat.objects.values_list("name", "at"):
            ages.add_metric([name], (timezone.now() - at).total_seconds())
        yield ages
        for gauge in GAUGES.values():
            try:
                values = gauge.read()
            except Exception:
                logger.exception("gauge %s cannot be read", gauge.name)
                continue
            labels = [gauge.label] if gauge.label else []
            family = GaugeMetricFamily(f"clearway_{gauge.name}", gauge.help, labels=labels)
            if isinstance(values, Mapping):
                for label, value in values.items():
                    family.add_metric([str(label)], value)
            else:
                family.add_metric([], values)
            yield family
