import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0001_initial"),
        ("tickets", "0003_partner_scope"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField(verbose_name="number")),
                ("type", models.CharField(max_length=40, verbose_name="what")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("is_handed_on", models.BooleanField(default=False)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.ticketevent",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partner_events",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "event for a partner",
                "verbose_name_plural": "events for partners",
                "ordering": ["id"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_handed_on", False)), fields=["id"], name="partner_event_to_hand_on"
                    ),
                    models.Index(fields=["partner", "at", "id"], name="partner_event_of_partner"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "partner", "sequence"), name="partner_event_sequence"),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gte", 1)), name="partner_event_sequence_from_1"
                    ),
                ],
            },
        ),
    ]
