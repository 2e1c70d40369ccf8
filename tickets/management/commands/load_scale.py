"""manage.py load_scale: fill a database with believable tickets, for measuring."""

from __future__ import annotations

import json
import random
import uuid
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from common.models import Connection, User
from logistics.models import Customer, Shipment, TrackingEvent
from tickets.choices import ENDED_PHASES, ActorKind, Audience, Direction, MessageStatus, Priority, Resolution, Via
from tickets.models import (
    DETAILS,
    ChannelIdentity,
    Conversation,
    Message,
    Ticket,
    TicketEvent,
    TicketFacts,
)
from tickets.policies.chain import link
from tickets.policies.search_words import index_text
from tickets.policies.states import STATES, State, initial_state

CHUNK = 10_000
MESSAGES_A_TICKET = 3
SLUG = "measuring"

LANGUAGES = ("en", "zh-Hans", "es", "de", "fr", "pt", "ja")
COUNTRIES = {"en": "US", "zh-Hans": "CN", "es": "MX", "de": "DE", "fr": "FR", "pt": "BR", "ja": "JP"}
ZONES = {
    "US": "America/New_York",
    "CN": "Asia/Shanghai",
    "MX": "America/Mexico_City",
    "DE": "Europe/Berlin",
    "FR": "Europe/Paris",
    "BR": "America/Sao_Paulo",
    "JP": "Asia/Tokyo",
}
SENTENCES = {
    "en": ("Where is my parcel", "it has been stuck at customs for", "nobody rang the bell", "the box arrived damaged"),
    "zh-Hans": ("我的包裹在哪里", "海关一直没有放行", "快递员没有打电话", "外包装破损了"),
    "es": ("Dónde está mi paquete", "sigue retenido en la aduana", "nadie llamó a la puerta", "llegó roto"),
    "de": ("Wo ist mein Paket", "der Zoll hält es fest seit", "niemand hat geklingelt", "der Karton ist beschädigt"),
    "fr": ("Où est mon colis", "il est bloqué en douane depuis", "personne n'a sonné", "le carton est abîmé"),
    "pt": ("Onde está meu pacote", "está parado na alfândega há", "ninguém tocou a campainha", "chegou quebrado"),
    "ja": ("荷物はどこですか", "税関で止まっています", "不在票がありません", "箱が壊れていました"),
}
WORDS = [
    "invoice",
    "address",
    "Friday",
    "refund",
    "broker",
    "storm",
    "urgent",
    "photo",
    "label",
    "depot",
    "order",
    "gift",
    "shoes",
    "lamp",
    "camera",
]


class Command(BaseCommand):
    """Add ``--tickets`` tickets with customers, parcels, conversations, events and facts, by COPY."""

    help = "Fills a database for measuring. Never run it where real tickets are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tickets", type=int, required=True, metavar="N")
        parser.add_argument("--open-share", type=float, default=0.3, help="share of tickets that are open (0 to 1)")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["tickets"] < 1 or not 0 <= options["open_share"] <= 1:
            raise CommandError("Give at least one ticket, and a share of open ones between 0 and 1.")
        if Ticket.objects.exclude(channel=SLUG).exists():
            raise CommandError("There are real tickets in this database; load_scale is for an empty one.")
        started = timezone.now()
        loader = Loader(random.Random(options["seed"]), open_share=options["open_share"], now=started)  # noqa: S311 - no secret
        for start in range(0, options["tickets"], CHUNK):
            loader.load(min(CHUNK, options["tickets"] - start))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        seconds = (timezone.now() - started).total_seconds()
        self.stdout.write(json.dumps({"tickets": options["tickets"], "seconds": round(seconds, 1)}))


