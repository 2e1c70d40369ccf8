"""The web process."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.processes import die_with_parent


class Command(BaseCommand):
    """Become a granian server of config.wsgi."""

    help = "Runs the web process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        die_with_parent()
        os.chdir(settings.BASE_DIR)
        os.environ["CLEARWAY_PORT"] = str(port)
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
        command += ["--workers", str(settings.WEB_WORKERS), "--blocking-threads", str(settings.WEB_THREADS)]
        command += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "5"]
        command += ["--log-level", "warning", "--no-ws", "config.wsgi:application"]
        # Replaces this process: signals reach the server, and Django is not held in memory twice.
        os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted
