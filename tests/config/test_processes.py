"""What the processes of a node have in common."""

from __future__ import annotations

import subprocess
import sys

from django.conf import settings

CODE = """
import os, signal
from config.processes import stop_requested

stop = stop_requested()
with stop._cond:  # as `wait` has it, for a moment, before it sleeps
    os.kill(os.getpid(), signal.SIGTERM)
print(stop.wait(5))
"""


def test_signal_that_comes_while_the_event_is_looked_at_stops_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=20, check=False
    )

    assert done.stdout.strip() == "True", done.stderr
