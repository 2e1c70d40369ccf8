"""The promises a new site begins with. Where an administrator has any of their own, none of these is added.

Figures: a working day is taken as 8 hours. VIPs are promised half of the standard time, counted around the clock.
Resolutions count the time a ticket waits on us alone, so a parcel may lie at customs for weeks and still be on time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop

from common.revisions import PROMISES, bump
from logistics.choices import Tier
from tickets.choices import HoursOf, Kind, Priority, Target
from tickets.models import PromisePolicy
from tickets.policies.promises import PUBLIC_MENTION

SOCIAL_CHANNELS = ("telegram", "whatsapp", "line", "messenger", "instagram", "x", "wechat")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WORKING_DAY = 8 * HOUR

_URGENT = {"field": "ticket.priority", "op": "in", "value": [int(Priority.URGENT)]}
_VIP = {"field": "ticket.tier", "op": "in", "value": [str(Tier.VIP)]}
_PUBLIC = {"field": "ticket.tags", "op": "contains_any", "value": [PUBLIC_MENTION]}
_SOCIAL = {"field": "ticket.channel", "op": "in", "value": list(SOCIAL_CHANNELS)}
_ASKED_CARRIER = {
    "field": "ticket.state",
    "op": "in",
    "value": ["investigating", "tracing", "waiting_partner"],
}


def _kind(*kinds: Kind) -> dict[str, Any]:
    return {"field": "ticket.kind", "op": "in", "value": [str(kind) for kind in kinds]}


@dataclass(frozen=True, slots=True)
class Shipped:
    """One promise. The smaller ``order`` wins."""

    name: str
    target: Target
    order: int
    duration: timedelta
    when: tuple[Mapping[str, Any], ...] = ()
    hours_of: HoursOf = HoursOf.TEAM
    warn_at: tuple[int, ...] = field(default=(75,))


_F, _N, _U, _R = Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.NEXT_UPDATE, Target.RESOLUTION
_WALL = HoursOf.WALL
_HALF_AND_LATE = (50, 80)

SHIPPED: tuple[Shipped, ...] = (
    Shipped(gettext_noop("Urgent: first response"), _F, 10, 30 * MINUTE, (_URGENT,), _WALL),
    Shipped(gettext_noop("VIP in public: first response"), _F, 20, 15 * MINUTE, (_VIP, _PUBLIC), _WALL),
    Shipped(gettext_noop("VIP on a social channel: first response"), _F, 22, HOUR, (_VIP, _SOCIAL), _WALL),
    Shipped(gettext_noop("VIP, inquiry: first response"), _F, 24, HOUR, (_VIP, _kind(Kind.INQUIRY)), _WALL),
    Shipped(gettext_noop("VIP: first response"), _F, 26, 2 * HOUR, (_VIP,), _WALL),
    Shipped(gettext_noop("Mention in public: first response"), _F, 30, 30 * MINUTE, (_PUBLIC,)),
    Shipped(gettext_noop("Social channel: first response"), _F, 40, 2 * HOUR, (_SOCIAL,)),
    Shipped(gettext_noop("Inquiry: first response"), _F, 50, 2 * HOUR, (_kind(Kind.INQUIRY),)),
    Shipped(gettext_noop("Customs hold: first response"), _F, 60, 4 * HOUR, (_kind(Kind.CLEARANCE),)),
    Shipped(gettext_noop("Everything else: first response"), _F, 100, 4 * HOUR),
    Shipped(gettext_noop("Urgent: next response"), _N, 10, 30 * MINUTE, (_URGENT,), _WALL),
    Shipped(gettext_noop("VIP in public: next response"), _N, 20, 15 * MINUTE, (_VIP, _PUBLIC), _WALL),
    Shipped(gettext_noop("VIP on a social channel: next response"), _N, 22, HOUR, (_VIP, _SOCIAL), _WALL),
    Shipped(gettext_noop("VIP: next response"), _N, 26, 2 * HOUR, (_VIP,), _WALL),
    Shipped(gettext_noop("Mention in public: next response"), _N, 30, 30 * MINUTE, (_PUBLIC,)),
    Shipped(gettext_noop("Social channel: next response"), _N, 40, 2 * HOUR, (_SOCIAL,)),
    Shipped(gettext_noop("Everything else: next response"), _N, 100, 4 * HOUR),
    Shipped(gettext_noop("VIP: an update every 12 hours"), _U, 20, 12 * HOUR, (_VIP,), _WALL, (80,)),
    Shipped(gettext_noop("An update every 24 hours"), _U, 100, 24 * HOUR, (), _WALL, (80,)),
    Shipped(gettext_noop("Urgent: solved"), _R, 10, 8 * HOUR, (_URGENT,), _WALL, _HALF_AND_LATE),
    Shipped(gettext_noop("VIP: solved"), _R, 20, 24 * HOUR, (_VIP,), _WALL, _HALF_AND_LATE),
    Shipped(
        gettext_noop("Inquiry, payment or safety: solved"),
        *(_R, 50, 2 * WORKING_DAY, (_kind(Kind.INQUIRY, Kind.PAYMENT, Kind.SAFETY),), HoursOf.TEAM, _HALF_AND_LATE),
    ),
    Shipped(
        gettext_noop("Failed delivery: solved"),
        *(_R, 52, 3 * WORKING_DAY, (_kind(Kind.FAILED_DELIVERY),), HoursOf.TEAM, _HALF_AND_LATE),
    ),
    Shipped(
        gettext_noop("Customs hold, delay or warehouse: solved"),
        *(_R, 54, 5 * WORKING_DAY, (_kind(Kind.CLEARANCE, Kind.DELAY, Kind.WAREHOUSE),), HoursOf.TEAM, _HALF_AND_LATE),
    ),
    Shipped(
        gettext_noop("Loss or return: solved"),
        *(_R, 56, 10 * WORKING_DAY, (_kind(Kind.LOSS, Kind.RETURN),), HoursOf.TEAM, _HALF_AND_LATE),
    ),
    Shipped(
        gettext_noop("Warehouse inspects a return"),
        *(Target.PARTNER_ANSWER, 50, 2 * WORKING_DAY, (_kind(Kind.RETURN),), HoursOf.PARTNER, (80,)),
    ),
    Shipped(gettext_noop("Partner answers"), Target.PARTNER_ANSWER, 100, HOUR, (), HoursOf.PARTNER, (80,)),
    Shipped(
        gettext_noop("Carrier's answer"),
        *(Target.CARRIER_ANSWER, 100, WORKING_DAY, (_ASKED_CARRIER,), HoursOf.PARTNER, (80,)),
    ),
)


def ship_promises(*, using: str = "default", promises: Iterable[Shipped] = SHIPPED) -> int:
    """Add the shipped promises where there are none at all. Returns how many were added."""
    policies = PromisePolicy.objects.using(using)
    if policies.exists():
        return 0
    added = policies.bulk_create(
        [
            PromisePolicy(
                name=one.name,
                target=one.target,
                order=one.order,
                conditions=_tree(one.when),
                duration=one.duration,
                hours_of=one.hours_of,
                warn_at_percent=list(one.warn_at),
            )
            for one in promises
        ]
    )
    bump(PROMISES)
    return len(added)


def _tree(when: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    return {"all": [dict(leaf) for leaf in when]} if when else {}
