import django.contrib.postgres.operations
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import common.crypto
import common.models.user


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(),
        migrations.CreateModel(
            name="BusinessCalendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "time_zone",
                    models.CharField(
                        max_length=64, validators=[common.models.user.validate_time_zone], verbose_name="time zone"
                    ),
                ),
                ("always_open", models.BooleanField(default=False, verbose_name="around the clock")),
                ("holiday_country", models.CharField(blank=True, max_length=2, verbose_name="holidays of country")),
                (
                    "holiday_subdivision",
                    models.CharField(blank=True, max_length=40, verbose_name="holidays of subdivision"),
                ),
                (
                    "works_make_up_days",
                    models.BooleanField(
                        default=True,
                        help_text="Where a country moves working days to a weekend, as China does: worked like the day they replace.",
                        verbose_name="works on make-up days",
                    ),
                ),
            ],
            options={
                "verbose_name": "business calendar",
                "verbose_name_plural": "business calendars",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=40, verbose_name="provider")),
                (
                    "slug",
                    models.SlugField(
                        help_text="Part of the webhook's address; do not change it later.",
                        unique=True,
                        verbose_name="slug",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "credentials",
                    common.crypto.EncryptedJSONField(default=dict, editable=True, verbose_name="credentials"),
                ),
                ("settings", models.JSONField(blank=True, default=dict, verbose_name="settings")),
                ("cursor", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "language",
                    models.CharField(
                        default="en",
                        max_length=12,
                        validators=[django.core.validators.RegexValidator("^[a-z]{2,3}(-[A-Za-z]+)*$")],
                        verbose_name="default language",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "last_success_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last success"),
                ),
                ("last_error", models.TextField(blank=True, editable=False, verbose_name="last error")),
                (
                    "last_error_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last error at"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "connection",
                "verbose_name_plural": "connections",
                "ordering": ["slug"],
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="VisitCount",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="IdempotentAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("caller", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=255)),
                ("request_hash", models.BinaryField(max_length=32)),
                ("status", models.PositiveSmallIntegerField()),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField()),
                ("created_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("caller", "key"), name="idempotent_answer_caller_key")],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="work e-mail")),
                ("employee_number", models.CharField(blank=True, max_length=32, verbose_name="employee number")),
                ("full_name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文")],
                        default="en",
                        max_length=12,
                        verbose_name="language",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        max_length=64,
                        validators=[common.models.user.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                ("is_staff", models.BooleanField(default=False, verbose_name="may enter the desk")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="joined")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="user_email_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("employee_number", ""), _negated=True),
                        fields=("employee_number",),
                        name="user_employee_number_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("employee_number__contains", "@"), _negated=True),
                        name="user_employee_number_no_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BusinessInterval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekday",
                    models.SmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="weekday",
                    ),
                ),
                ("opens_at", models.TimeField(verbose_name="opens")),
                ("closes_at", models.TimeField(verbose_name="closes")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="intervals",
                        to="common.businesscalendar",
                    ),
                ),
            ],
            options={
                "verbose_name": "interval",
                "verbose_name_plural": "intervals",
                "ordering": ["weekday", "opens_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("calendar", "weekday", "opens_at"), name="business_interval_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__range", (0, 6))), name="business_interval_weekday"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="date")),
                ("is_open", models.BooleanField(default=False, verbose_name="worked")),
                (
                    "works_like",
                    models.SmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        null=True,
                        verbose_name="like a",
                    ),
                ),
                (
                    "own_hours",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Like 9:00-12:00, 13:00-18:00.",
                        max_length=120,
                        verbose_name="own hours",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="note")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="days", to="common.businesscalendar"
                    ),
                ),
            ],
            options={
                "verbose_name": "day",
                "verbose_name_plural": "days",
                "ordering": ["date"],
                "constraints": [
                    models.UniqueConstraint(fields=("calendar", "date"), name="calendar_day_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("works_like__isnull", True),
                            models.Q(("is_open", True), ("own_hours", ""), ("works_like__range", (0, 6))),
                            _connector="OR",
                        ),
                        name="calendar_day_works_like",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("own_hours", ""),
                            models.Q(
                                ("is_open", True),
                                (
                                    "own_hours__regex",
                                    "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9](, ([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])*$",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="calendar_day_own_hours",
                    ),
                ],
            },
        ),
    ]
