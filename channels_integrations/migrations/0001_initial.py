import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("common", "0001_initial"),
        ("tickets", "0001_initial"),
    ]

    operations = [
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
