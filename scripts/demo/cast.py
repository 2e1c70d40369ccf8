"""Who and what the demonstration is about: people at the desk, partners, carriers, customers and their parcels.

Pure data. The same run gives the same numbers and addresses every time; another run gives others, so that a second day
in the same database meets nobody of the first.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

SEED = 20261124
DESK_ADDRESS = "desk@clearway.example"
MAIL_SLUG, TELEGRAM_SLUG, TRACKING_SLUG = "desk-mail", "desk-telegram", "seventeentrack"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the desk. ``role`` is the name of a group, ``teams`` names of teams they belong to."""

    email: str
    name: str
    role: str
    zone: str
    number: str
    language: str = "en"
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """A team's or partner's working time: Monday to Friday, in parts of the day; without parts around the clock."""

    name: str
    zone: str
    holidays: str = ""
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team. Empty languages or kinds mean any. ``follows`` is the team that it hands over to."""

    name: str
    hours: str
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    emergency_contact: str = ""
    follows: str = ""


@dataclass(frozen=True, slots=True)
class RotaRow:
    """Who is on call: people by the first part of their address, a week each."""

    name: str
    zone: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """An organisation we work with, and who is asked there first (and who stands in)."""

    key: str
    kind: str
    name: str
    country: str
    language: str
    zone: str
    hours: str
    contact: str
    email: str
    backup: str = ""
    backup_email: str = ""


@dataclass(frozen=True, slots=True)
class CarrierRow:
    """A carrier; ``code_at_17track`` is its number there, ``partner`` the key of the partner that speaks for it."""

    code: str
    name: str
    code_at_17track: int
    partner: str
    max_attempts: int = 3


@dataclass(frozen=True, slots=True)
class Client:
    """A customer. ``address`` is their mail address, ``chat`` their Telegram chat (0: none).

    ``known``: from an earlier order; the others are strangers until they write. ``manager``: the person of ours whom a
    VIP knows, by the first part of their address.
    """

    key: str
    name: str
    language: str
    country: str
    zone: str
    tier: str = "standard"
    address: str = ""
    chat: int = 0
    known: bool = True
    manager: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel known to us before anything happens to it. Without a ``client`` nobody has claimed it yet."""

    key: str
    number: str
    client: str
    carrier: str
    origin: str
    destination: str
    terms: str
    contents: str
    value: str
    currency: str


@dataclass(frozen=True, slots=True)
class Cast:
    """All of one run. ``serial`` is a number by which its letters are found among those of other runs."""

    run: int
    serial: int = 0
    clients: dict[str, Client] = field(default_factory=dict)
    parcels: dict[str, Parcel] = field(default_factory=dict)


STAFF: tuple[Person, ...] = (
    Person("mei.lin@clearway.example", "Lin Mei", "agent", "Asia/Shanghai", "E1001", teams=("Shenzhen",)),
    Person("sofia.marin@clearway.example", "Sofía Marín", "agent", "Europe/Madrid", "E1002", teams=("Berlin",)),
    Person(
        "jonas.keller@clearway.example",
        "Jonas Keller",
        "customs specialist",
        "Europe/Berlin",
        "E1003",
        teams=("Customs", "Berlin"),
    ),
    Person(
        "ana.prado@clearway.example",
        "Ana Prado",
        "warehouse liaison",
        "America/Sao_Paulo",
        "E1004",
        teams=("São Paulo",),
    ),
    Person("omar.haddad@clearway.example", "Omar Haddad", "finance", "Europe/Paris", "E1005"),
    Person("ruth.levy@clearway.example", "Ruth Levy", "legal", "Europe/London", "E1006"),
    Person("david.okafor@clearway.example", "David Okafor", "supervisor", "Europe/London", "E1007"),
    Person("zhou.yan@clearway.example", "周燕", "administrator", "Asia/Shanghai", "E1008"),
    Person("iris.tan@clearway.example", "Iris Tan", "auditor", "Asia/Singapore", "E1009"),
    Person("chen.hao@clearway.example", "Chen Hao", "agent", "Asia/Shanghai", "E1010", teams=("Shenzhen",)),
    Person("grace.kim@clearway.example", "Grace Kim", "agent", "America/Los_Angeles", "E1011", teams=("Los Angeles",)),
    Person("helena.sousa@clearway.example", "Helena Sousa", "agent", "Europe/Lisbon", "E1012"),
)
"""Helena Sousa is in no team: she looks after some VIPs, whatever the hour."""

