"""``make demo`` and ``make run``: brings everything up, lets the driver play the day, keeps the site running."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from scripts.demo import cast
from scripts.demo.house import HOST, House, environment, is_free, kept_password, readiness, state_folder
from scripts.demo.processes import CannotStart, Program
from scripts.demo.steps import DEADLINE_SECONDS, pad

PORT = 8000
_OTHER_PORTS = range(8010, 8100, 10)


class _Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def main() -> int:
    """Run the demonstration; 0 when every step happened (with the day), or when it was stopped after that."""
    options = _arguments()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    began = time.monotonic()
    house: House | None = None
    try:
        house = _house(options)
        _bring_up(house, day=not options.no_day)
        if not options.no_day:
            status = _play(house)
            if status or options.exit:
                _say(f"\n{'Every step happened' if not status else 'The day stopped'}; {_seconds(began)} in all.")
                return status
        _show_logins(house)
        _keep_running(house)
    except CannotStart as error:
        _say(f"\n{error}")
        return 1
    except _Stopped:
        _say("\nStopping …")
        return 0 if not options.exit else 130
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
        if house is not None:
            house.stop()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description=__doc__)
    parser.add_argument(
        "--exit", action="store_true", help="stop everything after the day; 0 only if every step happened"
    )
    parser.add_argument("--no-day", action="store_true", help="the site with its logins, nothing else")
    parser.add_argument(
        "--patience",
        type=float,
        default=DEADLINE_SECONDS,
        metavar="SECONDS",
        help=f"how long a step waits for what has to follow (default: {DEADLINE_SECONDS:.0f})",
    )
    parser.add_argument("--port", type=int, help=f"port of the site (default: {PORT}, or a free one when it is taken)")
    parser.add_argument(
        "--use-database-url",
        action="store_true",
        help="write into the database that DATABASE_URL names; without this it is left alone",
    )
    return parser.parse_args()


def _house(options: argparse.Namespace) -> House:
    port = options.port or next((one for one in (PORT, *_OTHER_PORTS) if is_free(one)), PORT)
    if not is_free(port):
        raise CannotStart(f"Port {port} (or {port + 1}, for live changes) is taken: choose another with --port.")
    settings = environment(port, with_database_url=options.use_database_url)
    if not options.use_database_url and os.environ.get("DATABASE_URL"):
        _say("DATABASE_URL is left alone; this uses the embedded database (--use-database-url to change that).")
    if not options.port and port != PORT:
        _say(f"Port {PORT} is taken, so the site is at {port}.")
    folder = state_folder(settings)
    (folder / "prepare.log").unlink(missing_ok=True)
    return House(port, folder, settings, kept_password(folder), _say, options.patience)


def _bring_up(house: House, *, day: bool) -> None:
    _say("Clearway is starting")
    with _timed("database up to date"):
        house.migrate()
    with _timed("a mail server and Telegram for this machine alone"):
        house.start_stand_ins()
    with _timed("logins, teams, partners, carriers; a mailbox, a bot, an account at 17TRACK"):
        house.connect_and_furnish(day=day)
    with _timed(f"web, streams, worker and clock at {house.url}/"):
        house.serve()


def _play(house: House) -> int:
    """Let the driver play the day and pass on what it prints. Returns its exit status."""
    driver = Program(
        "the driver",
        [sys.executable, "-m", "scripts.demo.driver"],
        environment={
            "PATH": os.environ.get("PATH", ""),
            "LANG": "C.UTF-8",
            "CLEARWAY_DRIVER": json.dumps(house.for_driver()),
        },
        log=house.folder / "driver.log",
        speaks=True,
    )
    house.programs.append(driver)
    assert driver.process.stdout is not None
    for line in driver.process.stdout:
        _say(line.decode().rstrip("\n"))
    status = driver.process.wait()
    if status:
        if status != 1:
            _say(driver.last_words())
        for part, sentence in readiness(house.url).items():
            _say(f"/readyz, {part}: {sentence}")
        _say(f"Logs: {house.folder}/")
    return 1 if status else 0


def _show_logins(house: House) -> None:
    _say(f"\nThe site is at {house.url}/   (password of all: {house.password})\n")
    for person in cast.STAFF:
        _say(f"  {pad(person.role, 20)} {pad(person.email, 34)} {person.name}")
    _say(f"\nA mail to {cast.DESK_ADDRESS} by SMTP at {HOST}:{house.mail['smtp']} becomes a ticket.")
    _say(f"Logs: {house.folder}/   Ctrl-C stops everything.")


def _keep_running(house: House) -> None:
    while True:
        for program in house.programs:
            if not program.is_running and program.name != "the driver":
                raise CannotStart(f"{program.name} has ended. {program.last_words()}")
        time.sleep(0.5)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    _say(f"  ✓ {pad(what, 92)} {time.monotonic() - began:5.1f} s")


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped


def _seconds(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
