import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0006_promises"),
    ]

    operations = [
        migrations.CreateModel(
            name="EventToSettle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_unsettled",
        ),
        migrations.RemoveField(
            model_name="ticket",
            name="settled_through",
        ),
        migrations.AddField(
            model_name="eventtosettle",
            name="ticket",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"
            ),
        ),
        migrations.AddConstraint(
            model_name="eventtosettle",
            constraint=models.UniqueConstraint(fields=("ticket", "sequence"), name="event_to_settle_once"),
        ),
    ]