class Loader:
    """Writes chunks of rows, table by table. The same seed gives the same rows."""

    def __init__(self, chance: random.Random, *, open_share: float, now: datetime) -> None:
        self._chance = chance
        self._open_share = open_share
        self._now = now
        self._connection, _ = Connection.objects.get_or_create(
            slug=SLUG, defaults={"provider": SLUG, "name": "Measuring", "is_active": False}
        )
        self._staff = list(User.objects.filter(is_staff=True).values_list("pk", flat=True)[:20])
        self._kinds = [(kind, list(states.values())) for kind, states in STATES.items()]

    @transaction.atomic
    def load(self, count: int) -> None:
        """Add one chunk of tickets with all that hangs on them."""
        ids = {
            model: _next_ids(model) for model in (Customer, Shipment, ChannelIdentity, Conversation, Ticket, Message)
        }
        rows: dict[type, list[dict[str, Any]]] = {}
        for offset in range(count):
            number = {model: first + offset for model, first in ids.items()}
            for model, row in self._ticket(number, ids[Message] + offset * MESSAGES_A_TICKET):
                rows.setdefault(model, []).append(row)
        order: tuple[Any, ...] = (Customer, Shipment, TrackingEvent, ChannelIdentity, Ticket, *DETAILS.values())
        for table in (*order, Conversation, Message, TicketEvent, TicketFacts):
            _copy(table, rows.get(table, []))

    def _ticket(self, number: dict[Any, int], first_message: int) -> Iterator[tuple[type, dict[str, Any]]]:
        chance = self._chance
        kind, states = chance.choice(self._kinds)
        state = self._state(states)
        language = chance.choice(LANGUAGES)
        country = COUNTRIES[language]
        opened = self._now - timedelta(seconds=chance.randrange(60, 90 * 86_400))
        since = opened + (self._now - opened) * chance.random()
        tracking_number = f"YT{number[Shipment]:016d}"
        customer, shipment, ticket = number[Customer], number[Shipment], number[Ticket]
        tier = "vip" if chance.random() < 0.05 else "standard"
        yield (
            Customer,
            {
                "id": customer,
                "name": f"{chance.choice(['Anna', 'Marcus', 'Lucía', 'João', '健', '伟', 'Claire'])} {customer}",
                "language": language,
                "time_zone": ZONES[country],
                "country": country,
                "tier": tier,
                "created_at": opened,
            },
        )
        yield (
            Shipment,
            {
                "id": shipment,
                "tracking_number": tracking_number,
                "customer_id": customer,
                "origin_country": "CN",
                "destination_country": country,
                "status": "in_transit",
                "created_at": opened,
                "last_event_at": opened,
            },
        )
        for step in range(3):
            yield (
                TrackingEvent,
                {
                    "shipment_id": shipment,
                    "key": f"{shipment}-{step}",
                    "at": opened - timedelta(hours=30 - step * 9),
                    "offset_minutes": 480,
                    "status": "in_transit",
                    "location": "Shenzhen",
                    "country": "CN",
                    "raw_code": "InTransit_Other",
                    "text": "Arrived at hub",
                    "source": SLUG,
                    "received_at": opened,
                },
            )
        yield (
            ChannelIdentity,
            {
                "id": number[ChannelIdentity],
                "connection_id": self._connection.pk,
                "external_id": f"customer-{customer}@example.org",
                "customer_id": customer,
                "created_at": opened,
            },
        )
        messages = list(self._messages(number, first_message, language, tracking_number, opened))
        ended = state.phase in ENDED_PHASES
        fresh = {
            "kind": kind,
            "state": state.name,
            "phase": state.phase,
            "waiting_on": state.waiting_on[0],
            "resolution": Resolution.SOLVED if ended else "",
            "priority": chance.choices(Priority.values, weights=[1, 3, 14, 2])[0],
            "customer_id": customer,
            "shipment_id": shipment,
            "assignee_id": chance.choice(self._staff) if self._staff and chance.random() < 0.8 else None,
            "language": language,
            "country": country,
            "channel": SLUG,
            "origin": "CN",
            "destination": country,
        }
        unanswered = None if ended or messages[-1]["direction"] != Direction.IN else messages[-1]["sent_at"]
        events = list(self._events(ticket, kind, state, opened, since))
        yield (
            Ticket,
            {
                **fresh,
                "id": ticket,
                "summary": messages[0]["text"][:80],
                "opened_at": opened,
                "state_since": since,
                "queue_at": unanswered or since,
                "unanswered_since": unanswered,
                "resolved_at": since if ended else None,
                "closed_at": since if state.name == "closed" else None,
                "last_message_at": messages[-1]["sent_at"],
                "last_message_preview": messages[-1]["text"][:160],
                "last_message_direction": messages[-1]["direction"],
                "event_sequence": len(events),
                "event_hash": events[-1]["hash"],
            },
        )
        yield DETAILS[kind], {"ticket_id": ticket}
        yield (
            Conversation,
            {
                "id": number[Conversation],
                "connection_id": self._connection.pk,
                "identity_id": number[ChannelIdentity],
                "ticket_id": ticket,
                "audience": Audience.CUSTOMER,
                "started_at": opened,
                "last_message_at": messages[-1]["sent_at"],
            },
        )
        for message in messages:
            yield Message, message
        for event in events:
            yield TicketEvent, event
        yield (
            TicketFacts,
            {
                **fresh,
                "ticket_id": ticket,
                "valid_from": since,
                "tier": tier,
                "is_unanswered": unanswered is not None,
            },
        )

    def _state(self, states: list[State]) -> State:
        is_open = self._chance.random() < self._open_share
        return self._chance.choice([state for state in states if state.is_open == is_open])

    def _messages(
        self,
        number: dict[Any, int],
        first: int,
        language: str,
        tracking_number: str,
        opened: datetime,
    ) -> Iterator[dict[str, Any]]:
        for turn in range(MESSAGES_A_TICKET):
            inbound = turn % 2 == 0
            chosen = self._chance.sample(SENTENCES[language], 2) + self._chance.sample(WORDS, 3)
            text = f"{' '.join(chosen)} {tracking_number}"
            at = opened + timedelta(minutes=40 * turn)
            yield {
                "id": first + turn,
                "ticket_id": number[Ticket],
                "conversation_id": number[Conversation],
                "connection_id": self._connection.pk,
                "identity_id": number[ChannelIdentity],
                "direction": Direction.IN if inbound else Direction.OUT,
                "audience": Audience.CUSTOMER,
                "status": MessageStatus.RECEIVED if inbound else MessageStatus.DELIVERED,
                "text": text,
                "language": language,
                "external_id": f"{SLUG}-{first + turn}",
                "sent_at": at,
                "created_at": at,
                "tracking_numbers": [tracking_number],
                "search": _vector(index_text(text)),
                "key": str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
            }

    def _events(
        self, ticket: int, kind: str, state: State, opened: datetime, since: datetime
    ) -> Iterator[dict[str, Any]]:
        previous = b""
        first = initial_state(kind).name
        steps: list[tuple[str, datetime, dict[str, Any]]] = [("opened", opened, {"kind": kind, "state": first})]
        if state.name != first:
            steps.append(("transition", since, {"way": "loaded", "from": first, "to": state.name}))
        for sequence, (type_, at, data) in enumerate(steps, 1):
            event: dict[str, Any] = {
                "ticket_id": ticket,
                "sequence": sequence,
                "type": type_,
                "at": at,
                "actor_kind": ActorKind.SYSTEM,
                "actor_id": None,
                "actor_name": SLUG,
                "via": Via.COMMAND,
                "data": data,
                "commitment": b"",
            }
            previous = link(previous, **event)
            yield {**event, "hash": previous}


