"""Integrations ask for tickets in a state: along an index."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0007_api_keys"),
        ("tickets", "0005_partner_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["state", "id"], name="ticket_in_state"),
        ),
    ]
