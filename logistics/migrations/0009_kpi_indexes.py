from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0008_pushed_scans"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["created_at"], name="shipment_created"),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(
                condition=models.Q(("delivered_at__isnull", False)), fields=["delivered_at"], name="shipment_delivered"
            ),
        ),
    ]
