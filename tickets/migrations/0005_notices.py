import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0002_notices"),
        ("tickets", "0004_reminders"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="held_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("picked_up", "Picked up"),
                            ("customs", "At customs"),
                            ("out_for_delivery", "Out for delivery"),
                            ("delivered", "Delivered"),
                            ("advisory", "Lane advisory"),
                        ],
                        max_length=24,
                        verbose_name="what",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting for daytime"), ("queued", "Written"), ("dropped", "Not told")],
                        default="waiting",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=24, verbose_name="why not")),
                ("happened_at", models.DateTimeField(verbose_name="happened")),
                ("due_at", models.DateTimeField(verbose_name="to be told")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "advisory",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="logistics.laneadvisory",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="logistics.customer"
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice",
                        to="tickets.message",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="logistics.shipment"
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["due_at", "id"], name="notice_due"),
                    models.Index(fields=["customer", "-made_at"], name="notice_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("advisory__isnull", True)),
                        fields=("shipment", "what"),
                        name="notice_status_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("advisory__isnull", False)),
                        fields=("customer", "advisory"),
                        name="notice_advisory_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("what__in", ["picked_up", "customs", "out_for_delivery", "delivered", "advisory"])
                        ),
                        name="notice_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("message__isnull", True), ("reason", ""), ("state", "waiting")),
                            models.Q(("message__isnull", False), ("reason", ""), ("state", "queued")),
                            models.Q(
                                ("message__isnull", True), ("state", "dropped"), models.Q(("reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="notice_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("advisory__isnull", False), ("what", "advisory")),
                            models.Q(models.Q(("what", "advisory"), _negated=True), ("advisory__isnull", True)),
                            _connector="OR",
                        ),
                        name="notice_advisory",
                    ),
                ],
            },
        ),
    ]
