"""What people call the channels that customers write through."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

CHANNEL_LABELS: dict[str, str | Promise] = {
    "email": gettext_lazy("E-mail"),
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "line": "LINE",
    "messenger": "Messenger",
    "instagram": "Instagram",
    "x": "X",
    "wechat": gettext_lazy("WeChat"),
    "sms": "SMS",
    "partner_desk": gettext_lazy("Partner's pages or API"),
}


def channel_label(channel: str) -> str:
    """A provider's name as people write it."""
    return str(CHANNEL_LABELS.get(channel, channel.capitalize()))