_BERLIN, _SHANGHAI, _SAO_PAULO = "Berlin office", "Shanghai office", "São Paulo office"
HOURS: tuple[Hours, ...] = (
    Hours("Shenzhen, around the clock", "Asia/Shanghai"),
    Hours(_BERLIN, "Europe/Berlin", "DE", (("08:30", "17:00"),)),
    Hours(_SAO_PAULO, "America/Sao_Paulo", "BR", (("09:00", "18:00"),)),
    Hours("Los Angeles office", "America/Los_Angeles", "US", (("08:00", "17:00"),)),
    Hours(_SHANGHAI, "Asia/Shanghai", "CN", (("09:00", "12:00"), ("13:30", "18:00"))),
)

TEAMS: tuple[TeamRow, ...] = (
    TeamRow("Shenzhen", "Shenzhen, around the clock", ("zh", "ja", "en")),
    TeamRow("Berlin", _BERLIN, ("de", "fr", "en")),
    TeamRow("São Paulo", _SAO_PAULO, ("pt",), emergency_contact="+55 11 5550 0199"),
    TeamRow("Los Angeles", "Los Angeles office", ("es", "en"), follows="Shenzhen"),
    TeamRow("Customs", _BERLIN, (), ("clearance",)),
)

ROTA = RotaRow("Day and night", "UTC", ("david.okafor", "mei.lin", "sofia.marin"))

PARTNERS: tuple[PartnerRow, ...] = (
    PartnerRow(
        "broker",
        "broker",
        "Hafen Zoll GmbH",
        "DE",
        "de",
        "Europe/Berlin",
        "Berlin office",
        "Katrin Vogt",
        "abfertigung@hafen-zoll.example",
        "Uwe Brandt",
        "u.brandt@hafen-zoll.example",
    ),
    PartnerRow(
        "warehouse",
        "warehouse",
        "Ningbo Fulfilment Centre",
        "CN",
        "zh",
        "Asia/Shanghai",
        "Shanghai office",
        "陈伟",
        "ops@ningbo-fc.example",
        "孙丽",
        "sun.li@ningbo-fc.example",
    ),
    PartnerRow(
        "post",
        "carrier",
        "China Post claims desk",
        "CN",
        "zh",
        "Asia/Shanghai",
        "Shanghai office",
        "刘洋",
        "claims@chinapost-desk.example",
    ),
    PartnerRow(
        "courier",
        "carrier",
        "Rhein Kurier customer service",
        "DE",
        "en",
        "Europe/Berlin",
        "Berlin office",
        "Svenja Roth",
        "service@rhein-kurier.example",
    ),
    PartnerRow(
        "agent",
        "agent",
        "Porto Azul Agentes",
        "BR",
        "pt",
        "America/Sao_Paulo",
        "São Paulo office",
        "Paulo Reis",
        "operacoes@porto-azul.example",
    ),
)

CARRIERS: tuple[CarrierRow, ...] = (
    CarrierRow("china-post", "China Post", 3011, "post"),
    CarrierRow("rhein-kurier", "Rhein Kurier", 100789, "courier"),
)


_ZONES_AROUND = ("Asia/Singapore", "Europe/London", "America/Los_Angeles")
"""Zones so far apart that at every moment it is night, and day, in one of them."""
_MARGIN_MINUTES = 15
_NIGHT_BEGINS, _NIGHT_ENDS = 21 * 60, 8 * 60


@dataclass(frozen=True, slots=True)
class Around:
    """Where it is night for the whole of the demonstration, and where it is day: when customers are written to."""

    night: str
    day: str


def around(now: datetime) -> Around:
    """Find both by a moment (aware)."""
    minutes = {zone: (at := now.astimezone(ZoneInfo(zone))).hour * 60 + at.minute for zone in _ZONES_AROUND}
    night = [zone for zone, minute in minutes.items() if _is_between(minute, _NIGHT_BEGINS, _NIGHT_ENDS)]
    day = [zone for zone, minute in minutes.items() if _is_between(minute, _NIGHT_ENDS, _NIGHT_BEGINS)]
    return Around(night[0], day[0])


def _is_between(minute: int, begins: int, ends: int) -> bool:
    """Whether a minute of the day lies between two, well inside: over midnight when the end is earlier."""
    length = (ends - begins) % (24 * 60)
    return _MARGIN_MINUTES <= (minute - begins) % (24 * 60) < length - _MARGIN_MINUTES


