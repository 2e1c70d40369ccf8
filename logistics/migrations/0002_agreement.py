import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.models.user


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0001_initial"),
        ("logistics", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="partnercontact",
            name="is_active",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Whoever is not is called no more, and locked out of the partner's pages at once.",
                verbose_name="active",
            ),
        ),
        migrations.AddField(
            model_name="partnercontact",
            name="user",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="partner_contact",
                to=settings.AUTH_USER_MODEL,
                verbose_name="signs in as",
            ),
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of the partner's working time. Empty: as our promises say.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(86400),
                        ],
                        verbose_name="answers within, in working minutes",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="In which times are meant. Empty: the partner's own.",
                        max_length=64,
                        validators=[common.models.user.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "daily_sync_at",
                    models.TimeField(
                        blank=True,
                        help_text="By when the partner sends its stock, each working day.",
                        null=True,
                        verbose_name="daily sync at",
                    ),
                ),
                (
                    "daily_sync_tolerance",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="minutes of grace for the daily sync",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[("email", "By mail"), ("desk", "On its pages or by its system")],
                        help_text="Empty: by mail when we know an address, else on the partner's pages.",
                        max_length=8,
                        verbose_name="channel",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=12,
                            validators=[
                                django.core.validators.RegexValidator(
                                    "^[a-z]{2,3}(-[A-Za-z0-9]+)*$", "Write the language as BCP 47, like de or zh-Hans."
                                )
                            ],
                        ),
                        blank=True,
                        default=list,
                        help_text="What may be written to the partner, the best first, as BCP 47: zh-Hans, en.",
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="agreed on")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        help_text="The hours agreed on. Empty: the partner's own calendar.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="common.businesscalendar",
                        verbose_name="calendar",
                    ),
                ),
                (
                    "partner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreement",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "agreement",
                "verbose_name_plural": "agreements",
                "default_permissions": ("view", "add", "change"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_minutes__isnull", True),
                            models.Q(("answer_minutes__gte", 1), ("answer_minutes__lte", 86400)),
                            _connector="OR",
                        ),
                        name="agreement_answer_minutes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel", ""), ("channel__in", ["email", "desk"]), _connector="OR"),
                        name="agreement_channel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("daily_sync_tolerance__lte", 1440)), name="agreement_sync_tolerance"
                    ),
                ],
            },
        ),
    ]
