import datetime

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0004_calls"),
        ("tickets", "0012_rules_tried"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffReach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_email", models.BooleanField(default=True, verbose_name="call me by my work e-mail")),
                ("code_hash", models.CharField(blank=True, default="", max_length=64)),
                ("code_until", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "how a person is called",
                "verbose_name_plural": "how people are called",
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="page",
            name="page_state",
        ),
        migrations.AddField(
            model_name="escalationlevel",
            name="after_urgent",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(datetime.timedelta(0))],
                verbose_name="after, when urgent",
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="partner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="logistics.partner",
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="told_at",
            field=models.DateTimeField(null=True, verbose_name="told"),
        ),
        migrations.AddField(
            model_name="page",
            name="whom",
            field=models.CharField(
                blank=True,
                choices=[
                    ("owner", "The ticket's owner"),
                    ("person", "A person"),
                    ("role", "A role"),
                    ("team", "A team"),
                    ("team_open", "The team that is open now"),
                    ("on_call", "Who is on call"),
                    ("partner_contact", "The partner's contact"),
                    ("partner_backup", "The partner's backup contact"),
                    ("partner_supervisor", "The partner's supervisor"),
                    ("partner_public", "The partner's public account"),
                    ("partner_association", "The partner's association"),
                ],
                default="",
                max_length=20,
                verbose_name="whom",
            ),
        ),
        migrations.AlterField(
            model_name="page",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Waiting for an answer"),
                    ("to_approve", "To be released"),
                    ("acknowledged", "Acknowledged"),
                    ("withdrawn", "No longer needed"),
                    ("failed", "Did not arrive"),
                ],
                default="open",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="page",
            index=models.Index(
                condition=models.Q(("partner__isnull", False)),
                fields=["partner", "-created_at"],
                name="page_of_partner",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "to_approve", "acknowledged", "withdrawn", "failed"])),
                name="page_state",
            ),
        ),
        migrations.AddField(
            model_name="staffreach",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="reach", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="staffreach",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code_hash", ""), _negated=True), fields=("code_hash",), name="staff_reach_code"
            ),
        ),
    ]
