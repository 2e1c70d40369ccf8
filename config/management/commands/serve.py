"""All processes of one node under one supervisor."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config.processes import is_free, stop_requested
from config.supervisor import Child, Supervisor


class Command(BaseCommand):
    """Run web, streams, worker, clock and mail; stop them all on SIGTERM or Ctrl-C."""

    help = "Runs all processes of one node: web, streams, worker, clock, mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port of the site")
        parser.add_argument("--streams-port", type=int, help="port of the event streams (default: port + 1)")

    def handle(self, *args: Any, host: str, port: int, streams_port: int | None, **options: Any) -> None:
        streams_port = streams_port or port + 1
        for wanted, option in ((port, "--port"), (streams_port, "--streams-port")):
            if not is_free(host, wanted):
                raise CommandError(f"Port {wanted} is taken by another program: choose another with {option}.")
        # The connection that this opens makes us a user of the embedded server for as long as we run.
        try:
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        finally:
            connection.close()
        if waiting:
            raise CommandError("The database is not up to date: run manage.py migrate first.")

        def manage(*words: str) -> list[str]:
            return [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]

        supervisor = Supervisor(
            [
                Child("web", manage("web", "--host", host, "--port", str(port))),
                Child("streams", manage("streams", "--host", host, "--port", str(streams_port))),
                Child("worker", manage("worker")),
                Child("clock", manage("clock")),
                Child("mail", manage("receive_mail")),
            ],
            environment={"CLEARWAY_PORT": str(port), "CLEARWAY_STREAMS_PORT": str(streams_port)},
        )
        supervisor.say("serve", f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/")  # noqa: S104 - compared
        supervisor.run(stop_requested())
