"""Figures follow what happens: once, however often it is counted, and whenever it commits."""

from __future__ import annotations

import threading
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from logistics.models import Shipment
from tests.tickets.workflows import people
from tickets.choices import Kind, Priority
from tickets.clock import look_for_figures
from tickets.models import KpiMark, KpiProgress, KpiRollup, SurveyAnswer, TicketEvent
from tickets.policies.actor import Actor
from tickets.services import kpi
from tickets.services.journal import changing
from tickets.services.kpi.progress import alone, begin_here
from tickets.services.ownership import set_priority

NOW = people.NOW
TODAY = kpi.Period.days(1, until=NOW, zone=ZoneInfo("UTC"))


def opened(**filters: list[str]) -> float | None:
    return kpi.figures(["opened"], TODAY, filters)["opened"].value


@pytest.mark.django_db
def test_counting_twice_counts_once() -> None:
    people.ticket(Kind.DELAY)

    kpi.refresh(now=NOW)
    rows = list(KpiRollup.objects.values())
    kpi.refresh(now=NOW)

    assert opened() == 1
    assert list(KpiRollup.objects.values()) == rows


@pytest.mark.django_db
def test_change_moves_a_ticket_from_one_part_to_the_other() -> None:
    ticket = people.ticket(Kind.DELAY)
    kpi.refresh(now=NOW)
    assert (opened(priority=["3"]), opened(priority=["1"])) == (1, 0)

    set_priority(ticket_id=ticket.pk, priority=Priority.URGENT, actor=people.staff(), now=NOW + timedelta(minutes=5))
    kpi.refresh(now=NOW)

    assert (opened(priority=["3"]), opened(priority=["1"])) == (0, 1)
    assert not KpiRollup.objects.filter(n=0, total=0, slots=[]).exists()


@pytest.mark.django_db
def test_touched_ticket_is_counted_though_it_has_no_new_event() -> None:
    ticket = people.ticket(Kind.DELAY)
    kpi.refresh(now=NOW)
    KpiProgress.objects.update(event_id=TicketEvent.objects.order_by("-pk").values_list("pk", flat=True)[0])

    SurveyAnswer.objects.create(ticket=ticket, asked_at=NOW, answered_at=NOW, score=5)
    with transaction.atomic():
        kpi.touch([ticket.pk])
    kpi.refresh(now=NOW)

    assert kpi.figures(["csat"], TODAY)["csat"].value == 1


@pytest.mark.django_db
def test_parcel_counts_on_the_day_it_came_and_on_the_day_it_arrived() -> None:
    parcel = people.shipment(created_at=NOW, promised_date=NOW.date())
    kpi.refresh(now=NOW)
    assert kpi.figures(["parcels", "delivered"], TODAY)["parcels"].value == 1

    Shipment.objects.filter(pk=parcel.pk).update(delivered_at=NOW)
    kpi.refresh(now=NOW)

    found = kpi.figures(["parcels", "delivered", "on_time"], TODAY)
    assert [value.value for value in found.values()] == [1, 1, 1]


@pytest.mark.django_db
def test_scan_that_moves_nothing_of_figures_asks_for_no_count() -> None:
    parcel = people.shipment(created_at=NOW)
    kpi.refresh(now=NOW)

    Shipment.objects.filter(pk=parcel.pk).update(last_event_at=NOW)

    assert not look_for_figures(NOW)


@pytest.mark.django_db(transaction=True)
def test_clock_asks_for_a_count_only_when_something_happened() -> None:
    assert look_for_figures(NOW)
    kpi.refresh(now=NOW)
    assert not look_for_figures(NOW + timedelta(minutes=1))
    fresh = kpi.freshness(NOW + timedelta(seconds=90))
    assert (fresh.through, fresh.is_late) == (NOW + timedelta(minutes=1), False)

    people.ticket(Kind.DELAY)

    assert look_for_figures(NOW + timedelta(minutes=2))
    assert kpi.freshness(NOW + timedelta(minutes=3)).is_late


@pytest.mark.django_db(transaction=True)
def test_event_that_commits_after_a_later_one_was_counted_is_not_missed() -> None:
    ticket = people.ticket(Kind.DELAY)
    kpi.refresh(now=NOW)
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                with changing(ticket.pk, actor=Actor.system(), now=NOW + timedelta(minutes=1)) as change:
                    change.ticket.priority = Priority.URGENT
                    change.record("priority_changed", {"from": 3, "to": 1})
                written.set()
                assert go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(20)
    people.ticket(Kind.LOSS)
    kpi.refresh(now=NOW)
    assert (opened(), opened(priority=["1"])) == (2, 0)
    last = TicketEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert KpiProgress.objects.get().event_id < last  # what may still commit before it is looked for again

    go_on.set()
    thread.join()
    kpi.refresh(now=NOW)

    assert (opened(), opened(priority=["1"])) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_only_one_counts_at_a_time() -> None:
    people.ticket(Kind.DELAY)
    held, go_on = threading.Event(), threading.Event()

    def count() -> None:
        try:
            with alone():
                held.set()
                assert go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=count)
    thread.start()
    assert held.wait(20)
    assert kpi.refresh(now=NOW).was_busy
    go_on.set()
    thread.join()

    assert kpi.refresh(now=NOW).is_done
    assert opened() == 1


@pytest.mark.django_db
def test_rebuilding_puts_right_what_was_spoilt(capsys: pytest.CaptureFixture[str]) -> None:
    people.ticket(Kind.DELAY)
    people.shipment(created_at=NOW)
    kpi.refresh(now=NOW)
    rows = list(KpiRollup.objects.order_by("measure", "cut", "part").values())
    KpiMark.objects.update(value=99)
    KpiRollup.objects.filter(cut=0).delete()
    KpiRollup.objects.create(
        measure=1,
        cut=0,
        day=NOW.date(),
        part="",
        n=1,
        total=1,
        day_buckets=[],
        day_ns=[],
        slots=[],
        buckets=[],
        ns=[],
        totals=[],
    )

    call_command("rebuild_kpi", quiet=True)

    assert list(KpiRollup.objects.order_by("measure", "cut", "part").values()) == rows
    assert '"tickets": 1' in capsys.readouterr().out
    assert not kpi.freshness(NOW).needs_rebuild


@pytest.mark.django_db
def test_killed_rebuild_is_seen() -> None:
    people.ticket(Kind.DELAY)

    def killed(_text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kpi.rebuild(now=NOW, say=killed)

    fresh = kpi.freshness(NOW)
    assert (fresh.needs_rebuild, fresh.is_rebuilding) == (True, False)


@pytest.mark.django_db
def test_loaded_tickets_wait_for_a_rebuild() -> None:
    people.ticket(Kind.DELAY)
    begin_here(now=NOW)

    assert not look_for_figures(NOW)
    assert kpi.freshness(NOW).needs_rebuild