def cast(run: int, zones: Around) -> Cast:
    """The customers and parcels of a run, counted from 1. Two customers live where it is night and day now."""
    draw = random.Random(f"{SEED}/{run}")  # noqa: S311 - made-up numbers
    chats = draw.randrange(100_000_000, 900_000_000)
    clients = [
        Client("matthias", "Matthias Weber", "de", "DE", "Europe/Berlin", "vip", _mail("matthias.weber", run)),
        Client("camila", "Camila Rocha", "pt", "BR", "America/Sao_Paulo", address=_mail("camila.rocha", run)),
        Client("thiago", "Thiago Alves", "pt", "BR", "America/Fortaleza", chat=chats, known=False),
        Client("lucia", "Lucía Moreno", "es", "ES", "Europe/Madrid", address=_mail("lucia.moreno", run)),
        Client("claire", "Claire Dubois", "fr", "FR", "Europe/Paris", address=_mail("claire.dubois", run)),
        Client("emma", "Emma Clark", "en", "GB", "Europe/London", address=_mail("emma.clark", run)),
        Client("yuki", "田中由紀", "ja", "JP", "Asia/Tokyo", address=_mail("yuki.tanaka", run), known=False),
        Client("liming", "李明", "zh-Hans", "CN", "Asia/Shanghai", address=_mail("li.ming", run)),
        Client("wangfang", "王芳", "zh-Hans", "CN", "Asia/Shanghai", chat=chats + 1, known=False),
        Client(
            "ines", "Inês Costa", "pt", "PT", "Europe/Lisbon", "vip", _mail("ines.costa", run), manager="helena.sousa"
        ),
        Client("oliver", "Oliver Grant", "en", "GB", "Europe/London", address=_mail("oliver.grant", run)),
        Client("paul", "Paul Richter", "de", "DE", "Europe/Berlin", address=_mail("paul.richter", run)),
        Client("nora", "Nora Tan", "en", "", zones.night, address=_mail("nora.tan", run)),
        Client("sam", "Sam Reed", "en", "", zones.day, address=_mail("sam.reed", run)),
        Client("ravi", "Ravi Nair", "en", "SG", "Asia/Singapore", address=_mail("ravi.nair", run)),
        Client("tom", "Tom Baker", "en", "GB", "Europe/London", address=_mail("tom.baker", run), known=False),
        Client("diego", "Diego Flores", "es", "MX", "America/Mexico_City", address=_mail("diego.flores", run)),
        Client("zhao", "赵磊", "zh-Hans", "CN", "Asia/Shanghai", chat=chats + 2, known=False),
    ]
    parcels = [
        Parcel(
            "customs",
            s10("LX", draw),
            "matthias",
            "china-post",
            "CN",
            "DE",
            "DAP",
            "Mechanical keyboard",
            "189.00",
            "EUR",
        ),
        Parcel("storm-1", s10("LV", draw), "camila", "china-post", "CN", "BR", "DDP", "Running shoes", "64.90", "USD"),
        Parcel("storm-2", s10("LV", draw), "", "china-post", "CN", "BR", "DDP", "Headphones", "41.50", "USD"),
        Parcel("lost", s10("RB", draw), "lucia", "china-post", "CN", "ES", "DAP", "Camera lens", "320.00", "EUR"),
        Parcel(
            "failed", s10("CE", draw, "DE"), "claire", "rhein-kurier", "DE", "FR", "DDP", "Bread baker", "95.00", "EUR"
        ),
        Parcel("damaged", s10("LX", draw), "", "china-post", "CN", "CN", "DDP", "Tea set", "420.00", "CNY"),
    ]
    parcels += [
        Parcel("left-1", s10("LX", draw), "ines", "china-post", "CN", "PT", "DAP", "Ring light", "52.00", "EUR"),
        Parcel("left-2", s10("LV", draw), "oliver", "china-post", "CN", "GB", "DDP", "Desk lamp", "38.00", "GBP"),
        Parcel(
            "left-3", s10("CE", draw, "DE"), "paul", "rhein-kurier", "DE", "DE", "DDP", "Bicycle bag", "79.00", "EUR"
        ),
    ]
    parcels += [
        Parcel("night", s10("CE", draw, "DE"), "nora", "rhein-kurier", "DE", "FR", "DDP", "Tent", "120.00", "EUR"),
        Parcel("notice", s10("CE", draw, "DE"), "sam", "rhein-kurier", "DE", "AT", "DDP", "Kettle", "35.00", "EUR"),
    ]
    return Cast(
        run, draw.randrange(100_000, 1_000_000), {one.key: one for one in clients}, {one.key: one for one in parcels}
    )


def s10(service: str, draw: random.Random, country: str = "CN") -> str:
    """A postal number of UPU standard S10: two letters, eight digits, a check digit, the country that posted it."""
    digits = [draw.randrange(10) for _ in range(8)]
    weighed = sum(digit * weight for digit, weight in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = 11 - weighed % 11
    check = {10: 0, 11: 5}.get(check, check)
    return f"{service}{''.join(map(str, digits))}{check}{country}"


def _mail(name: str, run: int) -> str:
    return f"{name}.{run}@post.example"
