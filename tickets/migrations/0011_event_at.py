import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0010_notice_shipment"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ticketevent",
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=["at"], name="ticket_event_at"),
        ),
    ]
