#!/usr/bin/env python
"""Clearway's command line."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed in this Python: run scripts/bootstrap, then .venv/bin/python manage.py …")
    from config.environment import WrongSetting

    try:
        execute_from_command_line(sys.argv)
    except WrongSetting as error:
        sys.exit(f"Clearway cannot start: {error}")


if __name__ == "__main__":
    main()
