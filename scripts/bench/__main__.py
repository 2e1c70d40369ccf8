"""Run the groups of measurements, each against a database of its own under var/bench."""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GROUPS = {
    "spine": "scripts.bench.spine",
    "time": "scripts.bench.promises",
    "api": "scripts.bench.api",
    "kpi": "scripts.bench.kpi",
}
"""What is measured, and the module that does it."""


def main() -> int:
    """Prepare a fresh embedded database, then run the chosen groups in this process."""
    parser = argparse.ArgumentParser(prog="scripts.bench", description=__doc__)
    parser.add_argument("--only", choices=list(GROUPS), help="one group")
    chosen = parser.parse_args().only
    folder = Path(os.environ.get("CLEARWAY_BENCH_DIR") or ROOT / "var" / "bench")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # A database of its own: measuring must neither see nor disturb what people keep in var/postgres.
    os.environ.pop("DATABASE_URL", None)
    os.environ["CLEARWAY_VAR_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["CLEARWAY_ALLOW_PRIVATE_ADDRESSES"] = "1"

    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for group in GROUPS if chosen is None else (chosen,):
        importlib.import_module(GROUPS[group]).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
