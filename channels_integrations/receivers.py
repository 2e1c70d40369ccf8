"""What the doors listen to."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver

from channels_integrations.services.forgetting import forget_payloads
from channels_integrations.webhooks import forget_connections
from common.jobs import on_topic
from common.models import Connection
from tickets.services.roles import set_up_roles
from tickets.signals import customer_erased

on_topic("event_stored", "channels_integrations.tasks.receive_events")
on_topic("message_queued", "channels_integrations.tasks.deliver_messages")
on_topic("partner_events", "channels_integrations.tasks.tell_partners")
on_topic("webhooks_to_send", "channels_integrations.tasks.tell_partners")


@receiver([post_save, post_delete], sender=Connection)
def read_connection_anew(**_signal: Any) -> None:
    """A changed connection works at once in the process that changed it."""
    forget_connections()


@receiver(customer_erased)
def erase_payloads(*, message_ids: list[int], identity_ids: list[int], **_signal: Any) -> None:
    """What came in raw holds what the customer said, too."""
    forget_payloads(message_ids=message_ids, identity_ids=identity_ids)


@receiver(post_migrate)
def make_roles(*, sender: AppConfig, using: str, **_signal: Any) -> None:
    """The usual roles stand after the first migration. This app is the last one: all permissions are there then."""
    if sender.label == "channels_integrations" and using == "default":
        set_up_roles()
