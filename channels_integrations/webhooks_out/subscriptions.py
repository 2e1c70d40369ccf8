"""What owners do with subscriptions: make, change, switch, rotate the secret, test, remove."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from channels_integrations.choices import DeliveryState, SubscriptionReason, SubscriptionState
from channels_integrations.errors import SubscriptionRefused
from channels_integrations.models import WebhookAttempt, WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out import health
from channels_integrations.webhooks_out.catalogue import EVENTS, TEST
from channels_integrations.webhooks_out.news import test_body
from channels_integrations.webhooks_out.signing import LONGEST_OVERLAP, OVERLAP, new_secret
from common.addresses import is_public
from common.errors import InvalidInput
from common.jobs import nudge
from logistics.models import Partner
from tickets.choices import Kind, Priority

MOST: Final = 20
"""Of one partner's: an event is sent to each that wants it."""
TOPIC: Final = "webhooks_to_send"
_LONGEST_URL: Final = 500
WISHES: Final[tuple[str, ...]] = ("event_types", "kinds", "priorities", "destinations")
CHANGEABLE: Final[tuple[str, ...]] = ("name", "url", "contact_email", *WISHES)


@transaction.atomic
def subscribe(*, partner_id: int, url: str, now: datetime, **wishes: Any) -> tuple[WebhookSubscription, str]:
    """Make a subscription of a partner. Returns it and its signing secret, which is shown this once.

    ``wishes`` are fields of CHANGEABLE. Raises InvalidInput by field; SubscriptionRefused when there are too many.
    """
    Partner.objects.select_for_update(no_key=True).get(pk=partner_id)
    if WebhookSubscription.objects.filter(partner_id=partner_id).count() >= MOST:
        raise SubscriptionRefused(
            _("There are %(most)d subscriptions already. Remove one first.") % {"most": MOST}, code="too_many_webhooks"
        )
    values = clean({"url": url, **wishes})
    secret = new_secret()
    subscription = WebhookSubscription.objects.create(
        partner_id=partner_id,
        secrets={"current": secret},
        state_since=now,
        created_at=now,
        changed_at=now,
        **values,
    )
    return subscription, secret


def change(subscription: WebhookSubscription, *, values: Mapping[str, Any], now: datetime) -> WebhookSubscription:
    """Change what a subscription is told and where. The row must be locked. Raises InvalidInput by field."""
    cleaned = clean(values)
    if "url" in cleaned and cleaned["url"] != subscription.url:
        # Of a new address nothing is known.
        cleaned |= {"failures": 0, "failing_since": None, "last_success_at": None, "holds_until": None}
    for name, value in cleaned.items():
        setattr(subscription, name, value)
    subscription.changed_at = now
    subscription.save(update_fields=[*cleaned, "changed_at"])
    return subscription


def switch(subscription: WebhookSubscription, *, is_active: bool, now: datetime) -> WebhookSubscription:
    """Switch a subscription on or off. What waited while it was paused is sent at once. The row must be locked."""
    if is_active and subscription.state != SubscriptionState.ACTIVE:
        subscription.failures, subscription.failing_since, subscription.holds_until = 0, None, None
        subscription.save(update_fields=["failures", "failing_since", "holds_until"])
        health.set_state(subscription, SubscriptionState.ACTIVE, reason=SubscriptionReason.NONE, now=now)
        WebhookDelivery.objects.filter(
            subscription=subscription, state=DeliveryState.PENDING, claimed_until__isnull=True
        ).update(attempts=0, first_attempt_at=None, next_attempt_at=now)
        nudge(TOPIC)
    elif not is_active and subscription.state != SubscriptionState.OFF:
        health.switch_off(subscription, reason=SubscriptionReason.SWITCHED, now=now)
    return subscription


