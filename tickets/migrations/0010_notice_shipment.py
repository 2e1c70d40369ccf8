import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0004_calls"),
        ("tickets", "0009_calls"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_advisory",
        ),
        migrations.AlterField(
            model_name="notice",
            name="shipment",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="logistics.shipment"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("advisory__isnull", False), ("what", "advisory")),
                    models.Q(
                        models.Q(("what", "advisory"), _negated=True),
                        ("advisory__isnull", True),
                        ("shipment__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="notice_advisory",
            ),
        ),
    ]