def _next_ids(model: Any) -> int:
    """The first free id; the sequence is moved on by what ``_copy`` writes."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {model._meta.db_table}")  # noqa: S608 - our own name
        return int(cursor.fetchone()[0])


def _copy(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """COPY rows into a model's table, columns that are not given at the model's own defaults."""
    if not rows:
        return
    table = model._meta.db_table
    defaults = {
        field.column: field.get_default()
        for field in model._meta.concrete_fields
        if field.has_default() or not field.null
    }
    needs_id = "id" not in rows[0] and model._meta.pk.column == "id"
    if needs_id:
        defaults.pop("id", None)
    columns = [column for column in dict.fromkeys([*defaults, *rows[0]]) if not (needs_id and column == "id")]
    json_columns = {field.column for field in model._meta.concrete_fields if field.get_internal_type() == "JSONField"}
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for values in _values(rows, columns, defaults, json_columns):
                copy.write_row(values)
        if model._meta.pk.column == "id":
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
            )


def _values(
    rows: Iterable[dict[str, Any]], columns: Sequence[str], defaults: dict[str, Any], json_columns: set[str]
) -> Iterator[list[Any]]:
    for row in rows:
        full = {**defaults, **row}
        yield [json.dumps(full[column]) if column in json_columns else _plain(full[column]) for column in columns]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _vector(words: str) -> str:
    """A tsvector literal of distinct words."""
    return " ".join("'{}'".format(word.replace("\\", "\\\\").replace("'", "''")) for word in sorted(set(words.split())))
