"""Stored contents that no row names go after a day; whatever is named, young, or another database's stays."""

from __future__ import annotations

import hashlib
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from common.jobs import PERIODIC
from tests.tickets.workflows import people
from tickets.services import attachments, unnamed_files
from tickets.services.unnamed_files import SHARD_SECONDS, sweep_files, sweep_shard

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def store(content: bytes, **owner: Any) -> str:
    return attachments.store(
        content=content, name="photo.jpg", content_type="image/jpeg", now=timezone.now(), **owner
    ).sha256


def orphan(content: bytes, *, hours: float = 25) -> Path:
    """What a transaction leaves that was undone that long ago."""
    with transaction.atomic():
        sha256 = store(content)
        transaction.set_rollback(True)
    path = attachments.content_path(sha256)
    age(path, hours=hours)
    return path


def age(path: Path, *, hours: float) -> None:
    then = (timezone.now() - timedelta(hours=hours)).timestamp()
    os.utime(path, (then, then))


def all_day() -> int:
    """Look as the clock does, from now until everything had its turn."""
    now = timezone.now()
    steps = int(DAY.total_seconds() // 300)
    return sum(sweep_files(now=now + timedelta(seconds=300 * step)) for step in range(steps + 1))


@pytest.fixture
def named() -> Path:
    """A file of a ticket, two days old, in a store that is known to be ours."""
    path = attachments.content_path(store(b"a named photo", ticket=people.ticket("inquiry")))
    age(path, hours=48)
    return path


def test_files_of_undone_transactions_go_and_named_ones_stay(named: Path) -> None:
    left = [orphan(b"photo %d" % number) for number in range(5)]
    assert all(path.exists() for path in left)

    assert all_day() == 5

    assert not any(path.exists() for path in left)
    assert named.read_bytes() == b"a named photo"
    assert all_day() == 0


def test_file_younger_than_a_day_stays(named: Path) -> None:
    young = orphan(b"still being sent", hours=23)

    assert sweep_shard(int(young.name[:2], 16), now=timezone.now()) == 0
    assert young.exists()
    assert sweep_shard(int(young.name[:2], 16), now=timezone.now() + timedelta(hours=2)) == 1


def test_file_named_again_after_a_day_stays(named: Path) -> None:
    path = orphan(b"the same photo twice")
    store(b"the same photo twice", ticket=people.ticket("delay"))

    assert all_day() == 0
    assert path.exists()


def test_half_written_files_go(named: Path) -> None:
    folder = named.parents[2] / "incoming"
    (folder / "crashed").write_bytes(b"half")
    age(folder / "crashed", hours=30)
    (folder / "coming").write_bytes(b"half")

    assert all_day() == 1
    assert [path.name for path in folder.iterdir()] == ["coming"]


def test_each_folder_of_the_store_has_its_turn_within_a_day_and_one_look_touches_one(
    named: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []

    def look(number: int, **_: Any) -> int:
        turns.append(number)
        return 0

    monkeypatch.setattr(unnamed_files, "sweep_shard", look)

    all_day()

    assert set(turns) == set(range(256))
    assert len(turns) < 300
    assert SHARD_SECONDS > 300, "a look every 300 seconds leaves no turn out"


def test_look_ends_when_its_time_is_over(named: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unnamed_files, "_BATCH", 1)
    folder = named.parents[2] / "aa" / "bb"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(3):
        path = folder / ("aabb" + hashlib.sha256(b"%d" % number).hexdigest()[4:])
        path.write_bytes(b"x")
        age(path, hours=30)

    assert sweep_shard(0xAA, now=timezone.now(), seconds=-1) == 1
    assert sweep_shard(0xAA, now=timezone.now()) == 2


def test_file_that_is_none_of_ours_is_left(named: Path) -> None:
    other = named.parents[2] / "aa" / "bb" / "README"
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_text("somebody's")
    age(other, hours=48)

    assert all_day() == 0
    assert other.exists()


def test_store_of_another_database_is_not_swept(named: Path, caplog: pytest.LogCaptureFixture) -> None:
    left = orphan(b"named in the other database")
    (named.parents[2] / ".database").write_text("00" * 32)

    with caplog.at_level(logging.WARNING):
        assert all_day() == 0

    assert left.exists()
    assert "another database" in caplog.text


def test_database_that_names_nothing_in_the_store_does_not_make_it_its_own() -> None:
    people.ticket("inquiry")
    left = orphan(b"named in the other database")

    assert all_day() == 0
    assert left.exists()
    assert not (left.parents[2] / ".database").exists()


def test_the_clock_sweeps(named: Path) -> None:
    left = orphan(b"left")
    turn = int(left.name[:2], 16)
    midnight = datetime.fromtimestamp(0, tz=timezone.get_current_timezone())
    today = int(timezone.now().timestamp() // DAY.total_seconds() + 1) * DAY.total_seconds()
    moment = midnight + timedelta(seconds=today + turn * SHARD_SECONDS + 1)

    assert PERIODIC["files that no message names"].call(moment) == 1
    assert not left.exists()
