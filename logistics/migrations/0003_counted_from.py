from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0002_notices"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(
                condition=models.Q(("delivered_at__isnull", True), ("last_event_at__isnull", False)),
                fields=["last_event_at"],
                name="shipment_last_scan",
            ),
        ),
    ]
