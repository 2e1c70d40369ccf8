import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0013_calls_counted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandoverTicket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("urgent", "urgent"),
                            ("unanswered", "the customer waits for an answer"),
                            ("due", "due before the team is back"),
                        ],
                        max_length=12,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ShiftEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("looked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("tickets_through", models.BigIntegerField(default=0)),
                ("handed_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="team",
            name="emergency_contact",
            field=models.CharField(
                blank=True,
                default="",
                help_text="What customers who write while nobody works are told, like a phone number. Empty: nothing.",
                max_length=200,
                verbose_name="emergency contact",
            ),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(
                condition=models.Q(("confirmed_at__isnull", True)),
                fields=["to_team", "-id"],
                name="handover_unconfirmed",
            ),
        ),
        migrations.AddField(
            model_name="handoverticket",
            name="handover",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="tickets.handover"
            ),
        ),
        migrations.AddField(
            model_name="handoverticket",
            name="ticket",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.ticket"),
        ),
        migrations.AddField(
            model_name="shiftend",
            name="team",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.team"
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverticket",
            constraint=models.UniqueConstraint(fields=("handover", "ticket"), name="handover_ticket_once"),
        ),
        migrations.AddConstraint(
            model_name="handoverticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("why__in", ["urgent", "unanswered", "due"])), name="handover_ticket_why"
            ),
        ),
    ]
