import datetime
import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import common.models.user
import tickets.models.survey
import tickets.workflows.common


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("common", "0001_initial"),
        ("common", "__first__"),
        ("logistics", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(unique=True)),
                (
                    "heads",
                    models.JSONField(
                        help_text="[[ticket id, sequence, hash as hex], …] of the chains that grew that day"
                    ),
                ),
                ("previous", models.BinaryField(default=bytes, max_length=32)),
                ("digest", models.BinaryField(max_length=32)),
                ("signature", models.BinaryField(max_length=64)),
                ("signed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "signed chain heads",
                "verbose_name_plural": "signed chain heads",
                "ordering": ["date"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="KpiDims",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=24)),
                ("lane", models.CharField(max_length=5)),
                ("carrier", models.CharField(max_length=20)),
                ("partner", models.CharField(max_length=20)),
                ("channel", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=12)),
                ("country", models.CharField(max_length=2)),
                ("team", models.CharField(max_length=20)),
                ("agent", models.CharField(max_length=20)),
                ("priority", models.CharField(max_length=2)),
                ("tier", models.CharField(max_length=12)),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="KpiParcelDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="KpiProgress",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(default=0)),
                ("through_at", models.DateTimeField(null=True)),
                ("rebuilding_since", models.DateTimeField(null=True)),
                ("formulas", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="KpiRollup",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "measure", "cut", "day", "part", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("measure", models.IntegerField()),
                ("cut", models.SmallIntegerField()),
                ("day", models.DateField()),
                ("part", models.CharField(max_length=70)),
                ("n", models.IntegerField()),
                ("total", models.BigIntegerField()),
                (
                    "day_buckets",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                ("day_ns", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("slots", django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None)),
                (
                    "buckets",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                ("ns", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("totals", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="KpiTouched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ticket_id", models.BigIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PromiseRecount",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("version", models.CharField(blank=True, max_length=64)),
                ("through", models.BigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
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
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                (
                    "kinds",
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
                        default=list,
                        size=None,
                        verbose_name="kinds",
                    ),
                ),
                (
                    "lanes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5),
                        blank=True,
                        default=list,
                        help_text="Like CN-DE; CN-* and *-DE mean any other end.",
                        size=None,
                        verbose_name="lanes",
                    ),
                ),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="skills",
                    ),
                ),
                (
                    "emergency_contact",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="What customers who write while nobody works are told, like a phone number. Empty: nothing.",
                        max_length=200,
                        verbose_name="emergency contact",
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="common.businesscalendar",
                        verbose_name="calendar",
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: whichever team is open.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.team",
                        verbose_name="hands over to",
                    ),
                ),
            ],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
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
                        verbose_name="kind",
                    ),
                ),
                ("state", django_fsm.FSMField(max_length=32, protected=True, verbose_name="state")),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("active", "Active"),
                            ("waiting", "Waiting"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                        ],
                        default="new",
                        max_length=12,
                        verbose_name="phase",
                    ),
                ),
                (
                    "waiting_on",
                    models.CharField(
                        choices=[
                            ("us", "Us"),
                            ("customer", "Customer"),
                            ("shipper", "Shipper"),
                            ("carrier", "Carrier"),
                            ("broker", "Broker"),
                            ("customs", "Customs"),
                            ("warehouse", "Warehouse"),
                            ("finance", "Finance"),
                            ("nobody", "Nobody"),
                        ],
                        default="us",
                        max_length=12,
                        verbose_name="waiting on",
                    ),
                ),
                ("cause", models.CharField(blank=True, max_length=24, verbose_name="cause")),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None yet"),
                            ("solved", "Solved"),
                            ("duplicate", "Duplicate"),
                            ("merged", "Merged"),
                            ("converted", "Converted"),
                            ("false_alarm", "False alarm"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="resolution",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "High"), (3, "Normal"), (4, "Low")],
                        default=3,
                        verbose_name="priority",
                    ),
                ),
                ("summary", models.CharField(blank=True, max_length=200, verbose_name="short summary")),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="customer's country")),
                ("channel", models.CharField(blank=True, max_length=40, verbose_name="channel")),
                ("origin", models.CharField(blank=True, max_length=2, verbose_name="origin")),
                ("destination", models.CharField(blank=True, max_length=2, verbose_name="destination")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="tags",
                    ),
                ),
                (
                    "word_hits",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="words found",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("state_since", models.DateTimeField(verbose_name="in this state since")),
                ("unanswered_since", models.DateTimeField(blank=True, null=True, verbose_name="unanswered since")),
                ("next_due_at", models.DateTimeField(blank=True, null=True, verbose_name="next promise due")),
                ("queue_at", models.DateTimeField()),
                ("snoozed_until", models.DateTimeField(blank=True, null=True, verbose_name="snoozed until")),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="resolved")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("reopened_count", models.PositiveSmallIntegerField(default=0, verbose_name="reopened")),
                ("last_message_at", models.DateTimeField(blank=True, null=True, verbose_name="last message")),
                ("last_message_preview", models.CharField(blank=True, max_length=160, verbose_name="last word")),
                ("last_message_direction", models.CharField(blank=True, max_length=4)),
                (
                    "recent_tickets",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="customer's other tickets of the last 7 days"
                    ),
                ),
                ("route_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("event_sequence", models.PositiveIntegerField(default=0, editable=False)),
                ("event_hash", models.BinaryField(default=bytes, max_length=32)),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="logistics.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="logistics.incident",
                        verbose_name="incident",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="logistics.shipment",
                        verbose_name="shipment",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="tickets.team",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "ticket",
                "verbose_name_plural": "tickets",
                "permissions": [
                    ("work_ticket", "Can work tickets: answer, assign, take its ordinary ways"),
                    ("decide_customs", "Can decide customs matters: broker, duties, release, refusal"),
                    ("decide_money", "Can decide money: settle, reject, refund, confirm payments"),
                    ("decide_safety", "Can work safety tickets"),
                    ("view_safety", "Can see safety tickets"),
                    ("work_warehouse", "Can work warehouse tickets"),
                    ("supervise", "Can supervise: dismiss, reassign in bulk, see everything the desk does"),
                    ("erase_customer", "Can erase a customer's personal content"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("phase__in", ("new", "active", "waiting")),
                            models.Q(("waiting_on", "us"), ("unanswered_since__isnull", False), _connector="OR"),
                        ),
                        fields=["priority", "queue_at", "id"],
                        name="ticket_queue_ours",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("phase__in", ("new", "active", "waiting")),
                            models.Q(("waiting_on", "us"), _negated=True),
                            ("unanswered_since__isnull", True),
                        ),
                        fields=["priority", "queue_at", "id"],
                        name="ticket_queue_theirs",
                    ),
                    models.Index(
                        condition=models.Q(("phase__in", ("new", "active", "waiting"))),
                        fields=["priority", "queue_at", "id"],
                        name="ticket_queue_open",
                    ),
                    models.Index(
                        condition=models.Q(("phase__in", ("new", "active", "waiting"))),
                        fields=["assignee", "priority", "queue_at", "id"],
                        name="ticket_queue_of",
                    ),
                    models.Index(
                        models.OrderBy(models.F("resolved_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("phase__in", ("resolved", "closed"))),
                        name="ticket_ended",
                    ),
                    models.Index(
                        condition=models.Q(("phase", "resolved")), fields=["resolved_at"], name="ticket_to_close"
                    ),
                    models.Index(
                        condition=models.Q(("snoozed_until__isnull", False)),
                        fields=["snoozed_until"],
                        name="ticket_snoozed",
                    ),
                    models.Index(
                        condition=models.Q(("phase__in", ("new", "active", "waiting"))),
                        fields=["opened_at", "id"],
                        name="ticket_counted_opened",
                    ),
                    models.Index(
                        condition=models.Q(("phase__in", ("new", "active", "waiting"))),
                        fields=["state_since", "id"],
                        name="ticket_counted_state",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("phase__in", ("new", "active", "waiting")), ("unanswered_since__isnull", False)
                        ),
                        fields=["unanswered_since", "id"],
                        name="ticket_counted_unanswered",
                    ),
                    models.Index(
                        condition=models.Q(("phase__in", ("new", "active", "waiting"))),
                        fields=["last_message_at", "id"],
                        name="ticket_counted_message",
                    ),
                    models.Index(
                        condition=models.Q(("route_at__isnull", False)), fields=["route_at"], name="ticket_to_route"
                    ),
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)), fields=["next_due_at"], name="ticket_due"
                    ),
                    models.Index(fields=["team", "next_due_at"], name="ticket_due_of_team"),
                    models.Index(fields=["customer", "-opened_at"], name="ticket_of_customer"),
                    models.Index(fields=["state", "id"], name="ticket_in_state"),
                    models.Index(fields=["shipment", "-opened_at"], name="ticket_of_shipment"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Func(
                            "kind",
                            "state",
                            "phase",
                            "waiting_on",
                            arg_joiner=" || '/' || ",
                            output_field=models.BooleanField(),
                            template="(%(expressions)s) IN ('clearance/reported/new/us', 'clearance/under_review/active/us', 'clearance/documents_requested/waiting/customer', 'clearance/documents_requested/waiting/shipper', 'clearance/documents_requested/waiting/broker', 'clearance/documents_received/active/us', 'clearance/with_broker/waiting/broker', 'clearance/under_inspection/waiting/customs', 'clearance/duties_assessed/active/us', 'clearance/duties_requested/waiting/customer', 'clearance/duties_requested/waiting/finance', 'clearance/awaiting_release/waiting/customs', 'clearance/refused/active/us', 'clearance/returning/waiting/carrier', 'clearance/released/resolved/nobody', 'clearance/returned/resolved/nobody', 'clearance/abandoned/resolved/nobody', 'clearance/destroyed/resolved/nobody', 'clearance/dismissed/resolved/nobody', 'clearance/closed/closed/nobody', 'delay/detected/new/us', 'delay/investigating/waiting/carrier', 'delay/carrier_answered/active/us', 'delay/to_inform/active/us', 'delay/informed/waiting/carrier', 'delay/delivered/resolved/nobody', 'delay/declared_lost/resolved/nobody', 'delay/cancelled/resolved/nobody', 'delay/dismissed/resolved/nobody', 'delay/closed/closed/nobody', 'loss/reported/new/us', 'loss/tracing/waiting/carrier', 'loss/evidence_requested/waiting/customer', 'loss/evidence_received/active/us', 'loss/confirmed/active/us', 'loss/found/active/us', 'loss/settled/resolved/nobody', 'loss/delivered/resolved/nobody', 'loss/not_compensable/resolved/nobody', 'loss/dismissed/resolved/nobody', 'loss/closed/closed/nobody', 'failed_delivery/attempted/new/us', 'failed_delivery/instructions_requested/waiting/customer', 'failed_delivery/instructions_received/active/us', 'failed_delivery/redelivery_booked/waiting/carrier', 'failed_delivery/held_for_pickup/waiting/customer', 'failed_delivery/returning/waiting/carrier', 'failed_delivery/delivered/resolved/nobody', 'failed_delivery/returned/resolved/nobody', 'failed_delivery/disposed/resolved/nobody', 'failed_delivery/dismissed/resolved/nobody', 'failed_delivery/closed/closed/nobody', 'return/requested/new/us', 'return/papers_requested/waiting/customer', 'return/approved/active/us', 'return/label_sent/waiting/customer', 'return/in_transit/waiting/carrier', 'return/received/waiting/warehouse', 'return/inspected/active/us', 'return/refunded/resolved/nobody', 'return/exchanged/resolved/nobody', 'return/declined/resolved/nobody', 'return/dismissed/resolved/nobody', 'return/closed/closed/nobody', 'payment/failed/new/us', 'payment/with_finance/waiting/finance', 'payment/retry_requested/waiting/customer', 'payment/paid/resolved/nobody', 'payment/refunded/resolved/nobody', 'payment/cancelled/resolved/nobody', 'payment/dismissed/resolved/nobody', 'payment/closed/closed/nobody', 'safety/reported/new/us', 'safety/with_legal/active/us', 'safety/information_requested/waiting/customer', 'safety/answered/resolved/nobody', 'safety/dismissed/resolved/nobody', 'safety/closed/closed/nobody', 'warehouse/reported/new/us', 'warehouse/asked/waiting/warehouse', 'warehouse/explained/active/us', 'warehouse/recount/waiting/warehouse', 'warehouse/adjusted/resolved/nobody', 'warehouse/claimed/resolved/nobody', 'warehouse/dismissed/resolved/nobody', 'warehouse/closed/closed/nobody', 'inquiry/new/new/us', 'inquiry/open/active/us', 'inquiry/waiting_customer/waiting/customer', 'inquiry/waiting_partner/waiting/carrier', 'inquiry/waiting_partner/waiting/broker', 'inquiry/waiting_partner/waiting/warehouse', 'inquiry/resolved/resolved/nobody', 'inquiry/dismissed/resolved/nobody', 'inquiry/closed/closed/nobody')",
                        ),
                        name="ticket_legal_combination",
                    ),
                    models.CheckConstraint(condition=models.Q(("priority__in", [1, 2, 3, 4])), name="ticket_priority"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "resolution__in",
                                ["", "solved", "duplicate", "merged", "converted", "false_alarm", "withdrawn"],
                            )
                        ),
                        name="ticket_resolution",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("phase__in", ("new", "active", "waiting")),
                                ("resolution", ""),
                                ("resolved_at__isnull", True),
                            ),
                            models.Q(
                                ("phase__in", ("resolved", "closed")),
                                ("resolved_at__isnull", False),
                                models.Q(("resolution", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="ticket_ended_has_resolution",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("phase__in", ("new", "active", "waiting")), ("shipment__isnull", False)),
                        fields=("shipment", "kind", "incident"),
                        name="ticket_one_open_per_incident",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField()),
                ("type", models.CharField(max_length=40, verbose_name="what")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("staff", "Staff"),
                            ("partner", "Partner"),
                            ("customer", "Customer"),
                            ("scan", "Scan"),
                            ("rule", "Rule"),
                            ("clock", "Clock"),
                            ("system", "System"),
                        ],
                        max_length=12,
                        verbose_name="who",
                    ),
                ),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=120)),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("admin", "Desk"),
                            ("api", "API"),
                            ("portal", "Partner's pages"),
                            ("channel", "Channel"),
                            ("link", "Customer's link"),
                            ("scan", "Scan"),
                            ("rule", "Rule"),
                            ("clock", "Clock"),
                            ("command", "Command"),
                        ],
                        max_length=12,
                        verbose_name="through",
                    ),
                ),
                ("data", models.JSONField(default=dict)),
                ("commitment", models.BinaryField(default=bytes, max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["ticket", "sequence"],
                "default_permissions": ("view",),
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=["at"], name="ticket_event_at")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "sequence"), name="ticket_event_sequence"),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gte", 1)), name="ticket_event_sequence_from_1"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=255, verbose_name="id at the channel")),
                ("display_name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("is_verified", models.BooleanField(default=False, verbose_name="verified")),
                ("has_consent", models.BooleanField(default=True, verbose_name="agreed to be written to")),
                ("is_blocked", models.BooleanField(default=False, verbose_name="cannot be reached")),
                ("created_at", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="identities", to="common.connection"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identities",
                        to="logistics.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identities",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identities",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person of ours",
                    ),
                ),
            ],
            options={
                "verbose_name": "channel identity",
                "verbose_name_plural": "channel identities",
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "external_id"), name="channel_identity_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer__isnull", True), ("partner__isnull", True)),
                            models.Q(("customer__isnull", True), ("user__isnull", True)),
                            models.Q(("partner__isnull", True), ("user__isnull", True)),
                            _connector="OR",
                        ),
                        name="channel_identity_one_party",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "To be filed"),
                            ("filed", "Filed"),
                            ("acknowledged", "Acknowledged"),
                            ("more_evidence_wanted", "More evidence wanted"),
                            ("approved", "Approved"),
                            ("partly_approved", "Partly approved"),
                            ("denied", "Denied"),
                            ("appealed", "Appealed"),
                            ("paid", "Paid"),
                            ("written_off", "Written off"),
                        ],
                        default="draft",
                        max_length=24,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="claimed",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "approved_amount",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="approved"
                    ),
                ),
                (
                    "paid_amount",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="paid"),
                ),
                ("grounds", models.TextField(blank=True, verbose_name="grounds")),
                ("their_reference", models.CharField(blank=True, max_length=120, verbose_name="their reference")),
                ("answer", models.TextField(blank=True, verbose_name="their answer")),
                ("file_by", models.DateField(blank=True, null=True, verbose_name="file by")),
                ("answer_by", models.DateField(blank=True, null=True, verbose_name="answer due")),
                ("appeal_by", models.DateField(blank=True, null=True, verbose_name="appeal by")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("filed_at", models.DateTimeField(blank=True, null=True, verbose_name="filed")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="paid on")),
                (
                    "carrier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="logistics.carrier",
                        verbose_name="carrier",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="logistics.partner",
                        verbose_name="against",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
                "indexes": [
                    models.Index(condition=models.Q(("state", "draft")), fields=["file_by"], name="claim_to_file"),
                    models.Index(
                        condition=models.Q(("state__in", ("paid", "written_off")), _negated=True),
                        fields=["-created_at", "-id"],
                        name="claim_under_way",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "filed",
                                    "acknowledged",
                                    "more_evidence_wanted",
                                    "approved",
                                    "partly_approved",
                                    "denied",
                                    "appealed",
                                    "paid",
                                    "written_off",
                                ],
                            )
                        ),
                        name="claim_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0), models.Q(("currency", ""), _negated=True)),
                        name="claim_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paid_amount__isnull", False), ("paid_at__isnull", False), ("state", "paid")),
                            models.Q(models.Q(("state", "paid"), _negated=True), ("paid_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="claim_paid_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimFlow",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("tickets.claim",),
        ),
        migrations.CreateModel(
            name="ClaimTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "counted_from",
                    models.CharField(
                        choices=[
                            ("shipped", "The first scan"),
                            ("delivered", "The delivery"),
                            ("noticed", "The day we noticed"),
                        ],
                        default="noticed",
                        max_length=12,
                        verbose_name="days counted from",
                    ),
                ),
                (
                    "file_within_days",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="days to file"
                    ),
                ),
                (
                    "answer_within_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="days the carrier has to answer",
                    ),
                ),
                (
                    "appeal_within_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="days to appeal",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "carrier",
                    models.OneToOneField(
                        blank=True,
                        help_text="Empty: every carrier without terms of its own.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claim_terms",
                        to="logistics.carrier",
                        verbose_name="carrier",
                    ),
                ),
            ],
            options={
                "verbose_name": "terms for claims",
                "verbose_name_plural": "terms for claims",
                "constraints": [
                    models.UniqueConstraint(fields=("carrier",), name="claim_terms_once", nulls_distinct=False)
                ],
            },
        ),
        migrations.CreateModel(
            name="ClearanceDetail",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="clearance_detail",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("papers_due_at", models.DateTimeField(blank=True, null=True, verbose_name="papers due")),
                ("inspection_office", models.CharField(blank=True, max_length=200, verbose_name="customs office")),
                ("inspection_kind", models.CharField(blank=True, max_length=60, verbose_name="kind of inspection")),
                (
                    "terms",
                    models.CharField(
                        blank=True,
                        choices=[("DAP", "DAP: the customer pays duties"), ("DDP", "DDP: we pay duties")],
                        max_length=3,
                        verbose_name="delivery terms",
                    ),
                ),
                ("duties_due_date", models.DateField(blank=True, null=True, verbose_name="last day to pay")),
                ("payment_link", models.URLField(blank=True, max_length=500, verbose_name="payment link")),
                ("receipt", models.CharField(blank=True, max_length=120, verbose_name="receipt")),
                (
                    "paid_amount",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="paid"),
                ),
                ("paid_currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "refusal_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("prohibited", "Prohibited goods"),
                            ("licence", "Licence missing"),
                            ("value", "Declared value doubted"),
                            ("rights", "Intellectual property"),
                            ("unpaid", "Duties unpaid"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                        verbose_name="reason of refusal",
                    ),
                ),
                ("appeal_grounds", models.TextField(blank=True, verbose_name="grounds of appeal")),
                (
                    "return_payer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("customer", "Customer"),
                            ("shipper", "Shipper"),
                            ("carrier", "Carrier"),
                            ("us", "Us"),
                        ],
                        max_length=24,
                        verbose_name="who pays the return",
                    ),
                ),
                ("consent", models.TextField(blank=True, verbose_name="consent")),
                (
                    "broker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="broker",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DelayDetail",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="delay_detail",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("question", models.TextField(blank=True, verbose_name="question to the carrier")),
                ("answer_due_at", models.DateTimeField(blank=True, null=True, verbose_name="answer due")),
                ("answer", models.TextField(blank=True, verbose_name="carrier's answer")),
                ("new_from", models.DateField(blank=True, null=True, verbose_name="new date from")),
                ("new_to", models.DateField(blank=True, null=True, verbose_name="new date to")),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("weather", "Weather"),
                            ("congestion", "Congestion"),
                            ("capacity", "Capacity"),
                            ("customs_queue", "Customs queue"),
                            ("strike", "Strike"),
                            ("missed_connection", "Missed connection"),
                            ("carrier_error", "Carrier's error"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=24,
                        verbose_name="cause",
                    ),
                ),
                ("revised_at", models.DateTimeField(blank=True, null=True, verbose_name="date revised")),
                ("informed_at", models.DateTimeField(blank=True, null=True, verbose_name="customer informed")),
                ("lost_grounds", models.TextField(blank=True, verbose_name="grounds to declare it lost")),
                ("cancelled_by", models.CharField(blank=True, max_length=120, verbose_name="cancelled by")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new_from__isnull", True), ("new_to__gte", models.F("new_from")), _connector="OR"
                        ),
                        name="delay_dates_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FailedDeliveryDetail",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="failed_delivery_detail",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("address", "Address wrong or incomplete"),
                            ("absent", "Nobody there"),
                            ("refused", "Refused"),
                            ("access", "No access"),
                            ("payment", "Payment missing"),
                            ("identification", "Identification missing"),
                            ("restricted_area", "Restricted area"),
                        ],
                        max_length=24,
                        verbose_name="problem",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=1, verbose_name="attempts")),
                (
                    "instruction",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("redeliver", "Deliver again"),
                            ("new_address", "Deliver to another address"),
                            ("pickup", "I pick it up"),
                            ("refuse", "I do not want it any more"),
                        ],
                        max_length=24,
                        verbose_name="instruction",
                    ),
                ),
                ("new_address", models.TextField(blank=True, verbose_name="new address")),
                ("wished_date", models.DateField(blank=True, null=True, verbose_name="wished day")),
                ("pickup_place", models.CharField(blank=True, max_length=200, verbose_name="pickup place")),
                ("pickup_last_day", models.DateField(blank=True, null=True, verbose_name="last day for pickup")),
                (
                    "return_payer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("customer", "Customer"),
                            ("shipper", "Shipper"),
                            ("carrier", "Carrier"),
                            ("us", "Us"),
                        ],
                        max_length=24,
                        verbose_name="who pays the return",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InquiryDetail",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="inquiry_detail",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("topic", models.CharField(blank=True, max_length=120, verbose_name="topic")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("question", models.TextField(blank=True, verbose_name="question")),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="partner asked",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LossDetail",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="loss_detail",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lost", "Lost"),
                            ("damaged", "Damaged"),
                            ("short", "Something missing"),
                            ("not_received", "Shown delivered but not received"),
                        ],
                        max_length=24,
                        verbose_name="what happened",
                    ),
                ),
                ("carrier_reference", models.CharField(blank=True, max_length=120, verbose_name="carrier's reference")),
                ("trace_due_at", models.DateTimeField(blank=True, null=True, verbose_name="trace due")),
                ("grounds", models.TextField(blank=True, verbose_name="grounds")),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="value"),
                ),
                ("value_currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "settlement",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("refund", "Refund"),
                            ("reship", "Send again"),
                            ("coupon", "Coupon"),
                            ("none", "No compensation"),
                        ],
                        max_length=24,
                        verbose_name="settled by",
                    ),
                ),
                (
                    "settled_amount",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="settled amount"
                    ),
                ),
                ("settled_currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("rejection_grounds", models.TextField(blank=True, verbose_name="grounds of rejection")),
                ("found_where", models.CharField(blank=True, max_length=200, verbose_name="found where")),
                ("recover", models.CharField(blank=True, max_length=200, verbose_name="what to recover")),
            ],
        ),
        migrations.CreateModel(
            name="PaymentDetail",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="payment_detail",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="amount"),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("provider_reference", models.CharField(blank=True, max_length=120, verbose_name="payment reference")),
                ("failure", models.CharField(blank=True, max_length=200, verbose_name="what failed")),
                ("finance_answer", models.TextField(blank=True, verbose_name="finance's answer")),
                ("retry_link", models.URLField(blank=True, max_length=500, verbose_name="payment link")),
                ("cancelled_reason", models.CharField(blank=True, max_length=200, verbose_name="why cancelled")),
            ],
        ),
        migrations.CreateModel(
            name="ReturnDetail",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="return_detail",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("label_reference", models.CharField(blank=True, max_length=120, verbose_name="return label")),
                (
                    "return_tracking_number",
                    models.CharField(blank=True, max_length=64, verbose_name="tracking number of the return"),
                ),
                ("condition", models.TextField(blank=True, verbose_name="condition")),
                (
                    "refunded_amount",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="refunded"
                    ),
                ),
                ("refunded_currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "exchange_tracking_number",
                    models.CharField(blank=True, max_length=64, verbose_name="tracking number of the exchange"),
                ),
                ("decline_grounds", models.TextField(blank=True, verbose_name="grounds of declining")),
                (
                    "warehouse",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="warehouse",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SafetyDetail",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="safety_detail",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("assessment", models.TextField(blank=True, verbose_name="assessment")),
                ("question", models.TextField(blank=True, verbose_name="question")),
                ("information", models.TextField(blank=True, verbose_name="what the customer told")),
                ("answer", models.TextField(blank=True, verbose_name="answer given")),
            ],
        ),
        migrations.CreateModel(
            name="WarehouseDetail",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="warehouse_detail",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("item", models.CharField(blank=True, max_length=200, verbose_name="item")),
                ("expected_units", models.IntegerField(blank=True, null=True, verbose_name="units expected")),
                ("counted_units", models.IntegerField(blank=True, null=True, verbose_name="units counted")),
                ("question", models.TextField(blank=True, verbose_name="question")),
                ("explanation", models.TextField(blank=True, verbose_name="explanation")),
                ("adjusted_units", models.IntegerField(blank=True, null=True, verbose_name="units adjusted")),
                (
                    "claimed_amount",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="claimed"),
                ),
                ("claimed_currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "warehouse",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="warehouse",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ClearanceTicket",
            fields=[],
            options={
                "verbose_name": "customs hold",
                "verbose_name_plural": "customs holds",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(tickets.workflows.common.Workflow, "tickets.ticket"),
        ),
        migrations.CreateModel(
            name="DelayTicket",
            fields=[],
            options={
                "verbose_name": "delay",
                "verbose_name_plural": "delays",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(tickets.workflows.common.Workflow, "tickets.ticket"),
        ),
        migrations.CreateModel(
            name="FailedDeliveryTicket",
            fields=[],
            options={
                "verbose_name": "failed delivery",
                "verbose_name_plural": "failed deliveries",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(tickets.workflows.common.Workflow, "tickets.ticket"),
        ),
        migrations.CreateModel(
            name="InquiryTicket",
            fields=[],
            options={
                "verbose_name": "inquiry",
                "verbose_name_plural": "inquiries",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(tickets.workflows.common.Workflow, "tickets.ticket"),
        ),
        migrations.CreateModel(
            name="LossTicket",
            fields=[],
            options={
                "verbose_name": "loss or damage",
                "verbose_name_plural": "losses and damages",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(tickets.workflows.common.Workflow, "tickets.ticket"),
        ),
        migrations.CreateModel(
            name="PaymentTicket",
            fields=[],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(tickets.workflows.common.Workflow, "tickets.ticket"),
        ),
        migrations.CreateModel(
            name="ReturnTicket",
            fields=[],
            options={
                "verbose_name": "return",
                "verbose_name_plural": "returns",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(tickets.workflows.common.Workflow, "tickets.ticket"),
        ),
        migrations.CreateModel(
            name="SafetyTicket",
            fields=[],
            options={
                "verbose_name": "safety matter",
                "verbose_name_plural": "safety matters",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(tickets.workflows.common.Workflow, "tickets.ticket"),
        ),
        migrations.CreateModel(
            name="WarehouseTicket",
            fields=[],
            options={
                "verbose_name": "warehouse matter",
                "verbose_name_plural": "warehouse matters",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(tickets.workflows.common.Workflow, "tickets.ticket"),
        ),
        migrations.CreateModel(
            name="Compensation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("refund", "Refund"),
                            ("reship", "Send again"),
                            ("coupon", "Coupon"),
                            ("none", "No compensation"),
                        ],
                        max_length=12,
                        verbose_name="how",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "Draft"),
                            ("awaiting_approval", "Awaiting approval"),
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("paying", "Being paid"),
                            ("paid", "Paid"),
                            ("failed", "Payment failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=20,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("reference", models.CharField(blank=True, max_length=120, verbose_name="payment reference")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="why it failed")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="offer ends")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("offered_at", models.DateTimeField(blank=True, null=True, verbose_name="offered")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted or declined")),
                ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="paid")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compensations",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "compensation",
                "verbose_name_plural": "compensations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "offered")), fields=["expires_at"], name="compensation_expires"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("declined", "expired", "paid", "cancelled")), _negated=True),
                        fields=["-created_at", "-id"],
                        name="compensation_under_way",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "awaiting_approval",
                                    "offered",
                                    "accepted",
                                    "declined",
                                    "expired",
                                    "paying",
                                    "paid",
                                    "failed",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="compensation_state",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="compensation_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paid_at__isnull", False), ("state", "paid")),
                            models.Q(models.Q(("state", "paid"), _negated=True), ("paid_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="compensation_paid_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency", ""), _negated=True), name="compensation_has_currency"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompensationFlow",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("tickets.compensation",),
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.CharField(blank=True, max_length=255, verbose_name="thread")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("customer", "Customer"),
                            ("partner", "Partner"),
                            ("internal", "Internal"),
                            ("public", "Public"),
                        ],
                        default="customer",
                        max_length=12,
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="subject")),
                ("started_at", models.DateTimeField()),
                ("last_message_at", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="common.connection",
                    ),
                ),
                (
                    "identity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="tickets.channelidentity",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "conversation",
                "verbose_name_plural": "conversations",
                "indexes": [models.Index(fields=["identity", "-last_message_at"], name="conversation_latest")],
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "identity", "thread"), name="conversation_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
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
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("expires_at", models.DateTimeField(verbose_name="ends")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="customer_links", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "customer's link",
                "verbose_name_plural": "customer's links",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purpose__in", ["status", "documents", "instructions", "evidence", "survey"])
                        ),
                        name="customer_link_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="customer_link_ends_later"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("duty", "Customs duty"),
                            ("vat", "Import VAT"),
                            ("excise", "Excise"),
                            ("fee", "Handling fee"),
                            ("storage", "Storage and demurrage"),
                            ("penalty", "Penalty"),
                        ],
                        max_length=12,
                        verbose_name="type",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("assessed_at", models.DateTimeField(verbose_name="assessed")),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="duties", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "duty",
                "verbose_name_plural": "duties",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "type"), name="duty_unique"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="duty_not_negative"),
                ],
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("shipped_key", ""), _negated=True),
                        fields=("shipped_key",),
                        name="escalation_policy_shipped_once",
                    )
                ],
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
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.partner"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="tickets.ticket"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.escalationpolicy"
                    ),
                ),
            ],
            options={
                "verbose_name": "running escalation",
                "verbose_name_plural": "running escalations",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="escalation_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("ticket", "policy"),
                        name="escalation_one_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end", ""), ("ended_at__isnull", True)),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("next_at__isnull", True),
                                models.Q(("end", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="escalation_ended_has_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventToSettle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("ticket", "sequence"), name="event_to_settle_once")],
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
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "from_team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.team",
                        verbose_name="from",
                    ),
                ),
                (
                    "to_team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.team",
                        verbose_name="to",
                    ),
                ),
            ],
            options={
                "verbose_name": "handover",
                "verbose_name_plural": "handovers",
                "ordering": ["-shift_ended_at", "-id"],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("confirmed_at__isnull", True)),
                        fields=["to_team", "-id"],
                        name="handover_unconfirmed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("from_team", "to_team", "shift_ended_at"), name="handover_once")
                ],
            },
        ),
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
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="tickets.handover"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("handover", "ticket"), name="handover_ticket_once"),
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["urgent", "unanswered", "due"])), name="handover_ticket_why"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KpiMark",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "ticket_id", "measure", "source", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("measure", models.IntegerField()),
                ("source", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("n", models.SmallIntegerField()),
                ("value", models.BigIntegerField()),
                (
                    "dims",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tickets.kpidims",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["measure", "at"], name="kpi_mark_of_measure")],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("direction", models.CharField(choices=[("in", "In"), ("out", "Out"), ("note", "Note")], max_length=4)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("customer", "Customer"),
                            ("partner", "Partner"),
                            ("internal", "Internal"),
                            ("public", "Public"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("noted", "Noted"),
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("read", "Read"),
                            ("in_doubt", "In doubt"),
                            ("dead", "Not delivered"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_automatic", models.BooleanField(default=False)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField(blank=True)),
                ("quoted_text", models.TextField(blank=True)),
                ("html", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=12)),
                ("external_id", models.CharField(blank=True, max_length=255)),
                ("reply_to_external_id", models.CharField(blank=True, max_length=255)),
                ("sent_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                (
                    "tracking_numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), blank=True, default=list, size=None
                    ),
                ),
                (
                    "masked",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "word_hits",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), blank=True, default=list, size=None
                    ),
                ),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("search", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("failure", models.TextField(blank=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="common.connection",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="tickets.conversation",
                    ),
                ),
                (
                    "identity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="tickets.channelidentity",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "default_permissions": ("add", "view"),
                "indexes": [
                    models.Index(fields=["ticket", "sent_at", "id"], name="message_thread"),
                    models.Index(
                        condition=models.Q(("status", "queued")),
                        fields=["next_attempt_at", "id"],
                        name="message_to_send",
                    ),
                    models.Index(
                        condition=models.Q(("status", "sending")), fields=["claimed_until"], name="message_claimed"
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ["dead", "in_doubt"])),
                        fields=["id"],
                        name="message_needs_a_person",
                    ),
                    django.contrib.postgres.indexes.GinIndex(fastupdate=True, fields=["search"], name="message_search"),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=True, fields=["tracking_numbers"], name="message_tracking_numbers"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("connection", "external_id"),
                        name="message_once_per_connection",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("direction", "in"), ("status", "received")),
                            models.Q(("audience", "internal"), ("direction", "note"), ("status", "noted")),
                            models.Q(
                                ("conversation__isnull", False),
                                ("direction", "out"),
                                ("status__in", ["queued", "sending", "sent", "delivered", "read", "in_doubt", "dead"]),
                            ),
                            _connector="OR",
                        ),
                        name="message_direction_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnowledgeUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("template_key", models.CharField(blank=True, max_length=60, verbose_name="template")),
                ("checklist_country", models.CharField(blank=True, max_length=2, verbose_name="checklist of country")),
                ("is_checklist", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="knowledge_uses", to="tickets.ticket"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="knowledge_uses",
                        to="tickets.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of knowledge",
                "verbose_name_plural": "uses of knowledge",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["template_key", "-at"], name="knowledge_use_of_template")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_checklist", True), ("template_key", "")),
                            models.Q(models.Q(("template_key", ""), _negated=True), ("is_checklist", False)),
                            _connector="OR",
                        ),
                        name="knowledge_use_of_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("picked_up", "Picked up"),
                            ("customs", "At customs"),
                            ("out_for_delivery", "Out for delivery"),
                            ("delivered", "Delivered"),
                            ("advisory", "Lane advisory"),
                        ],
                        max_length=24,
                        verbose_name="what",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting for daytime"), ("queued", "Written"), ("dropped", "Not told")],
                        default="waiting",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=24, verbose_name="why not")),
                ("happened_at", models.DateTimeField(verbose_name="happened")),
                ("due_at", models.DateTimeField(verbose_name="to be told")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "advisory",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="logistics.laneadvisory",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="logistics.customer"
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice",
                        to="tickets.message",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="logistics.shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["due_at", "id"], name="notice_due"),
                    models.Index(fields=["customer", "-made_at"], name="notice_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("advisory__isnull", True)),
                        fields=("shipment", "what"),
                        name="notice_status_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("advisory__isnull", False)),
                        fields=("customer", "advisory"),
                        name="notice_advisory_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("what__in", ["picked_up", "customs", "out_for_delivery", "delivered", "advisory"])
                        ),
                        name="notice_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("message__isnull", True), ("reason", ""), ("state", "waiting")),
                            models.Q(("message__isnull", False), ("reason", ""), ("state", "queued")),
                            models.Q(
                                ("message__isnull", True), ("state", "dropped"), models.Q(("reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="notice_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("advisory__isnull", False), ("what", "advisory")),
                            models.Q(
                                models.Q(("what", "advisory"), _negated=True),
                                ("advisory__isnull", True),
                                ("shipment__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="notice_advisory",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "whom",
                    models.CharField(
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
                            ("failed", "Did not arrive"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="called")),
                ("told_at", models.DateTimeField(null=True, verbose_name="told")),
                ("acknowledged_at", models.DateTimeField(null=True, verbose_name="acknowledged")),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="logistics.partnercontact",
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to="tickets.escalation",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.message"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pages", to="tickets.ticket"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "call",
                "verbose_name_plural": "calls",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["user", "-created_at"], name="page_open_of"
                    ),
                    models.Index(fields=["ticket", "-created_at"], name="page_of_ticket"),
                    models.Index(condition=models.Q(("state", "to_approve")), fields=["id"], name="page_to_approve"),
                    models.Index(
                        condition=models.Q(("partner__isnull", False)),
                        fields=["partner", "-created_at"],
                        name="page_of_partner",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "to_approve", "acknowledged", "withdrawn", "failed"])
                        ),
                        name="page_state",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("commercial_invoice", "Commercial invoice"),
                            ("packing_list", "Packing list"),
                            ("proof_of_payment", "Proof of payment"),
                            ("identity", "Identity document"),
                            ("tax_number", "Tax number of the importer"),
                            ("eori", "EORI number"),
                            ("power_of_attorney", "Power of attorney for the broker"),
                            ("certificate_of_origin", "Certificate of origin"),
                            ("product_description", "Product description and HS code"),
                            ("conformity", "Declaration of conformity"),
                            ("import_licence", "Import licence"),
                            ("photos", "Photos of the goods"),
                            ("packing_photos", "Photos of the packing"),
                            ("declaration", "Signed declaration of non-receipt"),
                            ("purchase_invoice", "Purchase invoice"),
                            ("return_declaration", "Customs declaration for the return"),
                            ("other", "Other paper"),
                        ],
                        max_length=32,
                        verbose_name="paper",
                    ),
                ),
                (
                    "asked_of",
                    models.CharField(
                        choices=[
                            ("us", "Us"),
                            ("customer", "Customer"),
                            ("shipper", "Shipper"),
                            ("carrier", "Carrier"),
                            ("broker", "Broker"),
                            ("customs", "Customs"),
                            ("warehouse", "Warehouse"),
                            ("finance", "Finance"),
                            ("nobody", "Nobody"),
                        ],
                        max_length=12,
                        verbose_name="asked of",
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[("missing", "Missing"), ("received", "Received")],
                        default="missing",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="asked")),
                ("received_at", models.DateTimeField(blank=True, null=True, verbose_name="received")),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "paper asked for",
                "verbose_name_plural": "papers asked for",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "type"), name="paper_request_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("received_at__isnull", True), ("state", "missing")),
                            models.Q(("received_at__isnull", False), ("state", "received")),
                            _connector="OR",
                        ),
                        name="paper_request_received_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("content_type", models.CharField(max_length=120, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size in bytes")),
                ("sha1", models.CharField(blank=True, max_length=40)),
                ("sha256", models.CharField(blank=True, db_index=True, max_length=64)),
                ("content_id", models.CharField(blank=True, max_length=255)),
                ("is_inline", models.BooleanField(default=False)),
                ("remote_id", models.CharField(blank=True, max_length=255)),
                ("refusal", models.CharField(blank=True, max_length=200, verbose_name="why not kept")),
                ("fetch_attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_fetch_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="tickets.message",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="tickets.paperrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "default_permissions": ("add", "view"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("refusal", ""), ("sha256", "")), fields=["id"], name="attachment_to_fetch"
                    ),
                    models.Index(
                        condition=models.Q(("partner__isnull", False)), fields=["partner"], name="attachment_of_partner"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sha256", ""), _negated=True),
                            models.Q(("refusal", ""), _negated=True),
                            models.Q(("remote_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="attachment_kept_refused_or_remote",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("joined_at", models.DateTimeField()),
                (
                    "identity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.channelidentity",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="logistics.partner",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="participants", to="tickets.ticket"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "participant",
                "verbose_name_plural": "participants",
                "indexes": [
                    models.Index(
                        condition=models.Q(("partner__isnull", False)),
                        fields=["partner", "ticket"],
                        name="participant_partner",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ticket", "user", "identity", "partner"),
                        name="participant_unique",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("identity__isnull", True), ("partner__isnull", True), ("user__isnull", False)),
                            models.Q(("identity__isnull", False), ("partner__isnull", True), ("user__isnull", True)),
                            models.Q(("identity__isnull", True), ("partner__isnull", False), ("user__isnull", True)),
                            _connector="OR",
                        ),
                        name="participant_is_one_party",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_away", models.BooleanField(default=False, verbose_name="away")),
                ("away_until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("changed_at", models.DateTimeField()),
                (
                    "stand_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="stand-in",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presence",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="common.businesscalendar",
                        verbose_name="calendar",
                    ),
                ),
            ],
            options={
                "verbose_name": "promise",
                "verbose_name_plural": "promises",
                "ordering": ["target", "order", "id"],
                "constraints": [
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(("duration__gt", datetime.timedelta(0))), name="promise_policy_duration"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("calendar__isnull", False), ("hours_of", "calendar")),
                            models.Q(models.Q(("hours_of", "calendar"), _negated=True), ("calendar__isnull", True)),
                            _connector="OR",
                        ),
                        name="promise_policy_calendar",
                    ),
                ],
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
                ("warned_percent", models.PositiveSmallIntegerField(default=0)),
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
                (
                    "calendar",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="common.businesscalendar",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="tickets.ticket"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="tickets.promisepolicy",
                    ),
                ),
            ],
            options={
                "verbose_name": "clock",
                "verbose_name_plural": "clocks",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("breached_at__isnull", True), ("due_at__isnull", False), ("ended_at__isnull", True)
                        ),
                        fields=["due_at", "id"],
                        name="clock_due",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("warn_at__isnull", False)),
                        fields=["warn_at", "id"],
                        name="clock_warn",
                    ),
                    models.Index(
                        condition=models.Q(("partner__isnull", False)),
                        fields=["partner", "started_at"],
                        name="clock_of_partner",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("partner__isnull", False)),
                        fields=["partner", "due_at"],
                        name="clock_owed_by_partner",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("ticket", "target"),
                        name="clock_one_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="clock_ended_has_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", False),
                            models.Q(("due_at__isnull", True), ("paused_since__isnull", False)),
                            models.Q(("due_at__isnull", False), ("paused_since__isnull", True)),
                            _connector="OR",
                        ),
                        name="clock_runs_or_is_paused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="clock_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RedeliveryBooking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="day")),
                ("window", models.CharField(blank=True, max_length=60, verbose_name="window")),
                ("booked_at", models.DateTimeField(verbose_name="booked")),
                ("failed_at", models.DateTimeField(blank=True, null=True, verbose_name="failed")),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("address", "Address wrong or incomplete"),
                            ("absent", "Nobody there"),
                            ("refused", "Refused"),
                            ("access", "No access"),
                            ("payment", "Payment missing"),
                            ("identification", "Identification missing"),
                            ("restricted_area", "Restricted area"),
                        ],
                        max_length=16,
                        verbose_name="problem",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "redelivery",
                "verbose_name_plural": "redeliveries",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(verbose_name="when")),
                ("text", models.CharField(max_length=300, verbose_name="what")),
                ("created_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="tickets.ticket"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(condition=models.Q(("done_at__isnull", True)), fields=["due_at"], name="reminder_due"),
                    models.Index(fields=["ticket", "due_at"], name="reminder_of_ticket"),
                ],
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
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_schedules",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reader",
                    ),
                ),
            ],
            options={
                "verbose_name": "report by mail",
                "verbose_name_plural": "reports by mail",
                "indexes": [
                    models.Index(condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="report_due")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("every__in", ["day", "week", "month"])), name="report_every"
                    ),
                    models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="report_weekday"),
                    models.CheckConstraint(condition=models.Q(("month_day__range", (1, 31))), name="report_month_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(verbose_name="was due")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("failure", models.CharField(blank=True, max_length=16, verbose_name="why not")),
                (
                    "message",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.message"
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="tickets.reportschedule"
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("schedule", "due_at"), name="report_run_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failure", ""), ("message__isnull", False)),
                            models.Q(("message__isnull", True), models.Q(("failure", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="report_run_sent_or_not",
                    ),
                ],
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
                (
                    "rota",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="layers",
                        to="tickets.rota",
                        verbose_name="rota",
                    ),
                ),
            ],
            options={
                "verbose_name": "layer of a rota",
                "verbose_name_plural": "layers of rotas",
                "ordering": ["rota", "order", "id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("turn_days__gte", 1)), name="rota_layer_turn"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("from_time__isnull", True), ("until_time__isnull", True)),
                            models.Q(("from_time__isnull", False), ("until_time__isnull", False)),
                            _connector="OR",
                        ),
                        name="rota_layer_hours",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RotaOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_at", models.DateTimeField(verbose_name="from")),
                ("until_at", models.DateTimeField(verbose_name="until")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "rota",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="overrides",
                        to="tickets.rota",
                        verbose_name="rota",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "override of a rota",
                "verbose_name_plural": "overrides of rotas",
                "ordering": ["from_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_at__gt", models.F("from_at"))), name="rota_override_interval"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RotaTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField(verbose_name="place")),
                (
                    "layer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="turns", to="tickets.rotalayer"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "turn",
                "verbose_name_plural": "turns",
                "ordering": ["layer", "place"],
                "constraints": [models.UniqueConstraint(fields=("layer", "place"), name="rota_turn_place")],
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
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="common.businesscalendar",
                        verbose_name="calendar",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "rule",
                "verbose_name_plural": "rules",
                "ordering": ["order", "id"],
                "permissions": [("switch_rules", "Can switch all rules off and on")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("trigger__in", ["event", "time", "schedule", "sending"])),
                        name="rule_trigger",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("trigger", "time"), _negated=True),
                            models.Q(models.Q(("anchor", ""), _negated=True), ("delay__isnull", False)),
                            _connector="OR",
                        ),
                        name="rule_time_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("shipped_key", ""), _negated=True),
                        fields=("shipped_key",),
                        name="rule_shipped_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleSwitch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField(default=True, verbose_name="rules work")),
                ("changed_at", models.DateTimeField(null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "switch for all rules",
                "verbose_name_plural": "switch for all rules",
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="rule_switch_one_row")],
            },
        ),
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("content", models.JSONField()),
                ("made_at", models.DateTimeField(verbose_name="saved")),
                ("backtested_at", models.DateTimeField(editable=False, null=True, verbose_name="backtested")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="tickets.rule"
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a rule",
                "verbose_name_plural": "versions of rules",
                "ordering": ["rule", "-number"],
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("rule", "number"), name="rule_version_unique")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("board", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, max_length=1500)),
                ("is_shared", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "permissions": [("view_dashboards", "May read the dashboards")],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "board", "name"), name="savedview_named_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ShippedRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "given",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=160), default=list, size=None
                    ),
                ),
                (
                    "group",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="auth.group"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="StaffReach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_email", models.BooleanField(default=True, verbose_name="call me by my work e-mail")),
                ("code_hash", models.CharField(blank=True, default="", max_length=64)),
                ("code_until", models.DateTimeField(null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reach", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "how a person is called",
                "verbose_name_plural": "how people are called",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code_hash", ""), _negated=True),
                        fields=("code_hash",),
                        name="staff_reach_code",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("score", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="mark")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                (
                    "via",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("admin", "Desk"),
                            ("api", "API"),
                            ("portal", "Partner's pages"),
                            ("channel", "Channel"),
                            ("link", "Customer's link"),
                            ("scan", "Scan"),
                            ("rule", "Rule"),
                            ("clock", "Clock"),
                            ("command", "Command"),
                        ],
                        max_length=12,
                        verbose_name="through",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.message",
                        verbose_name="question",
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="survey_answer",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "survey answer",
                "verbose_name_plural": "survey answers",
                "indexes": [models.Index(fields=["-answered_at", "-id"], name="survey_answer_latest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("score__isnull", True)),
                            models.Q(("answered_at__isnull", False), ("score__range", (1, 5))),
                            _connector="OR",
                        ),
                        name="survey_answer_has_score",
                    )
                ],
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
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.customer"
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="survey_request", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "question to a customer",
                "verbose_name_plural": "questions to customers",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["due_at", "id"], name="survey_request_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "dropped"), models.Q(("reason", ""), _negated=True)),
                            models.Q(("reason", ""), ("state__in", ["waiting", "asked"])),
                            _connector="OR",
                        ),
                        name="survey_request_state",
                    )
                ],
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
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="survey_settings_one_row")],
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
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.team"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("capacity", models.PositiveSmallIntegerField(default=30, verbose_name="capacity")),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        blank=True,
                        default=list,
                        help_text="Empty: those of the team.",
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="skills",
                    ),
                ),
                ("is_lead", models.BooleanField(default=False, verbose_name="leads the team")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="tickets.team",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "constraints": [models.UniqueConstraint(fields=("team", "user"), name="membership_unique")],
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
                    "after_urgent",
                    models.DurationField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(datetime.timedelta(0))],
                        verbose_name="after, when urgent",
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
                (
                    "role",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auth.group",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="levels",
                        to="tickets.escalationpolicy",
                    ),
                ),
                (
                    "rota",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.rota",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.team",
                    ),
                ),
            ],
            options={
                "verbose_name": "level of an escalation",
                "verbose_name_plural": "levels of escalations",
                "ordering": ["policy", "order"],
                "constraints": [
                    models.UniqueConstraint(fields=("policy", "order"), name="escalation_level_order"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("whom", "person"), _negated=True), ("user__isnull", False), _connector="OR"
                            ),
                            models.Q(
                                models.Q(("whom", "role"), _negated=True), ("role__isnull", False), _connector="OR"
                            ),
                            models.Q(
                                models.Q(("whom", "team"), _negated=True), ("team__isnull", False), _connector="OR"
                            ),
                            models.Q(
                                models.Q(("whom", "on_call"), _negated=True), ("rota__isnull", False), _connector="OR"
                            ),
                        ),
                        name="escalation_level_whom",
                    ),
                ],
            },
        ),
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
                (
                    "partner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.partner"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="breaches", to="tickets.ticket"
                    ),
                ),
                (
                    "clock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="breach", to="tickets.clock"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="tickets.team"
                    ),
                ),
            ],
            options={
                "verbose_name": "missed promise",
                "verbose_name_plural": "missed promises",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["-due_at", "-id"], name="breach_latest")],
            },
        ),
        migrations.CreateModel(
            name="TicketEventContent",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="content",
                        serialize=False,
                        to="tickets.ticketevent",
                    ),
                ),
                ("salt", models.BinaryField(max_length=16)),
                ("content", models.JSONField()),
            ],
            options={
                "verbose_name": "event's personal content",
                "verbose_name_plural": "events' personal content",
                "default_permissions": (),
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
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="tickets.rule"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rule_runs", to="tickets.ticket"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.ticketevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "run of a rule",
                "verbose_name_plural": "runs of rules",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["ticket", "-at"], name="rule_run_of_ticket"),
                    models.Index(fields=["-at", "-id"], name="rule_run_latest"),
                    models.Index(fields=["rule", "-at"], name="rule_run_of_rule"),
                ],
                "constraints": [models.UniqueConstraint(fields=("rule", "ticket", "occasion"), name="rule_run_once")],
            },
        ),
        migrations.CreateModel(
            name="PartnerEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField(verbose_name="number")),
                ("type", models.CharField(max_length=40, verbose_name="what")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("is_handed_on", models.BooleanField(default=False)),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partner_events",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.ticketevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "event for a partner",
                "verbose_name_plural": "events for partners",
                "ordering": ["id"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_handed_on", False)), fields=["id"], name="partner_event_to_hand_on"
                    ),
                    models.Index(fields=["partner", "at", "id"], name="partner_event_of_partner"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "partner", "sequence"), name="partner_event_sequence"),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gte", 1)), name="partner_event_sequence_from_1"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketFacts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                (
                    "kind",
                    models.CharField(
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
                ),
                ("state", models.CharField(max_length=32)),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("active", "Active"),
                            ("waiting", "Waiting"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "waiting_on",
                    models.CharField(
                        choices=[
                            ("us", "Us"),
                            ("customer", "Customer"),
                            ("shipper", "Shipper"),
                            ("carrier", "Carrier"),
                            ("broker", "Broker"),
                            ("customs", "Customs"),
                            ("warehouse", "Warehouse"),
                            ("finance", "Finance"),
                            ("nobody", "Nobody"),
                        ],
                        max_length=12,
                    ),
                ),
                ("cause", models.CharField(blank=True, max_length=24)),
                ("resolution", models.CharField(blank=True, max_length=16)),
                (
                    "priority",
                    models.PositiveSmallIntegerField(choices=[(1, "Urgent"), (2, "High"), (3, "Normal"), (4, "Low")]),
                ),
                ("tier", models.CharField(blank=True, max_length=12)),
                ("customer_id", models.BigIntegerField(null=True)),
                ("shipment_id", models.BigIntegerField(null=True)),
                ("carrier_id", models.BigIntegerField(null=True)),
                ("team_id", models.BigIntegerField(null=True)),
                ("assignee_id", models.BigIntegerField(null=True)),
                ("language", models.CharField(blank=True, max_length=12)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("channel", models.CharField(blank=True, max_length=40)),
                ("origin", models.CharField(blank=True, max_length=2)),
                ("destination", models.CharField(blank=True, max_length=2)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                (
                    "word_hits",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), default=list, size=None
                    ),
                ),
                ("is_unanswered", models.BooleanField(default=False)),
                ("is_snoozed", models.BooleanField(default=False)),
                ("reopened_count", models.PositiveSmallIntegerField(default=0)),
                ("recent_tickets", models.PositiveSmallIntegerField(default=0)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "facts",
                "verbose_name_plural": "facts",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("ticket",),
                        name="ticket_facts_one_current",
                    ),
                    models.UniqueConstraint(fields=("ticket", "valid_from"), name="ticket_facts_from"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="ticket_facts_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("follows", "Follows"),
                            ("merged_into", "Merged into"),
                            ("converted_to", "Converted to"),
                            ("split_from", "Split from"),
                            ("opened_by", "Opened by"),
                        ],
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "from_ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links_out", to="tickets.ticket"
                    ),
                ),
                (
                    "to_ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links_in", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name": "link between tickets",
                "verbose_name_plural": "links between tickets",
                "constraints": [
                    models.UniqueConstraint(fields=("from_ticket", "to_ticket", "type"), name="ticket_link_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("from_ticket", models.F("to_ticket")), _negated=True),
                        name="ticket_link_not_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.URLField(max_length=500)),
                ("body", models.JSONField()),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting to be sent"), ("taken", "Taken"), ("given_up", "Given up")],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="webhook_calls", to="tickets.rulerun"
                    ),
                ),
            ],
            options={
                "verbose_name": "call of a webhook",
                "verbose_name_plural": "calls of webhooks",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_attempt_at__isnull", False)),
                        fields=["next_attempt_at"],
                        name="webhook_call_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_attempt_at__isnull", False), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("next_attempt_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="webhook_call_waits_for_its_moment",
                    )
                ],
            },
        ),
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
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audits",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "monthly audit",
                "verbose_name_plural": "monthly audits",
                "ordering": ["-month", "about", "partner", "channel"],
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "about", "partner", "channel"), name="audit_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about", "partner"), ("partner__isnull", False)),
                            models.Q(
                                ("about", "channel"),
                                ("partner__isnull", True),
                                models.Q(("channel", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="audit_about",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decision", "")),
                            models.Q(models.Q(("decision", ""), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="audit_decided",
                    ),
                ],
            },
        ),
    ]
