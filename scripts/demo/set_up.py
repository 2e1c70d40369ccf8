"""Writes what the demonstration begins with: logins, teams, partners, carriers, a day's customers.

``python -m scripts.demo.set_up [--day]`` prints the number of the run, and where it is night and day now, as
JSON. The password of all logins comes from the environment (CLEARWAY_DEMO_PASSWORD), as does what ``manage.py
add_connection`` is told before (CLEARWAY_DEMO_CONNECTIONS, a JSON list of argument lists): customers are known by
addresses at the mailbox. Everything is found by its name or address, so that it can run again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from datetime import date, time, timedelta
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402 - models can be imported once Django is set up
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from common.models import BusinessCalendar, BusinessInterval, Connection, User  # noqa: E402
from logistics.models import Carrier, Customer, Partner, PartnerContact, Shipment  # noqa: E402
from scripts.demo import cast as people  # noqa: E402
from tickets.models import ChannelIdentity, Membership, Rota, RotaLayer, RotaTurn, Team, Ticket  # noqa: E402

_NOTE = "From day {run} of the demonstration."
_DAYS_TO_DELIVER = 6


def set_up(*, password: str, day: bool, zones: people.Around | None = None) -> int:
    """Write all of it in one transaction and return the number of the run, counted from 1 (0 without a day)."""
    with transaction.atomic():
        calendars = {hours.name: _calendar(hours) for hours in people.HOURS}
        teams = {team.name: _team(team, calendars) for team in people.TEAMS}
        for row in people.TEAMS:
            Team.objects.filter(name=row.name).update(follows=teams.get(row.follows))
        hashed = make_password(password)  # once: it is slow on purpose, and all have the same
        for person in people.STAFF:
            _person(person, teams, hashed)
        _rota(people.ROTA)
        partners = {partner.key: _partner(partner, calendars) for partner in people.PARTNERS}
        carriers = {carrier.code: _carrier(carrier, partners) for carrier in people.CARRIERS}
        if not day:
            return 0
        run = _next_run()
        _customers(people.cast(run, zones or people.around(timezone.now())), carriers)
        return run


def _next_run() -> int:
    notes = Customer.objects.filter(note__startswith="From day ").values_list("note", flat=True)
    runs = [int(found[1]) for note in notes if (found := re.search(r"day (\d+) of the demonstration", note))]
    return max(runs, default=0) + 1


def _calendar(hours: people.Hours) -> BusinessCalendar:
    calendar, _new = BusinessCalendar.objects.update_or_create(
        name=hours.name,
        defaults={
            "time_zone": hours.zone,
            "holiday_country": hours.holidays,
            "always_open": not hours.parts,
        },
    )
    for weekday in range(5):
        for opens, closes in hours.parts:
            BusinessInterval.objects.update_or_create(
                calendar=calendar,
                weekday=weekday,
                opens_at=time.fromisoformat(opens),
                defaults={"closes_at": time.fromisoformat(closes)},
            )
    return calendar


def _team(row: people.TeamRow, calendars: dict[str, BusinessCalendar]) -> Team:
    team, _new = Team.objects.update_or_create(
        name=row.name,
        defaults={
            "calendar": calendars[row.hours],
            "languages": list(row.languages),
            "kinds": list(row.kinds),
            "emergency_contact": row.emergency_contact,
        },
    )
    return team


def _rota(row: people.RotaRow) -> None:
    """The people in their turns, a week each from the first Monday of 2024 on; one that is there stays as it is."""
    rota, is_new = Rota.objects.get_or_create(name=row.name, defaults={"time_zone": row.zone})
    if not is_new:
        return
    layer = RotaLayer.objects.create(rota=rota, starts_on=date(2024, 1, 1), turn_days=7, hands_over_at=time(9))
    for place, first_part in enumerate(row.people, 1):
        RotaTurn.objects.create(layer=layer, place=place, user=_user(first_part))


def _user(first_part: str) -> User:
    user: User = User.objects.get(email__startswith=f"{first_part}@")
    return user


def _person(row: people.Person, teams: dict[str, Team], hashed: str) -> None:
    user = User.objects.by_sign_in_name(row.email).first() or User(email=row.email)
    user.employee_number, user.full_name, user.time_zone = row.number, row.name, row.zone
    user.language, user.is_staff, user.is_active = row.language, True, True
    user.password = hashed
    user.save()
    user.groups.set([Group.objects.get(name__iexact=row.role)])
    for name in row.teams:
        Membership.objects.get_or_create(team=teams[name], user=user)


def _partner(row: people.PartnerRow, calendars: dict[str, BusinessCalendar]) -> Partner:
    partner, _new = Partner.objects.update_or_create(
        name=row.name,
        defaults={
            "kind": row.kind,
            "country": row.country,
            "language": row.language,
            "time_zone": row.zone,
            "calendar": calendars[row.hours],
        },
    )
    backup = None
    if row.backup:
        backup, _new = PartnerContact.objects.update_or_create(
            partner=partner, email=row.backup_email, defaults={"name": row.backup, "language": row.language}
        )
    PartnerContact.objects.update_or_create(
        partner=partner,
        email=row.email,
        defaults={"name": row.contact, "language": row.language, "is_primary": True, "backup": backup},
    )
    return partner


def _carrier(row: people.CarrierRow, partners: dict[str, Partner]) -> Carrier:
    carrier, _new = Carrier.objects.update_or_create(
        code=row.code,
        defaults={
            "name": row.name,
            "partner": partners[row.partner],
            "max_delivery_attempts": row.max_attempts,
            "aggregator_codes": {"seventeentrack": row.code_at_17track},
        },
    )
    return carrier


def _customers(cast: people.Cast, carriers: dict[str, Carrier]) -> None:
    now = timezone.now()
    mailbox = Connection.objects.get(slug=people.MAIL_SLUG)
    known: dict[str, Customer] = {}
    for client in cast.clients.values():
        if not client.known:
            continue
        known[client.key] = Customer.objects.create(
            name=client.name,
            language=client.language,
            time_zone=client.zone,
            country=client.country,
            tier=client.tier,
            account_manager=_user(client.manager) if client.manager else None,
            note=_NOTE.format(run=cast.run),
        )
        ChannelIdentity.objects.create(
            connection=mailbox,
            external_id=client.address,
            customer=known[client.key],
            display_name=client.name,
            is_verified=True,
            created_at=now,
        )
    for parcel in cast.parcels.values():
        Shipment.objects.create(
            tracking_number=parcel.number,
            carrier=carriers[parcel.carrier],
            customer=known.get(parcel.client),
            order_number=f"SO-{cast.run:04d}-{parcel.number[2:6]}",
            origin_country=parcel.origin,
            destination_country=parcel.destination,
            terms=parcel.terms,
            contents=parcel.contents,
            declared_value=Decimal(parcel.value),
            declared_currency=parcel.currency,
            promised_date=(now + timedelta(days=_DAYS_TO_DELIVER)).date(),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--day", action="store_true", help="also the customers and parcels of a new day")
    options = parser.parse_args()
    for words in json.loads(os.environ.get("CLEARWAY_DEMO_CONNECTIONS", "[]")):
        call_command("add_connection", *words)
    zones = people.around(timezone.now())
    run = set_up(password=os.environ["CLEARWAY_DEMO_PASSWORD"], day=options.day, zones=zones)
    if options.day and not Ticket.objects.exists():
        call_command("load_history")  # so that dashboards have something to say
    print(json.dumps({"run": run, "night": zones.night, "day": zones.day}))


if __name__ == "__main__":
    main()
