"""The process of the event streams."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.processes import die_with_parent


class Command(BaseCommand):
    """Become a uvicorn server of config.streams."""

    help = "Runs the process that sends live events to pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.STREAMS_PORT)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        die_with_parent()
        os.chdir(settings.BASE_DIR)
        command = [sys.executable, "-m", "uvicorn", "config.streams:application", "--host", host, "--port", str(port)]
        command += ["--lifespan", "on", "--log-level", "warning", "--no-server-header"]
        command += ["--timeout-graceful-shutdown", "2", "--timeout-keep-alive", "30"]
        os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted
