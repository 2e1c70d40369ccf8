"""The words of the doors."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EventState(TextChoices):
    """What became of a stored payload. MALFORMED, UNSUPPORTED and FAILED can be replayed."""

    PENDING = "pending", _("Pending")
    DONE = "done", _("Done")
    IGNORED = "ignored", _("Ignored")
    MALFORMED = "malformed", _("Malformed")
    UNSUPPORTED = "unsupported", _("Unsupported")
    FAILED = "failed", _("Failed")


class Outcome(TextChoices):
    """What one payload was, as ``manage.py ingest`` prints it."""

    MESSAGE = "message", _("Message")
    RECEIPT = "receipt", pgettext_lazy("news of delivery", "Receipt")
    TRACKING = "tracking", _("Tracking")
    IGNORED = "ignored", _("Ignored")
    DUPLICATE = "duplicate", _("Duplicate")
    BOUNCE = "bounce", _("Bounce")
    AUTO_REPLY = "auto_reply", _("Automatic reply")
    MALFORMED = "malformed", _("Malformed")
    UNSUPPORTED = "unsupported", _("Unsupported")


class AttemptResult(TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    TRY_AGAIN = "try_again", _("To be tried again")
    REFUSED = "refused", pgettext_lazy("by the provider", "Refused")
    IN_DOUBT = "in_doubt", _("In doubt")


class SubscriptionState(TextChoices):
    """Whether a partner's address is told of events. Events wait while it is PAUSED; while it is OFF none are kept."""

    ACTIVE = "active", pgettext_lazy("webhook", "Active")
    PAUSED = "paused", pgettext_lazy("webhook", "Paused")
    OFF = "off", pgettext_lazy("webhook", "Off")


class SubscriptionReason(TextChoices):
    """Why a subscription is not active."""

    NONE = "", _("No reason given")
    DEAD = "dead", _("Its address has not answered for a day")
    GONE = "gone", _("Its address said that it is gone")
    SWITCHED = "switched", _("Somebody switched it off")


class DeliveryState(TextChoices):
    """How far one event came to one subscription. DEAD ones can be replayed."""

    PENDING = "pending", pgettext_lazy("webhook", "Waiting to be sent")
    DELIVERED = "delivered", pgettext_lazy("webhook", "Taken")
    DEAD = "dead", pgettext_lazy("webhook", "Given up")


class WorkKind(TextChoices):
    """What kind of warehouse work an event is about."""

    BOOKING = "booking", _("Inbound booking")
    COUNT = "count", _("Stock count")
    INSTRUCTION = "instruction", _("Shipment instruction")
