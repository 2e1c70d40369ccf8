"""An address that fails is paused when it is dead and switched off when it is gone; its owner is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from channels_integrations.choices import DeliveryState, SubscriptionReason, SubscriptionState
from channels_integrations.models import WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out.posting import Tried
from common.jobs import nudge
from common.models import Connection
from logistics.models import PartnerContact
from tickets.choices import Audience
from tickets.models import Conversation, Message
from tickets.services.conversations import write_notice
from tickets.services.identities import know_partner

DEAD_AFTER: Final = timedelta(hours=24)
DEAD_FAILURES: Final = 5
"""An address is dead when nothing has been taken for so long, and not for want of trying."""
SLOW_MILLISECONDS: Final = 3_000
LONGEST_HOLD: Final = timedelta(hours=24)


def is_slow(tried: Sequence[Tried]) -> bool:
    """Whether an address lets others wait, by what it took lately."""
    return max(one.milliseconds for one in tried) > SLOW_MILLISECONDS


def is_dead(subscription: WebhookSubscription, *, now: datetime) -> bool:
    """Whether an address has failed for so long that only its owner can help."""
    since = subscription.failing_since
    return since is not None and now - since >= DEAD_AFTER and subscription.failures >= DEAD_FAILURES


def pause(subscription: WebhookSubscription, *, now: datetime) -> Message | None:
    """Send nothing more until somebody goes on; events wait meanwhile. Inside a transaction, the row locked."""
    set_state(subscription, SubscriptionState.PAUSED, reason=SubscriptionReason.DEAD, now=now)
    return tell_owner(subscription, now=now)


def switch_off(subscription: WebhookSubscription, *, reason: str, now: datetime) -> None:
    """Send nothing and keep nothing for later; what waits is given up, it can be replayed. See ``pause``."""
    set_state(subscription, SubscriptionState.OFF, reason=reason, now=now)
    WebhookDelivery.objects.filter(subscription=subscription, state=DeliveryState.PENDING).update(
        state=DeliveryState.DEAD, next_attempt_at=None, claimed_until=None, ended_at=now
    )
    if reason == SubscriptionReason.GONE:
        tell_owner(subscription, now=now)


def set_state(subscription: WebhookSubscription, state: str, *, reason: str, now: datetime) -> None:
    """Write a state and why."""
    subscription.state, subscription.reason, subscription.state_since = state, reason, now
    subscription.save(update_fields=["state", "reason", "state_since"])


def tell_owner(subscription: WebhookSubscription, *, now: datetime) -> Message | None:
    """Queue a mail to whoever looks after the address. None when we know nobody, or have no mailbox."""
    address, name, language = _owner(subscription)
    mailbox = Connection.objects.filter(provider="email", is_active=True).order_by("id").first()
    if not address or mailbox is None:
        return None
    identity = know_partner(connection=mailbox, address=address, name=name, partner=subscription.partner, now=now)
    if identity.is_blocked:
        return None
    conversation = Conversation.objects.create(
        connection=mailbox,
        identity=identity,
        thread=f"ours-{uuid.uuid4().hex}",
        audience=Audience.PARTNER,
        started_at=now,
        last_message_at=now,
    )
    language = "zh-hans" if language.lower().startswith("zh") else "en"
    with translation.override(language):
        subject, text = _letter(subscription)
    message = write_notice(conversation, subject=subject, text=text, language=language, now=now)
    nudge("message_queued")
    return message


def _owner(subscription: WebhookSubscription) -> tuple[str, str, str]:
    """Address, name and language of whoever looks after a subscription."""
    partner = subscription.partner
    if subscription.contact_email:
        return subscription.contact_email, partner.name, partner.language
    contacts = PartnerContact.objects.filter(partner=partner).exclude(email="").order_by("-is_primary", "pk")
    contact = contacts.first()
    return (contact.email, contact.name, contact.language or partner.language) if contact else ("", "", "")


def _letter(subscription: WebhookSubscription) -> tuple[str, str]:
    values = {
        "name": str(subscription),
        "host": host_of(subscription.url),
        "failure": subscription.last_failure or "HTTP 410",
        "count": subscription.failures,
    }
    if subscription.state == SubscriptionState.OFF:
        return (
            _("Your webhook “%(name)s” was switched off") % values,
            _(
                "Your system at %(host)s answered that this address is gone (HTTP 410), so we switched the webhook "
                "“%(name)s” off. Nothing is sent there any more and nothing is kept for it.\n\n"
                "If that was a mistake, switch it on again by the API, and ask for a replay of the time between."
            )
            % values,
        )
    return (
        _("Your webhook “%(name)s” is paused") % values,
        _(
            "Your system at %(host)s has not taken any of our messages for more than a day (%(count)d tries, the last "
            "one: %(failure)s), so we paused the webhook “%(name)s”. Events are kept for it meanwhile, for 30 days.\n\n"
            "When your system is well again, send it a test, then switch the webhook on: all that waits is sent then."
        )
        % values,
    )


def host_of(url: str) -> str:
    """The host of an address: keys may stand in the rest of it."""
    return url.split("://", 1)[-1].split("/", 1)[0].split("?", 1)[0].rpartition("@")[2]
