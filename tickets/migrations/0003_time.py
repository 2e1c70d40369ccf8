import datetime

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.models.user


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("common", "0003_time"),
        ("logistics", "0001_initial"),
        ("tickets", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("first_response", "First response"),
                            ("next_response", "Next response"),
                            ("next_update", "Next update"),
                            ("resolution", "Resolution"),
                            ("partner_answer", "Partner's answer"),
                            ("carrier_answer", "Carrier's answer"),
                        ],
                        max_length=20,
                        verbose_name="promise",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="was due")),
                ("noticed_at", models.DateTimeField(verbose_name="noticed")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("no_owner", "Nobody owned it"),
                            ("owner", "Its owner did not act in time"),
                            ("out_of_hours", "Nobody was at work"),
                            ("snoozed", "It was snoozed"),
                            ("partner_silent", "The partner did not answer"),
                            ("carrier_silent", "The carrier did not answer"),
                            ("not_delivered", "Our message did not arrive"),
                        ],
                        max_length=20,
                        verbose_name="cause",
                    ),
                ),
                ("assignee_id", models.BigIntegerField(null=True)),
                ("late_by", models.DurationField(null=True, verbose_name="late by")),
            ],
            options={
                "verbose_name": "missed promise",
                "verbose_name_plural": "missed promises",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("first_response", "First response"),
                            ("next_response", "Next response"),
                            ("next_update", "Next update"),
                            ("resolution", "Resolution"),
                            ("partner_answer", "Partner's answer"),
                            ("carrier_answer", "Carrier's answer"),
                        ],
                        max_length=20,
                        verbose_name="promise",
                    ),
                ),
                ("duration", models.DurationField()),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("warn_at", models.DateTimeField(null=True)),
                ("paused_since", models.DateTimeField(null=True)),
                ("breached_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("kept", "Kept"), ("missed", "Missed"), ("cancelled", "No longer owed")],
                        default="",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "verbose_name": "clock",
                "verbose_name_plural": "clocks",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("level", models.PositiveSmallIntegerField(default=0, verbose_name="level")),
                ("times_at_level", models.PositiveSmallIntegerField(default=0)),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("next_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("acknowledged", "Acknowledged"),
                            ("answered", "Answered"),
                            ("resolved", "The ticket was resolved"),
                            ("exhausted", "Nobody answered"),
                            ("stopped", "Stopped"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="how it ended",
                    ),
                ),
            ],
            options={
                "verbose_name": "running escalation",
                "verbose_name_plural": "running escalations",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="EscalationLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(verbose_name="level")),
                (
                    "after",
                    models.DurationField(
                        default=datetime.timedelta(0),
                        validators=[django.core.validators.MinValueValidator(datetime.timedelta(0))],
                        verbose_name="after",
                    ),
                ),
                (
                    "hours_of",
                    models.CharField(
                        choices=[
                            ("wall", "Around the clock"),
                            ("team", "The team's hours"),
                            ("partner", "The partner's hours"),
                            ("calendar", "This calendar's hours"),
                        ],
                        default="wall",
                        max_length=12,
                        verbose_name="counted in",
                    ),
                ),
                (
                    "whom",
                    models.CharField(
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
                        max_length=20,
                        verbose_name="whom",
                    ),
                ),
                (
                    "by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("desk", "In the desk"), ("email", "By e-mail"), ("telegram", "By Telegram")],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="by",
                    ),
                ),
                ("again_after", models.DurationField(blank=True, null=True, verbose_name="again after")),
                (
                    "times",
                    models.PositiveSmallIntegerField(
                        default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name="times"
                    ),
                ),
                ("template", models.CharField(blank=True, max_length=60, verbose_name="template")),
                ("needs_approval", models.BooleanField(default=False, verbose_name="a person releases the message")),
            ],
            options={
                "verbose_name": "level of an escalation",
                "verbose_name_plural": "levels of escalations",
                "ordering": ["policy", "order"],
            },
        ),
        migrations.CreateModel(
            name="EscalationPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="what it is for")),
                (
                    "repeat",
                    models.PositiveSmallIntegerField(default=1, verbose_name="times the whole ladder is climbed"),
                ),
                (
                    "tells_customer",
                    models.BooleanField(default=False, verbose_name="tell the customer what happens next"),
                ),
                ("shipped_key", models.CharField(blank=True, editable=False, max_length=60)),
            ],
            options={
                "verbose_name": "escalation",
                "verbose_name_plural": "escalations",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shift_ended_at", models.DateTimeField(verbose_name="shift ended")),
                ("created_at", models.DateTimeField()),
                ("note", models.TextField(verbose_name="note")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed")),
            ],
            options={
                "verbose_name": "handover",
                "verbose_name_plural": "handovers",
                "ordering": ["-shift_ended_at", "-id"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField(default=0)),
                (
                    "by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("desk", "In the desk"), ("email", "By e-mail"), ("telegram", "By Telegram")],
                            max_length=12,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="message")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for an answer"),
                            ("to_approve", "To be released"),
                            ("acknowledged", "Acknowledged"),
                            ("withdrawn", "No longer needed"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="called")),
                ("acknowledged_at", models.DateTimeField(null=True, verbose_name="acknowledged")),
            ],
            options={
                "verbose_name": "call",
                "verbose_name_plural": "calls",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_away", models.BooleanField(default=False, verbose_name="away")),
                ("away_until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "presence",
                "verbose_name_plural": "presences",
            },
        ),
        migrations.CreateModel(
            name="PromisePolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("first_response", "First response"),
                            ("next_response", "Next response"),
                            ("next_update", "Next update"),
                            ("resolution", "Resolution"),
                            ("partner_answer", "Partner's answer"),
                            ("carrier_answer", "Carrier's answer"),
                        ],
                        max_length=20,
                        verbose_name="promise",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="order")),
                ("conditions", models.JSONField(blank=True, default=dict, verbose_name="for which tickets")),
                (
                    "duration",
                    models.DurationField(
                        validators=[django.core.validators.MinValueValidator(datetime.timedelta(seconds=60))],
                        verbose_name="within",
                    ),
                ),
                (
                    "hours_of",
                    models.CharField(
                        choices=[
                            ("wall", "Around the clock"),
                            ("team", "The team's hours"),
                            ("partner", "The partner's hours"),
                            ("calendar", "This calendar's hours"),
                        ],
                        default="team",
                        max_length=12,
                        verbose_name="counted in",
                    ),
                ),
                (
                    "warn_at_percent",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(99),
                            ]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="warn at percent of the time",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "promise",
                "verbose_name_plural": "promises",
                "ordering": ["target", "order", "id"],
            },
        ),
        migrations.CreateModel(
            name="Rota",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        max_length=64,
                        validators=[common.models.user.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "rota",
                "verbose_name_plural": "rotas",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="RotaLayer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the rota's.",
                        max_length=64,
                        validators=[common.models.user.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                (
                    "turn_days",
                    models.PositiveSmallIntegerField(
                        default=7, validators=[django.core.validators.MinValueValidator(1)], verbose_name="days a turn"
                    ),
                ),
                ("hands_over_at", models.TimeField(verbose_name="hands over at")),
                ("from_time", models.TimeField(blank=True, null=True, verbose_name="from")),
                ("until_time", models.TimeField(blank=True, null=True, verbose_name="until")),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="weekdays",
                    ),
                ),
            ],
            options={
                "verbose_name": "layer of a rota",
                "verbose_name_plural": "layers of rotas",
                "ordering": ["rota", "order", "id"],
            },
        ),
        migrations.CreateModel(
            name="RotaOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_at", models.DateTimeField(verbose_name="from")),
                ("until_at", models.DateTimeField(verbose_name="until")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
            ],
            options={
                "verbose_name": "override of a rota",
                "verbose_name_plural": "overrides of rotas",
                "ordering": ["from_at"],
            },
        ),
        migrations.CreateModel(
            name="RotaTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField(verbose_name="place")),
            ],
            options={
                "verbose_name": "turn",
                "verbose_name_plural": "turns",
                "ordering": ["layer", "place"],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="what it is for")),
                ("is_active", models.BooleanField(default=False, verbose_name="switched on")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="order")),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("event", "Something happens"),
                            ("time", "Some time after"),
                            ("schedule", "At set times"),
                            ("sending", "Before a message goes out"),
                        ],
                        default="event",
                        max_length=12,
                        verbose_name="when",
                    ),
                ),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="events",
                    ),
                ),
                ("anchor", models.CharField(blank=True, max_length=40, verbose_name="counted from")),
                (
                    "delay",
                    models.DurationField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(datetime.timedelta(0))],
                        verbose_name="after",
                    ),
                ),
                (
                    "hours_of",
                    models.CharField(
                        choices=[
                            ("wall", "Around the clock"),
                            ("team", "The team's hours"),
                            ("partner", "The partner's hours"),
                            ("calendar", "This calendar's hours"),
                        ],
                        default="wall",
                        max_length=12,
                        verbose_name="counted in",
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            validators=[django.core.validators.MaxValueValidator(6)]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="weekdays",
                    ),
                ),
                (
                    "at_times",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TimeField(), blank=True, default=list, size=None, verbose_name="at"
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        max_length=64,
                        validators=[common.models.user.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                ("conditions", models.JSONField(blank=True, default=dict, verbose_name="if")),
                ("actions", models.JSONField(blank=True, default=list, verbose_name="then")),
                ("stops", models.BooleanField(default=False, verbose_name="no later rule after this one")),
                (
                    "cap_per_hour",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="at most so often a ticket and hour",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("shipped_key", models.CharField(blank=True, editable=False, max_length=60)),
                ("checked_to", models.DateTimeField(editable=False, null=True)),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="changed")),
            ],
            options={
                "verbose_name": "rule",
                "verbose_name_plural": "rules",
                "ordering": ["order", "id"],
                "permissions": [("switch_rules", "Can switch all rules off and on")],
            },
        ),
        migrations.CreateModel(
            name="RuleRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("occasion", models.CharField(max_length=64)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("depth", models.PositiveSmallIntegerField(default=0)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("capped", "Too often"),
                            ("too_deep", "Stopped: rules called each other"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                ("why", models.JSONField(default=list)),
                ("did", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "run of a rule",
                "verbose_name_plural": "runs of rules",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="RuleSwitch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField(default=True, verbose_name="rules work")),
                ("changed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "switch for all rules",
                "verbose_name_plural": "switch for all rules",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("content", models.JSONField()),
                ("made_at", models.DateTimeField(verbose_name="saved")),
            ],
            options={
                "verbose_name": "version of a rule",
                "verbose_name_plural": "versions of rules",
                "ordering": ["rule", "-number"],
                "default_permissions": ("view",),
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12),
                blank=True,
                default=list,
                help_text="Empty: those of the team.",
                size=None,
                verbose_name="languages",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="skills",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name="skills"
            ),
        ),
        migrations.AddField(
            model_name="team",
            name="follows",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: whichever team is open.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tickets.team",
                verbose_name="hands over to",
            ),
        ),
        migrations.AddField(
            model_name="team",
            name="lanes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=5),
                blank=True,
                default=list,
                help_text="Like CN-DE; CN-* and *-DE mean any other end.",
                size=None,
                verbose_name="lanes",
            ),
        ),
        migrations.AddField(
            model_name="team",
            name="skills",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name="skills"
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="cause",
            field=models.CharField(blank=True, max_length=24, verbose_name="cause"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="recent_tickets",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="customer's other tickets of the last 7 days"
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="route_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="settled_through",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="ticketfacts",
            name="cause",
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AddField(
            model_name="ticketfacts",
            name="recent_tickets",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("settled_through__lt", models.F("event_sequence"))),
                fields=["id"],
                name="ticket_unsettled",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("route_at__isnull", False)), fields=["route_at"], name="ticket_to_route"
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="partner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.partner"
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="team",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="tickets.team"
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="breaches", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="calendar",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="common.businesscalendar"
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="partner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="logistics.partner",
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="clock",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="breach", to="tickets.clock"
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="acknowledged_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="partner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.partner"
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="escalationlevel",
            name="role",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="auth.group"
            ),
        ),
        migrations.AddField(
            model_name="escalationlevel",
            name="team",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.team"
            ),
        ),
        migrations.AddField(
            model_name="escalationlevel",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="escalationpolicy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("shipped_key", ""), _negated=True),
                fields=("shipped_key",),
                name="escalation_policy_shipped_once",
            ),
        ),
        migrations.AddField(
            model_name="escalationlevel",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="levels", to="tickets.escalationpolicy"
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.escalationpolicy"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="from_team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.team", verbose_name="from"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="to_team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.team", verbose_name="to"
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="acknowledged_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="contact",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="logistics.partnercontact"
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="escalation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="pages", to="tickets.escalation"
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="message",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.message"
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="pages", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pages",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="stand_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="stand-in",
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="presence", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="promisepolicy",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="common.businesscalendar",
                verbose_name="calendar",
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="policy",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="clocks",
                to="tickets.promisepolicy",
            ),
        ),
        migrations.AddField(
            model_name="escalationlevel",
            name="rota",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.rota"
            ),
        ),
        migrations.AddField(
            model_name="rotalayer",
            name="rota",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="layers",
                to="tickets.rota",
                verbose_name="rota",
            ),
        ),
        migrations.AddField(
            model_name="rotaoverride",
            name="rota",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="overrides",
                to="tickets.rota",
                verbose_name="rota",
            ),
        ),
        migrations.AddField(
            model_name="rotaoverride",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="rotaturn",
            name="layer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="turns", to="tickets.rotalayer"
            ),
        ),
        migrations.AddField(
            model_name="rotaturn",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="common.businesscalendar",
                verbose_name="calendar",
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="updated_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="rulerun",
            name="event",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.ticketevent"
            ),
        ),
        migrations.AddField(
            model_name="rulerun",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="tickets.rule"
            ),
        ),
        migrations.AddField(
            model_name="rulerun",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rule_runs", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="ruleswitch",
            name="changed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="tickets.rule"
            ),
        ),
        migrations.AddIndex(
            model_name="breach",
            index=models.Index(fields=["-due_at", "-id"], name="breach_latest"),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="escalation_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("ticket", "policy"),
                name="escalation_one_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end", ""), ("ended_at__isnull", True)),
                    models.Q(
                        ("ended_at__isnull", False), ("next_at__isnull", True), models.Q(("end", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="escalation_ended_has_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(fields=("from_team", "to_team", "shift_ended_at"), name="handover_once"),
        ),
        migrations.AddIndex(
            model_name="page",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["user", "-created_at"], name="page_open_of"
            ),
        ),
        migrations.AddIndex(
            model_name="page",
            index=models.Index(fields=["ticket", "-created_at"], name="page_of_ticket"),
        ),
        migrations.AddIndex(
            model_name="page",
            index=models.Index(condition=models.Q(("state", "to_approve")), fields=["id"], name="page_to_approve"),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "to_approve", "acknowledged", "withdrawn"])),
                name="page_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="promisepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "target__in",
                        [
                            "first_response",
                            "next_response",
                            "next_update",
                            "resolution",
                            "partner_answer",
                            "carrier_answer",
                        ],
                    )
                ),
                name="promise_policy_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="promisepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("duration__gt", datetime.timedelta(0))), name="promise_policy_duration"
            ),
        ),
        migrations.AddConstraint(
            model_name="promisepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("calendar__isnull", False), ("hours_of", "calendar")),
                    models.Q(models.Q(("hours_of", "calendar"), _negated=True), ("calendar__isnull", True)),
                    _connector="OR",
                ),
                name="promise_policy_calendar",
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(
                    ("breached_at__isnull", True), ("due_at__isnull", False), ("ended_at__isnull", True)
                ),
                fields=["due_at", "id"],
                name="clock_due",
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True), ("warn_at__isnull", False)),
                fields=["warn_at", "id"],
                name="clock_warn",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("ticket", "target"), name="clock_one_running"
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("outcome", "")),
                    models.Q(("ended_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                    _connector="OR",
                ),
                name="clock_ended_has_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", False),
                    models.Q(("due_at__isnull", True), ("paused_since__isnull", False)),
                    models.Q(("due_at__isnull", False), ("paused_since__isnull", True)),
                    _connector="OR",
                ),
                name="clock_runs_or_is_paused",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="clock_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="escalationlevel",
            constraint=models.UniqueConstraint(fields=("policy", "order"), name="escalation_level_order"),
        ),
        migrations.AddConstraint(
            model_name="escalationlevel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("whom", "person"), _negated=True), ("user__isnull", False), _connector="OR"),
                    models.Q(models.Q(("whom", "role"), _negated=True), ("role__isnull", False), _connector="OR"),
                    models.Q(models.Q(("whom", "team"), _negated=True), ("team__isnull", False), _connector="OR"),
                    models.Q(models.Q(("whom", "on_call"), _negated=True), ("rota__isnull", False), _connector="OR"),
                ),
                name="escalation_level_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="rotalayer",
            constraint=models.CheckConstraint(condition=models.Q(("turn_days__gte", 1)), name="rota_layer_turn"),
        ),
        migrations.AddConstraint(
            model_name="rotalayer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("from_time__isnull", True), ("until_time__isnull", True)),
                    models.Q(("from_time__isnull", False), ("until_time__isnull", False)),
                    _connector="OR",
                ),
                name="rota_layer_hours",
            ),
        ),
        migrations.AddConstraint(
            model_name="rotaoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_at__gt", models.F("from_at"))), name="rota_override_interval"
            ),
        ),
        migrations.AddConstraint(
            model_name="rotaturn",
            constraint=models.UniqueConstraint(fields=("layer", "place"), name="rota_turn_place"),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(("trigger__in", ["event", "time", "schedule", "sending"])), name="rule_trigger"
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("trigger", "time"), _negated=True),
                    models.Q(models.Q(("anchor", ""), _negated=True), ("delay__isnull", False)),
                    _connector="OR",
                ),
                name="rule_time_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("shipped_key", ""), _negated=True),
                fields=("shipped_key",),
                name="rule_shipped_once",
            ),
        ),
        migrations.AddIndex(
            model_name="rulerun",
            index=models.Index(fields=["ticket", "-at"], name="rule_run_of_ticket"),
        ),
        migrations.AddIndex(
            model_name="rulerun",
            index=models.Index(fields=["-at", "-id"], name="rule_run_latest"),
        ),
        migrations.AddConstraint(
            model_name="rulerun",
            constraint=models.UniqueConstraint(fields=("rule", "ticket", "occasion"), name="rule_run_once"),
        ),
        migrations.AddConstraint(
            model_name="ruleswitch",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="rule_switch_one_row"),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.UniqueConstraint(fields=("rule", "number"), name="rule_version_unique"),
        ),
    ]
