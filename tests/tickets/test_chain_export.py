"""Signed heads lie outside the database too, and show what was cut together with the database's own."""

from __future__ import annotations

import json
import stat
import threading
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from common.jobs import PERIODIC
from tests.tickets.test_chain import NOW, forge, open_ticket, raise_priority
from tickets.models import ChainHead, PromisePolicy, TicketEvent
from tickets.services.chain import sign_heads, verify_chain
from tickets.services.chain_export import ExportRefused, export_heads, sign_ended_days, verify_against

DAY = timedelta(days=1)
MONDAY, TUESDAY, WEDNESDAY = NOW.date(), NOW.date() + DAY, NOW.date() + 2 * DAY


def three_days(folder: Path) -> Any:
    """A ticket that grew by one event on each of three days, signed and exported."""
    PromisePolicy.objects.all().delete()  # nothing is missed meanwhile
    ticket = open_ticket()
    raise_priority(ticket, now=NOW + DAY)
    raise_priority(ticket, now=NOW + 2 * DAY, priority=3)
    sign_ended_days(now=NOW + 3 * DAY)
    export_heads(folder=folder)
    return ticket


def cut_tail_and_heads(ticket: Any, *, day: date) -> None:
    """What an intruder with the database's own password would do: forget the last event and all that tells of it."""
    last = TicketEvent.objects.filter(ticket=ticket).order_by("-sequence")[1]
    forge("DELETE FROM tickets_ticketevent WHERE ticket_id = %s AND sequence > %s", ticket.pk, last.sequence)
    forge("UPDATE tickets_ticket SET event_sequence = %s, event_hash = %s", last.sequence, bytes(last.hash))
    forge("DELETE FROM tickets_chainhead WHERE date >= %s", day)


@pytest.mark.django_db
def test_tail_that_was_cut_with_its_heads_shows_against_the_exported_ones(tmp_path: Path) -> None:
    ticket = three_days(tmp_path)
    assert verify_against(tmp_path) == (3, None)

    cut_tail_and_heads(ticket, day=WEDNESDAY)

    assert verify_chain().broken is None, "the database alone looks whole"
    count, broken = verify_against(tmp_path)
    assert broken is not None
    assert (count, broken.ticket_id, broken.sequence) == (3, ticket.pk, 4)


@pytest.mark.django_db
def test_one_days_file_is_enough_to_see_the_cut_tail(tmp_path: Path) -> None:
    ticket = three_days(tmp_path)
    cut_tail_and_heads(ticket, day=WEDNESDAY)

    _count, broken = verify_against(tmp_path / f"heads-{WEDNESDAY}.jsonl")

    assert broken is not None
    assert (broken.ticket_id, broken.sequence) == (ticket.pk, 4)


@pytest.mark.django_db
def test_heads_signed_anew_after_a_cut_never_replace_the_file(tmp_path: Path) -> None:
    ticket = three_days(tmp_path)
    file = tmp_path / f"heads-{TUESDAY}.jsonl"
    before = file.read_bytes()
    last = TicketEvent.objects.get(ticket=ticket, sequence=2)
    forge("DELETE FROM tickets_ticketevent WHERE sequence > 2")
    forge("UPDATE tickets_ticket SET event_sequence = 2, event_hash = %s", bytes(last.hash))
    forge("DELETE FROM tickets_chainhead WHERE date > %s", MONDAY)
    other = open_ticket(now=NOW + DAY)
    sign_ended_days(now=NOW + 3 * DAY)
    assert ChainHead.objects.get(date=TUESDAY).heads[0][0] == other.pk

    with pytest.raises(ExportRefused, match=file.name):
        export_heads(folder=tmp_path)

    assert file.read_bytes() == before


@pytest.mark.django_db
def test_missed_days_are_signed_and_written_and_a_second_look_changes_nothing(tmp_path: Path) -> None:
    ticket = open_ticket()
    raise_priority(ticket, now=NOW + 3 * DAY)

    assert sign_ended_days(now=NOW + 5 * DAY) == [MONDAY, MONDAY + 3 * DAY]
    written = export_heads(folder=tmp_path)
    assert [path.name for path in written] == [f"heads-{MONDAY}.jsonl", f"heads-{MONDAY + 3 * DAY}.jsonl"]
    looks = {path: (path.stat().st_ino, path.read_bytes()) for path in written}

    assert sign_ended_days(now=NOW + 5 * DAY) == []
    assert export_heads(folder=tmp_path) == []
    assert {path: (path.stat().st_ino, path.read_bytes()) for path in tmp_path.iterdir()} == looks


