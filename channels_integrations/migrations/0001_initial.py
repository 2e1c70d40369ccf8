import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import common.crypto


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("common", "0001_initial"),
        ("logistics", "0001_initial"),
        ("tickets", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "url",
                    models.CharField(help_text="Begins with https://.", max_length=500, verbose_name="web address"),
                ),
                (
                    "event_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="events",
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="kinds of ticket",
                    ),
                ),
                (
                    "priorities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="priorities",
                    ),
                ),
                (
                    "destinations",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="destination countries",
                    ),
                ),
                (
                    "contact_email",
                    models.EmailField(
                        blank=True,
                        help_text="When the address fails; empty: the partner's first contact.",
                        max_length=254,
                        verbose_name="whom to write to",
                    ),
                ),
                ("secrets", common.crypto.EncryptedJSONField(default=dict)),
                (
                    "previous_until",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="old secret holds until"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("off", "Off")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No reason given"),
                            ("dead", "Its address has not answered for a day"),
                            ("gone", "Its address said that it is gone"),
                            ("switched", "Somebody switched it off"),
                        ],
                        editable=False,
                        max_length=8,
                        verbose_name="why",
                    ),
                ),
                ("state_since", models.DateTimeField(editable=False, verbose_name="since")),
                ("failures", models.PositiveIntegerField(default=0, editable=False, verbose_name="failures in a row")),
                (
                    "failing_since",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="failing since"),
                ),
                (
                    "last_success_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last success"),
                ),
                (
                    "last_failure_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last failure at"),
                ),
                (
                    "last_failure",
                    models.CharField(blank=True, editable=False, max_length=300, verbose_name="last failure"),
                ),
                (
                    "holds_until",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="asked us to wait until"),
                ),
                ("is_slow", models.BooleanField(default=False, editable=False, verbose_name="slow")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="made")),
                ("changed_at", models.DateTimeField(editable=False)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook subscription",
                "verbose_name_plural": "webhook subscriptions",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["active", "paused", "off"])),
                        name="webhook_subscription_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("state", "active")),
                            models.Q(
                                models.Q(("state", "active"), _negated=True), models.Q(("reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="webhook_subscription_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="id at the receiver"
                    ),
                ),
                (
                    "work_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("booking", "Inbound booking"),
                            ("count", "Stock count"),
                            ("instruction", "Shipment instruction"),
                        ],
                        max_length=12,
                    ),
                ),
                ("work_event", models.BigIntegerField(null=True)),
                ("is_test", models.BooleanField(default=False, verbose_name="test")),
                ("type", models.CharField(max_length=40, verbose_name="event")),
                ("sequence", models.PositiveIntegerField(default=0, verbose_name="sequence")),
                ("happened_at", models.DateTimeField(verbose_name="happened")),
                ("body", models.TextField(verbose_name="body")),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "Waiting to be sent"), ("delivered", "Taken"), ("dead", "Given up")],
                        default="pending",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("first_attempt_at", models.DateTimeField(null=True)),
                ("next_attempt_at", models.DateTimeField(null=True, verbose_name="next try")),
                ("claimed_until", models.DateTimeField(null=True)),
                ("last_status", models.PositiveSmallIntegerField(null=True, verbose_name="HTTP status")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="failure")),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "partner_event",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.partnerevent",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="channels_integrations.webhooksubscription",
                        verbose_name="subscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook delivery",
                "verbose_name_plural": "webhook deliveries",
                "ordering": ["-id"],
                "default_permissions": ("view", "change"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["subscription", "next_attempt_at", "id"],
                        name="webhook_delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("claimed_until__isnull", False)),
                        fields=["claimed_until"],
                        name="webhook_delivery_claimed",
                    ),
                    models.Index(fields=["subscription", "-id"], name="webhook_delivery_latest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("partner_event__isnull", False)),
                        fields=("partner_event", "subscription"),
                        name="webhook_delivery_once_an_event",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("work_event__isnull", False)),
                        fields=("work_kind", "work_event", "subscription"),
                        name="webhook_delivery_once_a_work_event",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_test", True), ("state", "pending")),
                        fields=("subscription",),
                        name="webhook_delivery_one_test",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True), ("next_attempt_at__isnull", False), ("state", "pending")
                            ),
                            models.Q(
                                models.Q(("state", "pending"), _negated=True),
                                ("ended_at__isnull", False),
                                ("next_attempt_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="webhook_delivery_pending_has_next",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("milliseconds", models.PositiveIntegerField(default=0, verbose_name="milliseconds")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="HTTP status")),
                ("request_headers", models.JSONField(default=dict, verbose_name="request headers")),
                ("response_headers", models.JSONField(default=dict, verbose_name="response headers")),
                ("response_body", models.TextField(blank=True, verbose_name="response")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="failure")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tries",
                        to="channels_integrations.webhookdelivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "try of a webhook delivery",
                "verbose_name_plural": "tries of webhook deliveries",
                "ordering": ["-id"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="DeliveryAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="try")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("milliseconds", models.PositiveIntegerField(default=0, verbose_name="milliseconds")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("try_again", "To be tried again"),
                            ("refused", "Refused"),
                            ("in_doubt", "In doubt"),
                        ],
                        max_length=12,
                        verbose_name="result",
                    ),
                ),
                ("detail", models.TextField(blank=True, verbose_name="what the provider said")),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="common.connection",
                        verbose_name="connection",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delivery_attempts",
                        to="tickets.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery attempt",
                "verbose_name_plural": "delivery attempts",
                "ordering": ["-id"],
                "constraints": [models.UniqueConstraint(fields=("message", "number"), name="delivery_attempt_number")],
            },
        ),
        migrations.CreateModel(
            name="InboundEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=255, verbose_name="id at the provider")),
                ("sender", models.CharField(blank=True, max_length=255, verbose_name="sender")),
                ("raw", models.BinaryField()),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("done", "Done"),
                            ("ignored", "Ignored"),
                            ("malformed", "Malformed"),
                            ("unsupported", "Unsupported"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("message", "Message"),
                            ("receipt", "Receipt"),
                            ("tracking", "Tracking"),
                            ("ignored", "Ignored"),
                            ("duplicate", "Duplicate"),
                            ("bounce", "Bounce"),
                            ("auto_reply", "Automatic reply"),
                            ("malformed", "Malformed"),
                            ("unsupported", "Unsupported"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                ("detail", models.TextField(blank=True, verbose_name="detail")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("processed_at", models.DateTimeField(blank=True, null=True, verbose_name="handled")),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbound_events",
                        to="common.connection",
                        verbose_name="connection",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "inbound event",
                "verbose_name_plural": "inbound events",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["connection", "sender", "id"],
                        name="inbound_event_pending",
                    ),
                    models.Index(condition=models.Q(("state", "pending")), fields=["id"], name="inbound_event_waiting"),
                    models.Index(
                        condition=models.Q(("state__in", ["malformed", "unsupported", "failed"])),
                        fields=["-id"],
                        name="inbound_event_to_look_at",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "external_id"), name="inbound_event_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["pending", "done", "ignored", "malformed", "unsupported", "failed"])
                        ),
                        name="inbound_event_state",
                    ),
                ],
            },
        ),
    ]
