import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LaneAdvisory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "origin_country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Write the country as two capital letters (ISO 3166), like DE."
                            )
                        ],
                        verbose_name="from",
                    ),
                ),
                (
                    "destination_country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Write the country as two capital letters (ISO 3166), like DE."
                            )
                        ],
                        verbose_name="to",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("weather", "Weather"),
                            ("congestion", "Congestion"),
                            ("capacity", "No capacity"),
                            ("customs_queue", "Customs queue"),
                            ("strike", "Strike"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                        verbose_name="cause",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from when")),
                ("ends_at", models.DateTimeField(verbose_name="until about")),
                ("note", models.TextField(blank=True, verbose_name="note for staff")),
                ("tells_customers", models.BooleanField(default=True, verbose_name="tell the customers")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="entered"),
                ),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True, verbose_name="withdrawn")),
                ("tickets_through", models.BigIntegerField(default=0, editable=False)),
                ("shipments_through", models.BigIntegerField(default=0, editable=False)),
            ],
            options={
                "verbose_name": "lane advisory",
                "verbose_name_plural": "lane advisories",
                "ordering": ["-starts_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unknown", "Unknown"),
                            ("info_received", "Information received"),
                            ("picked_up", "Picked up"),
                            ("in_transit", "In transit"),
                            ("customs", "At customs"),
                            ("out_for_delivery", "Out for delivery"),
                            ("attempt_failed", "Delivery attempt failed"),
                            ("available_for_pickup", "Available for pickup"),
                            ("delivered", "Delivered"),
                            ("returning", "On its way back"),
                            ("returned", "Returned"),
                            ("exception", "Exception"),
                            ("expired", "Expired"),
                        ],
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened")),
                ("noticed_at", models.DateTimeField(verbose_name="noticed")),
                ("handled_at", models.DateTimeField(null=True, verbose_name="handled")),
            ],
            options={
                "verbose_name": "movement",
                "verbose_name_plural": "movements",
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="customer",
            name="wants_notices",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Picked up, at customs, out for delivery, delivered: told on their channel, in their daytime.",
                verbose_name="wants to be told how parcels move",
            ),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ["info_received", "picked_up", "in_transit", "customs", "exception"])
                ),
                fields=["destination_country", "origin_country", "id"],
                name="shipment_on_lane",
            ),
        ),
        migrations.AddField(
            model_name="laneadvisory",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="movement",
            name="shipment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="movements", to="logistics.shipment"
            ),
        ),
        migrations.AddConstraint(
            model_name="laneadvisory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cause__in", ["weather", "congestion", "capacity", "customs_queue", "strike", "other"])
                ),
                name="lane_advisory_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="laneadvisory",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="lane_advisory_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="laneadvisory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("origin_country", ""), _negated=True),
                    models.Q(("destination_country", ""), _negated=True),
                    _connector="OR",
                ),
                name="lane_advisory_has_a_place",
            ),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(
                condition=models.Q(("handled_at__isnull", True)), fields=["id"], name="movement_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.UniqueConstraint(fields=("shipment", "status"), name="movement_once"),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["picked_up", "customs", "out_for_delivery", "delivered"])),
                name="movement_status",
            ),
        ),
    ]