@pytest.mark.django_db
def test_lost_file_is_written_again_as_it_was(tmp_path: Path) -> None:
    three_days(tmp_path)
    file = tmp_path / f"heads-{MONDAY}.jsonl"
    before = file.read_bytes()
    file.unlink()

    assert export_heads(folder=tmp_path) == [file]
    assert file.read_bytes() == before


@pytest.mark.django_db
def test_day_is_signed_only_some_minutes_after_its_end() -> None:
    open_ticket()
    midnight = datetime(2026, 11, 25, tzinfo=UTC)

    assert sign_ended_days(now=midnight + timedelta(minutes=9)) == []
    assert sign_ended_days(now=midnight + timedelta(minutes=10)) == [MONDAY]


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_make_one_whole_file(tmp_path: Path) -> None:
    open_ticket()
    sign_heads(day=MONDAY, now=NOW + DAY)
    together = threading.Barrier(4)
    written: list[Path] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            together.wait()
            written.extend(export_heads(folder=tmp_path))
        except BaseException as error:  # noqa: BLE001 - the thread's failure is the test's
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert written == [tmp_path / f"heads-{MONDAY}.jsonl"]
    assert list(tmp_path.iterdir()) == written
    assert verify_against(tmp_path) == (1, None)


@pytest.mark.django_db
def test_the_clocks_own_job_signs_and_writes_into_the_folder_of_the_settings(settings: Any, tmp_path: Path) -> None:
    settings.CHAIN_EXPORT_DIR = tmp_path / "kept" / "heads"
    open_ticket()

    assert PERIODIC["sign and export ended days' chain heads"].call(NOW + DAY) == 1

    file = tmp_path / "kept" / "heads" / f"heads-{MONDAY}.jsonl"
    assert json.loads(file.read_text())["date"] == str(MONDAY)
    assert stat.S_IMODE(file.stat().st_mode) == 0o444


@pytest.mark.django_db
def test_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    open_ticket()
    sign_ended_days(now=NOW + DAY)
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ExportRefused, match="cannot be written"):
        export_heads(folder=tmp_path / "file")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda said: said["heads"][0].__setitem__(1, 1), "does not hold what was signed"),
        (lambda said: said.update(signature="00" * 64), "the signature in"),
        (lambda said: said.update(date="2026-11-20"), "does not hold what was signed"),
    ],
)
def test_changed_file_shows(tmp_path: Path, change: Any, problem: str) -> None:
    three_days(tmp_path)
    file = tmp_path / f"heads-{TUESDAY}.jsonl"
    said = json.loads(file.read_text())
    change(said)
    file.unlink()
    file.write_text(json.dumps(said))

    _count, broken = verify_against(tmp_path)

    assert broken is not None
    assert problem in broken.problem


@pytest.mark.django_db
def test_removed_file_and_removed_heads_of_the_database_show(tmp_path: Path) -> None:
    three_days(tmp_path)
    forge("DELETE FROM tickets_chainhead WHERE date = %s", WEDNESDAY)
    _count, broken = verify_against(tmp_path)
    assert broken is not None
    assert str(WEDNESDAY) in broken.problem

    (tmp_path / f"heads-{TUESDAY}.jsonl").unlink()
    _count, broken = verify_against(tmp_path)
    assert broken is not None
    assert "does not follow" in broken.problem


@pytest.mark.django_db
def test_command_holds_the_chains_against_a_folder_or_what_it_printed_itself(tmp_path: Path) -> None:
    ticket = three_days(tmp_path / "heads")
    printed = StringIO()
    call_command("verify_chain", "--export", stdout=printed)
    (tmp_path / "all.jsonl").write_text(printed.getvalue())
    for place in (tmp_path / "heads", tmp_path / "all.jsonl"):
        out = StringIO()
        call_command("verify_chain", "--against", str(place), stdout=out)
        assert json.loads(out.getvalue())["exported"] == 3

    cut_tail_and_heads(ticket, day=WEDNESDAY)

    for place in (tmp_path / "heads", tmp_path / "all.jsonl"):
        with pytest.raises(CommandError, match=f"ticket {ticket.pk}, event 4"):
            call_command("verify_chain", "--against", str(place), stdout=StringIO())


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, "", "no JSON\n", '{"date": "2026-11-24"}\n', "[1]\n"])
def test_what_is_no_export_is_refused_with_a_sentence(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "heads.jsonl"
    if content is not None:
        file.write_text(content)

    with pytest.raises(CommandError, match="heads"):
        call_command("verify_chain", "--against", str(file), stdout=StringIO())
    with pytest.raises(CommandError, match="holds no exported heads"):
        call_command("verify_chain", "--against", str(tmp_path), stdout=StringIO())
