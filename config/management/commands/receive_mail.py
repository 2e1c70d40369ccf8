"""The process that reads the mailboxes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from channels_integrations.email.imap import Mailbox, MailboxFailed
from channels_integrations.services.mailboxes import read_all, to_read
from config.processes import die_with_parent, stop_requested


class Command(BaseCommand):
    """Read all active mailboxes until SIGTERM; without any, wait for one."""

    help = "Reads all active e-mail connections (IMAP IDLE) until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="store what is there now and end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            self._read_once()
            return
        die_with_parent()
        read_all(stop_requested())

    def _read_once(self) -> None:
        failed = []
        for account in to_read():
            try:
                with Mailbox(account) as mailbox:
                    self.stdout.write(f"{account.slug}: {mailbox.read_new(now=timezone.now)} new")
            except MailboxFailed as error:
                failed.append(f"{account.slug}: {error.message}")
        if failed:
            raise CommandError(" ".join(failed))
