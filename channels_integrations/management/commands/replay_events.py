"""Handling again what could not be handled."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from channels_integrations.choices import EventState
from channels_integrations.models import InboundEvent
from channels_integrations.services.receiving import replay
from tickets.choices import Via
from tickets.policies.actor import Actor

_STATES = (EventState.MALFORMED, EventState.UNSUPPORTED, EventState.FAILED)


class Command(BaseCommand):
    """Put events back into the queue."""

    help = "Puts events that failed, or were not understood, back into the queue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="events; without any, all of --state")
        parser.add_argument("--state", choices=[str(state) for state in _STATES], default=str(EventState.FAILED))
        parser.add_argument("--connection", default="", help="only those of the connection with this slug")

    def handle(self, *args: Any, ids: list[int], state: str, connection: str, **options: Any) -> None:
        events = InboundEvent.objects.filter(pk__in=ids) if ids else InboundEvent.objects.filter(state=state)
        if connection:
            events = events.filter(connection__slug=connection)
        waiting = replay(
            event_ids=list(events.values_list("pk", flat=True)),
            actor=Actor.system("replay_events", via=Via.COMMAND),
            now=timezone.now(),
        )
        self.stdout.write(f"put back: {waiting}")
