import datetime

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.models.user
import tickets.models.survey


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0009_kpi_indexes"),
        ("tickets", "0008_kpi"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Audit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="month")),
                (
                    "about",
                    models.CharField(
                        choices=[("partner", "Partner"), ("channel", "Channel")], max_length=8, verbose_name="about"
                    ),
                ),
                ("channel", models.CharField(blank=True, max_length=40, verbose_name="channel")),
                ("asked", models.PositiveIntegerField(default=0, verbose_name="asked")),
                ("in_time", models.PositiveIntegerField(default=0, verbose_name="in time")),
                ("late", models.PositiveIntegerField(default=0, verbose_name="late")),
                ("unanswered", models.PositiveIntegerField(default=0, verbose_name="unanswered")),
                ("backup", models.PositiveIntegerField(default=0, verbose_name="backup used")),
                ("calls", models.PositiveIntegerField(default=0, verbose_name="calls or messages")),
                ("failed", models.PositiveIntegerField(default=0, verbose_name="not delivered")),
                ("median_minutes", models.PositiveIntegerField(null=True, verbose_name="median in minutes")),
                ("agreed_minutes", models.PositiveIntegerField(null=True, verbose_name="agreed minutes")),
                ("share", models.FloatField(null=True, verbose_name="share in time")),
                ("share_before_1", models.FloatField(null=True, verbose_name="month before")),
                ("share_before_2", models.FloatField(null=True, verbose_name="two months before")),
                ("asked_before_1", models.PositiveIntegerField(default=0)),
                ("asked_before_2", models.PositiveIntegerField(default=0)),
                ("other_channel", models.CharField(blank=True, max_length=40, verbose_name="better channel")),
                ("other_share", models.FloatField(null=True)),
                (
                    "proposal",
                    models.CharField(
                        choices=[
                            ("keep", "Leave it as it is"),
                            ("no_data", "Too little to judge by"),
                            ("switch_channel", "Ask by another channel"),
                            ("name_backup", "Name a backup contact"),
                            ("backup_first", "Make the backup the first contact"),
                            ("agree_anew", "Agree on another answer time"),
                            ("talk", "Talk about the trend"),
                            ("review", "Review the partnership"),
                            ("mend_channel", "Look why messages do not arrive"),
                            ("staff_channel", "Put more people on this channel"),
                        ],
                        max_length=16,
                        verbose_name="proposal",
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("", "Open"), ("accepted", "Accepted"), ("dismissed", "Dismissed")],
                        default="",
                        max_length=12,
                        verbose_name="decision",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(verbose_name="made")),
            ],
            options={
                "verbose_name": "monthly audit",
                "verbose_name_plural": "monthly audits",
                "ordering": ["-month", "about", "partner", "channel"],
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.CreateModel(
            name="ReportRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(verbose_name="was due")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("failure", models.CharField(blank=True, max_length=16, verbose_name="why not")),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="ReportSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "figures",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="figures"
                    ),
                ),
                ("cut", models.CharField(blank=True, max_length=16, verbose_name="divided by")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="only kinds",
                    ),
                ),
                (
                    "teams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="only teams",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="days looked at",
                    ),
                ),
                (
                    "every",
                    models.CharField(
                        choices=[("day", "Every day"), ("week", "Every week"), ("month", "Every month")],
                        default="week",
                        max_length=8,
                        verbose_name="how often",
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=0,
                        verbose_name="weekday",
                    ),
                ),
                (
                    "month_day",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="In a shorter month its last day.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(31),
                        ],
                        verbose_name="day of the month",
                    ),
                ),
                ("at", models.TimeField(default=datetime.time(8, 0), verbose_name="time")),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the reader's own.",
                        max_length=64,
                        validators=[common.models.user.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("xlsx", "Excel (XLSX)"), ("csv", "CSV")],
                        default="xlsx",
                        max_length=4,
                        verbose_name="file",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="switched on")),
                ("next_at", models.DateTimeField(editable=False, null=True, verbose_name="next")),
            ],
            options={
                "verbose_name": "report by mail",
                "verbose_name_plural": "reports by mail",
            },
        ),
        migrations.CreateModel(
            name="SurveyRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("asked", "Asked"), ("dropped", "Not asked")],
                        default="waiting",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=16, verbose_name="why not")),
                ("due_at", models.DateTimeField(verbose_name="to be asked")),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "question to a customer",
                "verbose_name_plural": "questions to customers",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SurveySettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField(default=True, verbose_name="ask customers how it went")),
                (
                    "wait_minutes",
                    models.PositiveIntegerField(
                        default=120,
                        help_text="How long after a ticket was resolved its customer is asked; at night they are asked later.",
                        validators=[django.core.validators.MaxValueValidator(10080)],
                        verbose_name="minutes after the end",
                    ),
                ),
                (
                    "not_again_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="A customer is not asked again within so many days, whatever tickets they have.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="days between two questions",
                    ),
                ),
                (
                    "answer_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="days to answer",
                    ),
                ),
                (
                    "kinds_left_out",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("clearance", "Customs hold"),
                                ("delay", "Delay"),
                                ("loss", "Loss or damage"),
                                ("failed_delivery", "Failed delivery"),
                                ("return", "Return"),
                                ("payment", "Payment"),
                                ("safety", "Safety"),
                                ("warehouse", "Warehouse"),
                                ("inquiry", "Inquiry"),
                            ],
                            max_length=24,
                        ),
                        blank=True,
                        default=tickets.models.survey.kinds_not_asked,
                        size=None,
                        verbose_name="kinds left out",
                    ),
                ),
                (
                    "thanks",
                    models.BooleanField(
                        default=True,
                        help_text="Whoever answers by message is thanked, by template.",
                        verbose_name="thank by message",
                    ),
                ),
                (
                    "calls_supervisor",
                    models.BooleanField(
                        default=True,
                        help_text="A mark of 1 or 2 calls the team's leads.",
                        verbose_name="call a supervisor for bad marks",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow-up settings",
                "verbose_name_plural": "follow-up settings",
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="customerlink",
            name="customer_link_purpose",
        ),
        migrations.AlterField(
            model_name="customerlink",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("status", "See the status"),
                    ("documents", "Upload papers"),
                    ("instructions", "Give delivery instructions"),
                    ("evidence", "Upload evidence"),
                    ("survey", "Say how it went"),
                ],
                max_length=16,
                verbose_name="purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="customerlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["status", "documents", "instructions", "evidence", "survey"])),
                name="customer_link_purpose",
            ),
        ),
        migrations.AddField(
            model_name="audit",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="audit",
            name="partner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="audits",
                to="logistics.partner",
                verbose_name="partner",
            ),
        ),
        migrations.AddField(
            model_name="reportrun",
            name="message",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.message"
            ),
        ),
        migrations.AddField(
            model_name="reportschedule",
            name="reader",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="report_schedules",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reader",
            ),
        ),
        migrations.AddField(
            model_name="reportrun",
            name="schedule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="tickets.reportschedule"
            ),
        ),
        migrations.AddField(
            model_name="surveyrequest",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.customer"
            ),
        ),
        migrations.AddField(
            model_name="surveyrequest",
            name="ticket",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="survey_request", to="tickets.ticket"
            ),
        ),
        migrations.AddConstraint(
            model_name="surveysettings",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="survey_settings_one_row"),
        ),
        migrations.AddConstraint(
            model_name="audit",
            constraint=models.UniqueConstraint(
                fields=("month", "about", "partner", "channel"), name="audit_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="audit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about", "partner"), ("partner__isnull", False)),
                    models.Q(("about", "channel"), ("partner__isnull", True), models.Q(("channel", ""), _negated=True)),
                    _connector="OR",
                ),
                name="audit_about",
            ),
        ),
        migrations.AddConstraint(
            model_name="audit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decision", "")),
                    models.Q(models.Q(("decision", ""), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="audit_decided",
            ),
        ),
        migrations.AddIndex(
            model_name="reportschedule",
            index=models.Index(condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="report_due"),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("every__in", ["day", "week", "month"])), name="report_every"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="report_weekday"),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("month_day__range", (1, 31))), name="report_month_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportrun",
            constraint=models.UniqueConstraint(fields=("schedule", "due_at"), name="report_run_once"),
        ),
        migrations.AddConstraint(
            model_name="reportrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("failure", ""), ("message__isnull", False)),
                    models.Q(("message__isnull", True), models.Q(("failure", ""), _negated=True)),
                    _connector="OR",
                ),
                name="report_run_sent_or_not",
            ),
        ),
        migrations.AddIndex(
            model_name="surveyrequest",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due_at", "id"], name="survey_request_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dropped"), models.Q(("reason", ""), _negated=True)),
                    models.Q(("reason", ""), ("state__in", ["waiting", "asked"])),
                    _connector="OR",
                ),
                name="survey_request_state",
            ),
        ),
    ]
