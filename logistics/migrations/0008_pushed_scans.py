"""Scans that partners push wait in a table of their own; a carrier finds its parcels along an index."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0007_api_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="PushedScan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tracking_number", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("offset_minutes", models.SmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        blank=True,
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
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No reason given"),
                            ("customs_hold", "Held by customs"),
                            ("customs_inspection", "Inspected by customs"),
                            ("documents_required", "Documents required"),
                            ("duties_due", "Duties due"),
                            ("customs_released", "Released by customs"),
                            ("customs_refused", "Refused by customs"),
                            ("weather", "Weather"),
                            ("congestion", "Congestion"),
                            ("capacity", "No capacity"),
                            ("strike", "Strike"),
                            ("missed_connection", "Missed connection"),
                            ("carrier_error", "Carrier's error"),
                            ("address", "Address wrong or incomplete"),
                            ("absent", "Nobody there"),
                            ("refused", "Refused by the consignee"),
                            ("access", "No access"),
                            ("payment", "Payment on delivery missing"),
                            ("identification", "Identification missing"),
                            ("restricted_area", "Restricted area"),
                            ("lost", "Lost"),
                            ("damaged", "Damaged"),
                            ("stolen", "Stolen"),
                            ("destroyed", "Destroyed"),
                            ("cancelled", "Cancelled"),
                            ("delayed", "Delayed"),
                            ("security", "Security check"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("nobody", "Nobody"),
                            ("carrier", "Carrier"),
                            ("shipper", "Shipper"),
                            ("consignee", "Consignee"),
                            ("customs", "Customs"),
                            ("weather", "Weather"),
                            ("force_majeure", "Force majeure"),
                        ],
                        default="nobody",
                        max_length=16,
                    ),
                ),
                ("location", models.CharField(blank=True, max_length=200)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("raw_code", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField(blank=True)),
                ("received_at", models.DateTimeField()),
                ("refusal", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "verbose_name": "pushed scan",
                "verbose_name_plural": "pushed scans",
                "default_permissions": ("view",),
            },
        ),
        migrations.AlterField(
            model_name="shipment",
            name="carrier",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shipments",
                to="logistics.carrier",
                verbose_name="carrier",
            ),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["carrier", "id"], name="shipment_of_carrier"),
        ),
        migrations.AddField(
            model_name="pushedscan",
            name="partner",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="logistics.partner"
            ),
        ),
        migrations.AddIndex(
            model_name="pushedscan",
            index=models.Index(condition=models.Q(("refusal", "")), fields=["id"], name="pushed_scan_waiting"),
        ),
        migrations.AddIndex(
            model_name="pushedscan",
            index=models.Index(
                condition=models.Q(("refusal", ""), _negated=True), fields=["received_at"], name="pushed_scan_refused"
            ),
        ),
        migrations.AddConstraint(
            model_name="pushedscan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", ""), _negated=True), models.Q(("raw_code", ""), _negated=True), _connector="OR"
                ),
                name="pushed_scan_says_something",
            ),
        ),
    ]
