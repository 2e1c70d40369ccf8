"""Rows made for measuring stand as the services would have written them."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tickets.management.scale.words import lexemes_of_number
from tickets.models import Clock, PromiseRecount, Ticket
from tickets.policies.search_words import index_text
from tickets.services.chain import verify_chain
from tickets.services.promises import recount, sweep
from tickets.services.promises.recounting import recount_tickets

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def _load(monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
    # Tests run inside a transaction, where nothing can be vacuumed; the planner is not what is tested.
    monkeypatch.setattr("tickets.management.commands.load_scale.FINISH", "SELECT 1")
    call_command("load_scale", now=NOW, stdout=StringIO(), **options)


def test_exactly_so_many_loaded_tickets_are_due(monkeypatch: pytest.MonkeyPatch) -> None:
    _load(monkeypatch, tickets=400, open_share=0.8, due=25)

    swept = sweep(now=NOW)

    assert (swept.breached, swept.warned) == (25, 0)


def test_loaded_clocks_are_those_that_the_promises_owe(monkeypatch: pytest.MonkeyPatch) -> None:
    _load(monkeypatch, tickets=400, open_share=0.8, due=25)
    open_tickets = list(Ticket.objects.open().values_list("pk", flat=True))

    differing = recount_tickets(open_tickets, now=NOW)

    assert differing == 0
    assert Clock.objects.running().filter(ticket__in=open_tickets).count() > len(open_tickets)
    assert recount(now=NOW) == 0, "the clock has nothing to count anew"
    assert PromiseRecount.objects.get().finished_at is not None


def test_loaded_chains_verify_and_grow_with_the_next_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    _load(monkeypatch, tickets=200, open_share=0.5, due=10)
    before = verify_chain()

    sweep(now=NOW)

    after = verify_chain()
    assert (before.broken, after.broken) == (None, None)
    assert (after.tickets, after.events) == (200, before.events + 10)


def test_loaded_tickets_wait_on_us_and_on_others_and_some_are_snoozed(monkeypatch: pytest.MonkeyPatch) -> None:
    _load(monkeypatch, tickets=600, open_share=1)

    ours, others = Ticket.objects.waiting_on_us().count(), Ticket.objects.waiting_on_others().count()

    assert ours + others == 600
    assert min(ours, others) > 150
    assert 0 < Ticket.objects.filter(snoozed_until__gt=NOW).count() < 100


def test_a_second_load_goes_on_after_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    _load(monkeypatch, tickets=60, open_share=0.5, due=5, seed=1)

    _load(monkeypatch, tickets=40, open_share=0.5, due=5, seed=2)

    assert Ticket.objects.count() == 100
    assert Clock.objects.due(now=NOW).count() == 10


def test_more_due_tickets_than_open_ones_are_refused_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError):
        _load(monkeypatch, tickets=20, open_share=0.1, due=20)

    assert not Ticket.objects.exists()


def test_a_loaded_parcel_is_found_by_the_words_that_the_search_makes_of_its_number() -> None:
    number = "YT0000000000004711"

    lexemes = lexemes_of_number(number)

    assert sorted(lexemes.replace("'", "").split()) == sorted(index_text(number).split())
