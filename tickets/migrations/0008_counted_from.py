from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0003_counted_from"),
        ("tickets", "0007_events_to_settle"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("phase__in", ("new", "active", "waiting"))),
                fields=["opened_at", "id"],
                name="ticket_counted_opened",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("phase__in", ("new", "active", "waiting"))),
                fields=["state_since", "id"],
                name="ticket_counted_state",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("phase__in", ("new", "active", "waiting")), ("unanswered_since__isnull", False)),
                fields=["unanswered_since", "id"],
                name="ticket_counted_unanswered",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("phase__in", ("new", "active", "waiting"))),
                fields=["last_message_at", "id"],
                name="ticket_counted_message",
            ),
        ),
    ]
