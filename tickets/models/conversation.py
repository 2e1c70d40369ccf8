"""Who is talking with us, where, and what was said."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Connection
from logistics.models import Customer, Partner
from tickets.choices import Audience, Direction, MessageStatus
from tickets.models.ticket import Ticket

if TYPE_CHECKING:
    from datetime import datetime


class ChannelIdentity(models.Model):
    """How one connection knows a person: an address, a chat id. ``consent`` is their leave to write first."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="identities")
    external_id = models.CharField(_("id at the channel"), max_length=255)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="identities", verbose_name=_("customer")
    )
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="identities", verbose_name=_("partner")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="identities",
        verbose_name=_("person of ours"),
    )
    display_name = models.CharField(_("name"), max_length=200, blank=True)
    is_verified = models.BooleanField(_("verified"), default=False)
    has_consent = models.BooleanField(_("agreed to be written to"), default=True)
    is_blocked = models.BooleanField(_("cannot be reached"), default=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("channel identity")
        verbose_name_plural = _("channel identities")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="channel_identity_unique"),
            models.CheckConstraint(
                condition=Q(customer__isnull=True, partner__isnull=True)
                | Q(customer__isnull=True, user__isnull=True)
                | Q(partner__isnull=True, user__isnull=True),
                name="channel_identity_one_party",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.external_id


class Conversation(models.Model):
    """One thread with one identity on one connection. Its ticket may be empty: a notice, an advisory."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="conversations")
    identity = models.ForeignKey(ChannelIdentity, on_delete=models.PROTECT, related_name="conversations")
    thread = models.CharField(_("thread"), max_length=255, blank=True)
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="conversations", verbose_name=_("ticket")
    )
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.CUSTOMER)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    started_at = models.DateTimeField()
    last_message_at = models.DateTimeField()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "identity", "thread"], name="conversation_unique")
        ]
        indexes: ClassVar = [models.Index(fields=["identity", "-last_message_at"], name="conversation_latest")]

    def __str__(self) -> str:
        return self.subject or f"#{self.pk}"


class MessageQuerySet(models.QuerySet["Message"]):
    def to_send(self, *, now: datetime) -> MessageQuerySet:
        """Queued messages whose time has come, oldest first."""
        return self.filter(status=MessageStatus.QUEUED, next_attempt_at__lte=now).order_by("next_attempt_at", "id")


class Message(models.Model):
    """One utterance. Staff cannot delete or change it.

    ``text`` is what was said, with card and identity numbers masked; ``quoted_text`` what was folded away; ``html`` is
    sanitised. ``key`` is the idempotency key of a sending; ``held_until`` the end of their night, before
    which an automatic one is not sent; ``claimed_until`` the lease of the worker that sends it.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    identity = models.ForeignKey(
        ChannelIdentity, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    audience = models.CharField(max_length=12, choices=Audience.choices)
    status = models.CharField(max_length=12, choices=MessageStatus.choices)
    is_automatic = models.BooleanField(default=False)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    quoted_text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    external_id = models.CharField(max_length=255, blank=True)
    reply_to_external_id = models.CharField(max_length=255, blank=True)
    sent_at = models.DateTimeField()
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    tracking_numbers = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    masked = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    word_hits = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    search = SearchVectorField(null=True)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Message]] = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        default_permissions = ("add", "view")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "external_id"], condition=~Q(external_id=""), name="message_once_per_connection"
            ),
            models.CheckConstraint(
                condition=Q(direction=Direction.IN, status=MessageStatus.RECEIVED)
                | Q(direction=Direction.NOTE, status=MessageStatus.NOTED, audience=Audience.INTERNAL)
                | Q(
                    direction=Direction.OUT,
                    conversation__isnull=False,
                    status__in=[
                        MessageStatus.QUEUED,
                        MessageStatus.SENDING,
                        MessageStatus.SENT,
                        MessageStatus.DELIVERED,
                        MessageStatus.READ,
                        MessageStatus.IN_DOUBT,
                        MessageStatus.DEAD,
                    ],
                ),
                name="message_direction_status",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "sent_at", "id"], name="message_thread"),
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(status=MessageStatus.QUEUED), name="message_to_send"
            ),
            models.Index(fields=["claimed_until"], condition=Q(status=MessageStatus.SENDING), name="message_claimed"),
            models.Index(
                fields=["id"],
                condition=Q(status__in=[MessageStatus.DEAD, MessageStatus.IN_DOUBT]),
                name="message_needs_a_person",
            ),
            GinIndex(fields=["search"], name="message_search", fastupdate=True),
            GinIndex(fields=["tracking_numbers"], name="message_tracking_numbers", fastupdate=True),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} #{self.pk}"


class Attachment(models.Model):
    """A file, stored once under the hash of its content. ``refusal`` says why the content was not kept.

    ``partner`` handed it in, by a step or with a message.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    paper = models.ForeignKey(
        "tickets.PaperRequest", on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=120)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha1 = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
    remote_id = models.CharField(max_length=255, blank=True)
    refusal = models.CharField(_("why not kept"), max_length=200, blank=True)
    fetch_attempts = models.PositiveSmallIntegerField(default=0)
    next_fetch_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        default_permissions = ("add", "view")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(sha256="") | ~Q(refusal="") | ~Q(remote_id=""), name="attachment_kept_refused_or_remote"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(sha256="", refusal=""), name="attachment_to_fetch"),
            models.Index(fields=["partner"], condition=Q(partner__isnull=False), name="attachment_of_partner"),
        ]

    def __str__(self) -> str:
        return self.name


class Participant(models.Model):
    """Who is in a ticket's thread: one of us, a customer's identity, or a partner."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    identity = models.ForeignKey(ChannelIdentity, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    partner = models.ForeignKey(
        Partner,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # the index of the partner's tickets serves as well
    )
    joined_at = models.DateTimeField()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket", "user", "identity", "partner"], nulls_distinct=False, name="participant_unique"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, identity__isnull=True, partner__isnull=True)
                | Q(user__isnull=True, identity__isnull=False, partner__isnull=True)
                | Q(user__isnull=True, identity__isnull=True, partner__isnull=False),
                name="participant_is_one_party",
            ),
        ]
        indexes: ClassVar = [
            # What a partner sees (tickets.services.partner_scope), read backwards for the newest.
            models.Index(fields=["partner", "ticket"], condition=Q(partner__isnull=False), name="participant_partner"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.identity or self.partner)