def rotate(subscription: WebhookSubscription, *, now: datetime, overlap: timedelta = OVERLAP) -> str:
    """Make a new signing secret and return it, this once; the old one signs as well for ``overlap``.

    The row must be locked. Raises InvalidInput for an overlap beyond LONGEST_OVERLAP.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise InvalidInput(data={"overlap_hours": [_("From 0 to %(most)d hours.") % {"most": 168}]})
    secret = new_secret()
    held = {"current": secret}
    if overlap:
        held["previous"] = subscription.secrets["current"]
    subscription.secrets = held
    subscription.previous_until = now + overlap if overlap else None
    subscription.save(update_fields=["secrets", "previous_until"])
    return secret


def forget_old_secrets(*, now: datetime) -> int:
    """Remove secrets whose overlap has ended. Returns how many."""
    ended = WebhookSubscription.objects.filter(previous_until__lte=now)
    done = 0
    with transaction.atomic():
        for row in ended.select_for_update(no_key=True, skip_locked=True, of=("self",)):
            row.secrets, row.previous_until = {"current": row.secrets["current"]}, None
            row.save(update_fields=["secrets", "previous_until"])
            done += 1
    return done


def remove(subscription: WebhookSubscription) -> None:
    """Remove a subscription with the log of what it was sent. The row must be locked."""
    WebhookAttempt.objects.filter(delivery__subscription=subscription).delete()
    WebhookDelivery.objects.filter(subscription=subscription).delete()
    subscription.delete()


@transaction.atomic
def send_test(subscription: WebhookSubscription, *, now: datetime) -> WebhookDelivery:
    """Queue a test: sent once, whatever the subscription's state. Raises SubscriptionRefused while one is under way."""
    key = uuid.uuid4()
    test = WebhookDelivery(
        subscription=subscription,
        key=key,
        is_test=True,
        type=TEST,
        happened_at=now,
        body=test_body(key=f"test_{key.hex}", now=now),
        next_attempt_at=now,
        created_at=now,
    )
    made = WebhookDelivery.objects.bulk_create([test], ignore_conflicts=True)
    kept = WebhookDelivery.objects.filter(key=made[0].key).first()
    if kept is None:
        raise SubscriptionRefused(_("A test is under way already. Wait for its result."), code="test_under_way")
    nudge(TOPIC)
    return kept


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a subscription's fields become. Raises InvalidInput with sentences by field."""
    problems: dict[str, list[str]] = {}
    cleaned: dict[str, Any] = {}
    for name, value in values.items():
        try:
            cleaned[name] = _CLEAN[name](value)
        except InvalidInput as error:
            problems[name] = [error.message]
    if problems:
        raise InvalidInput(_("Some of what you sent cannot be used."), data=problems)
    return cleaned


def _url(value: str) -> str:
    value = str(value).strip()
    try:
        parts = urlsplit(value)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if not host or len(value) > _LONGEST_URL or not value.isascii() or not value.isprintable() or " " in value:
        raise InvalidInput(_("Write a whole address, like https://hooks.example.com/clearway."))
    if "@" in parts.netloc or parts.fragment:
        raise InvalidInput(_("The address must hold no user name, password or fragment."))
    allowed = settings.ALLOW_PRIVATE_ADDRESSES or host in settings.OUTBOUND_ALLOWED_HOSTS
    if parts.scheme != "https" and not (allowed and parts.scheme == "http"):
        raise InvalidInput(_("The address must begin with https://."))
    if port == 0 or (not allowed and _is_private(host)):
        raise InvalidInput(_("The address must be one of the public internet."))
    return value


def _is_private(host: str) -> bool:
    """Whether a host is plainly none of the public internet. Names are looked up each time something is sent."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or "." not in host.strip("[]:"):
        try:
            return not is_public(host.strip("[]"))
        except ValueError:
            return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return not is_public(host.strip("[]"))


def _events(value: Iterable[str]) -> list[str]:
    return _chosen(value, EVENTS, _("There is no event “%(value)s”."))


def _kinds(value: Iterable[str]) -> list[str]:
    return _chosen(value, Kind.values, _("There is no kind “%(value)s”."))


def _priorities(value: Iterable[int]) -> list[int]:
    return _chosen(value, Priority.values, _("There is no priority “%(value)s”."))


def _destinations(value: Iterable[str]) -> list[str]:
    countries = list(value)
    for one in countries:
        if not (len(one) == 2 and one.isascii() and one.isalpha() and one.isupper()):
            raise InvalidInput(_("Write countries as two capital letters (ISO 3166), like DE."))
    return list(dict.fromkeys(countries))


def _chosen(value: Iterable[Any], known: Iterable[Any], sentence: str) -> list[Any]:
    wanted, allowed = list(dict.fromkeys(value)), set(known)
    for one in wanted:
        if one not in allowed:
            raise InvalidInput(sentence % {"value": str(one)[:60]})
    return wanted


def _name(value: str) -> str:
    return " ".join(str(value).replace("\x00", "").split())[:120]


def _email(value: str) -> str:
    value = str(value).strip()
    if value:
        try:
            validate_email(value)
        except ValidationError as error:
            raise InvalidInput(" ".join(error.messages)) from error
    return value


_CLEAN: Final[dict[str, Callable[[Any], Any]]] = {
    "url": _url,
    "name": _name,
    "contact_email": _email,
    "event_types": _events,
    "kinds": _kinds,
    "priorities": _priorities,
    "destinations": _destinations,
}
