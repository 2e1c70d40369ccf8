import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import django_fsm
from django.conf import settings
from django.db import migrations, models

import common.models.user


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("common", "0001_initial"),
        ("common", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        max_length=12,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z]{2,3}(-[A-Za-z0-9]+)*$", "Write the language as BCP 47, like de or zh-Hans."
                            )
                        ],
                        verbose_name="language",
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
                (
                    "country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Write the country as two capital letters (ISO 3166), like DE."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        choices=[("standard", "Standard"), ("vip", "VIP")],
                        default="standard",
                        max_length=12,
                        verbose_name="tier",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "wants_notices",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Picked up, at customs, out for delivery, delivered: told on their channel, in their daytime.",
                        verbose_name="wants to be told how parcels move",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased")),
                (
                    "account_manager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account manager",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Upper("name"), name="gin_trgm_ops"
                        ),
                        name="customer_name_trgm",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("tier__in", ["standard", "vip"])), name="customer_tier")
                ],
            },
        ),
        migrations.CreateModel(
            name="LaneAdvisory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "origin_country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Write the country as two capital letters (ISO 3166), like DE."
                            )
                        ],
                        verbose_name="from",
                    ),
                ),
                (
                    "destination_country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Write the country as two capital letters (ISO 3166), like DE."
                            )
                        ],
                        verbose_name="to",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("weather", "Weather"),
                            ("congestion", "Congestion"),
                            ("capacity", "No capacity"),
                            ("customs_queue", "Customs queue"),
                            ("strike", "Strike"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                        verbose_name="cause",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from when")),
                ("ends_at", models.DateTimeField(verbose_name="until about")),
                ("note", models.TextField(blank=True, verbose_name="note for staff")),
                ("tells_customers", models.BooleanField(default=True, verbose_name="tell the customers")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="entered"),
                ),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True, verbose_name="withdrawn")),
                ("tickets_through", models.BigIntegerField(default=0, editable=False)),
                ("shipments_through", models.BigIntegerField(default=0, editable=False)),
                (
                    "created_by",
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
                "verbose_name": "lane advisory",
                "verbose_name_plural": "lane advisories",
                "ordering": ["-starts_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cause__in", ["weather", "congestion", "capacity", "customs_queue", "strike", "other"])
                        ),
                        name="lane_advisory_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="lane_advisory_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("origin_country", ""), _negated=True),
                            models.Q(("destination_country", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="lane_advisory_has_a_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("carrier", "Carrier"),
                            ("warehouse", "Warehouse"),
                            ("broker", "Customs broker"),
                            ("agent", "Overseas agent"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Write the country as two capital letters (ISO 3166), like DE."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        default="en",
                        max_length=12,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z]{2,3}(-[A-Za-z0-9]+)*$", "Write the language as BCP 47, like de or zh-Hans."
                            )
                        ],
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
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["carrier", "warehouse", "broker", "agent"])),
                        name="partner_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundBooking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "our_number",
                    models.CharField(
                        blank=True,
                        help_text="The order or purchase it belongs to.",
                        max_length=64,
                        verbose_name="our number",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=5000, verbose_name="note")),
                (
                    "awaiting",
                    models.CharField(
                        choices=[("partner", "Partner"), ("us", "Us"), ("nobody", "Nobody")],
                        default="partner",
                        max_length=12,
                        verbose_name="waiting on",
                    ),
                ),
                ("state_since", models.DateTimeField(verbose_name="in this state since")),
                ("answer_due_at", models.DateTimeField(blank=True, null=True, verbose_name="answer due")),
                ("overdue_at", models.DateTimeField(blank=True, null=True, verbose_name="noticed as overdue")),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("event_sequence", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("announced", "Announced"),
                            ("countered", "Other slot offered"),
                            ("confirmed", "Confirmed"),
                            ("arrived", "Arrived"),
                            ("received", "Received with differences"),
                            ("closed", "Closed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="announced",
                        max_length=24,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("expected_at", models.DateTimeField(verbose_name="expected to arrive")),
                ("slot_from", models.DateTimeField(blank=True, null=True, verbose_name="slot from")),
                ("slot_to", models.DateTimeField(blank=True, null=True, verbose_name="slot until")),
                ("packages", models.PositiveIntegerField(blank=True, null=True, verbose_name="packages")),
                ("tracking_number", models.CharField(blank=True, max_length=64, verbose_name="tracking number")),
                ("arrived_at", models.DateTimeField(blank=True, null=True, verbose_name="arrived")),
                ("received_at", models.DateTimeField(blank=True, null=True, verbose_name="received")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "inbound booking",
                "verbose_name_plural": "inbound bookings",
                "permissions": [("work_warehouse_orders", "Can open and move bookings, counts and instructions")],
                "indexes": [
                    models.Index(fields=["partner", "-id"], name="booking_of_partner"),
                    models.Index(
                        condition=models.Q(("awaiting", "nobody"), _negated=True),
                        fields=["awaiting", "answer_due_at"],
                        name="booking_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("answer_due_at__isnull", False), ("overdue_at__isnull", True)),
                        fields=["answer_due_at"],
                        name="booking_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("awaiting", "partner"), ("state", "announced")),
                            models.Q(("awaiting", "us"), ("state", "countered")),
                            models.Q(("awaiting", "partner"), ("state", "confirmed")),
                            models.Q(("awaiting", "partner"), ("state", "arrived")),
                            models.Q(("awaiting", "us"), ("state", "received")),
                            models.Q(("awaiting", "nobody"), ("state", "closed")),
                            models.Q(("awaiting", "nobody"), ("state", "cancelled")),
                            _connector="OR",
                        ),
                        name="booking_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_due_at__isnull", True),
                            ("state__in", ["announced", "confirmed", "arrived"]),
                            _connector="OR",
                        ),
                        name="booking_due_while_theirs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("overdue_at__isnull", True), ("answer_due_at__isnull", False), _connector="OR"
                        ),
                        name="booking_overdue_has_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state__in", ["closed", "cancelled"])),
                            models.Q(
                                ("ended_at__isnull", True),
                                models.Q(("state__in", ["closed", "cancelled"]), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="booking_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("slot_from__isnull", True), ("slot_to__isnull", True)),
                            ("slot_from__lt", models.F("slot_to")),
                            _connector="OR",
                        ),
                        name="booking_slot",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["countered", "confirmed"]), _negated=True),
                            ("slot_from__isnull", False),
                            _connector="OR",
                        ),
                        name="booking_has_slot",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=64, verbose_name="item")),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                ("expected_units", models.PositiveIntegerField(verbose_name="units expected")),
                ("received_units", models.PositiveIntegerField(blank=True, null=True, verbose_name="units received")),
                ("damaged_units", models.PositiveIntegerField(blank=True, null=True, verbose_name="of these damaged")),
                ("remark", models.CharField(blank=True, max_length=300, verbose_name="remark")),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="logistics.inboundbooking"
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ["id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("work", "item"), name="booking_line_item"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("damaged_units__isnull", True),
                            ("damaged_units__lte", models.F("received_units")),
                            _connector="OR",
                        ),
                        name="booking_line_damaged",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField(verbose_name="number")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("type", models.CharField(max_length=40, verbose_name="what")),
                ("from_state", models.CharField(blank=True, max_length=24, verbose_name="from")),
                ("to_state", models.CharField(blank=True, max_length=24, verbose_name="to")),
                (
                    "who_kind",
                    models.CharField(
                        choices=[("staff", "Staff"), ("partner", "Partner"), ("system", "Clearway")],
                        max_length=12,
                        verbose_name="who",
                    ),
                ),
                ("who_id", models.BigIntegerField(blank=True, null=True)),
                ("who_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("admin", "Admin"),
                            ("api", "API"),
                            ("portal", "Portal"),
                            ("clock", "Clock"),
                            ("work", "Other warehouse work"),
                        ],
                        max_length=12,
                        verbose_name="via",
                    ),
                ),
                ("content", models.JSONField(default=dict, verbose_name="content")),
                ("is_handed_on", models.BooleanField(db_default=False, default=False, editable=False)),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="logistics.inboundbooking",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["sequence"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_handed_on", False)), fields=["id"], name="booking_event_to_hand_on"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("work", "sequence"), name="booking_event_sequence"),
                    models.CheckConstraint(
                        condition=models.Q(("who_kind__in", ["staff", "partner", "system"])), name="booking_event_who"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("via__in", ["admin", "api", "portal", "clock", "work"])),
                        name="booking_event_via",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingFlow",
            fields=[],
            options={
                "verbose_name": "inbound booking",
                "verbose_name_plural": "inbound bookings",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("logistics.inboundbooking",),
        ),
        migrations.CreateModel(
            name="Carrier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "stale_after_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="After so many days without a scan a parcel counts as stuck.",
                        verbose_name="days without a scan",
                    ),
                ),
                (
                    "late_grace_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="So long after the promised day a parcel counts as late.",
                        verbose_name="grace in hours",
                    ),
                ),
                (
                    "max_delivery_attempts",
                    models.PositiveSmallIntegerField(default=3, verbose_name="delivery attempts"),
                ),
                (
                    "aggregator_codes",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='For example {"seventeentrack": 100003}.',
                        verbose_name="codes at aggregators",
                    ),
                ),
                (
                    "partner",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="carrier",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "carrier",
                "verbose_name_plural": "carriers",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="What it is used for, or where it lies.", max_length=120, verbose_name="name"
                    ),
                ),
                ("prefix", models.CharField(editable=False, max_length=16, unique=True, verbose_name="prefix")),
                ("hash", models.BinaryField(max_length=32)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("read", "Read"),
                                ("answer", "Answer and act on tickets"),
                                ("scans", "Push scans"),
                                ("stock", "Bookings, stock and instructions"),
                                ("webhooks", "Manage webhooks"),
                                ("tickets", "Create tickets, customers and messages"),
                                ("export", "Search and export"),
                            ],
                            max_length=12,
                        ),
                        size=None,
                        verbose_name="scopes",
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="revoked at")),
                ("last_used_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last used")),
                (
                    "last_used_from",
                    models.GenericIPAddressField(blank=True, editable=False, null=True, verbose_name="last used from"),
                ),
                (
                    "allowed_networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43),
                        blank=True,
                        default=list,
                        help_text="Addresses or networks, like 203.0.113.7 or 203.0.113.0/24; empty: from everywhere.",
                        size=None,
                        verbose_name="allowed networks",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="issued")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="issued by",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="logistics.apikey",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        help_text="A person of ours, with whose permissions an integration works.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="acts as",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "verbose_name_plural": "API keys",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("partner__isnull", False), ("user__isnull", True)),
                            models.Q(("partner__isnull", True), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="api_key_one_holder",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "scopes__contained_by",
                                ["read", "answer", "scans", "stock", "webhooks", "tickets", "export"],
                            ),
                            ("scopes__len__gt", 0),
                        ),
                        name="api_key_scopes",
                    ),
                ],
            },
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
                    "stock_tolerance_units",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="A smaller difference is taken as it is.",
                        verbose_name="units a stock may differ by",
                    ),
                ),
                (
                    "stock_tolerance_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="or percent of what is expected",
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
                    models.CheckConstraint(
                        condition=models.Q(("stock_tolerance_percent__lte", 100)), name="agreement_stock_tolerance"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        max_length=12,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z]{2,3}(-[A-Za-z0-9]+)*$", "Write the language as BCP 47, like de or zh-Hans."
                            )
                        ],
                        verbose_name="language",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("desk", "Desk"),
                            ("supervisor", "Supervisor"),
                            ("public", "Public account"),
                            ("association", "Association or broker above them"),
                        ],
                        default="desk",
                        max_length=12,
                        verbose_name="part",
                    ),
                ),
                ("is_primary", models.BooleanField(default=False, verbose_name="first to be asked")),
                (
                    "is_active",
                    models.BooleanField(
                        db_default=True,
                        default=True,
                        help_text="Whoever is not is called no more, and locked out of the partner's pages at once.",
                        verbose_name="active",
                    ),
                ),
                (
                    "backup",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="logistics.partnercontact",
                        verbose_name="backup",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="partner_contact",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="signs in as",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner's contact",
                "verbose_name_plural": "partner's contacts",
                "ordering": ["-is_primary", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_primary", True)),
                        fields=("partner",),
                        name="partner_contact_one_primary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("backup__isnull", True),
                            models.Q(("backup", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="partner_contact_backup_other",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PushedScan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tracking_number", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("offset_minutes", models.SmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unknown", "Unknown"),
                            ("info_received", "Information received"),
                            ("picked_up", "Picked up"),
                            ("in_transit", "In transit"),
                            ("customs", "At customs"),
                            ("out_for_delivery", "Out for delivery"),
                            ("attempt_failed", "Delivery attempt failed"),
                            ("available_for_pickup", "Available for pickup"),
                            ("delivered", "Delivered"),
                            ("returning", "On its way back"),
                            ("returned", "Returned"),
                            ("exception", "Exception"),
                            ("expired", "Expired"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No reason given"),
                            ("customs_hold", "Held by customs"),
                            ("customs_inspection", "Inspected by customs"),
                            ("documents_required", "Documents required"),
                            ("duties_due", "Duties due"),
                            ("customs_released", "Released by customs"),
                            ("customs_refused", "Refused by customs"),
                            ("weather", "Weather"),
                            ("congestion", "Congestion"),
                            ("capacity", "No capacity"),
                            ("strike", "Strike"),
                            ("missed_connection", "Missed connection"),
                            ("carrier_error", "Carrier's error"),
                            ("address", "Address wrong or incomplete"),
                            ("absent", "Nobody there"),
                            ("refused", "Refused by the consignee"),
                            ("access", "No access"),
                            ("payment", "Payment on delivery missing"),
                            ("identification", "Identification missing"),
                            ("restricted_area", "Restricted area"),
                            ("lost", "Lost"),
                            ("damaged", "Damaged"),
                            ("stolen", "Stolen"),
                            ("destroyed", "Destroyed"),
                            ("cancelled", "Cancelled"),
                            ("delayed", "Delayed"),
                            ("security", "Security check"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("nobody", "Nobody"),
                            ("carrier", "Carrier"),
                            ("shipper", "Shipper"),
                            ("consignee", "Consignee"),
                            ("customs", "Customs"),
                            ("weather", "Weather"),
                            ("force_majeure", "Force majeure"),
                        ],
                        default="nobody",
                        max_length=16,
                    ),
                ),
                ("location", models.CharField(blank=True, max_length=200)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("raw_code", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField(blank=True)),
                ("received_at", models.DateTimeField()),
                ("refusal", models.CharField(blank=True, max_length=40)),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="logistics.partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "pushed scan",
                "verbose_name_plural": "pushed scans",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(condition=models.Q(("refusal", "")), fields=["id"], name="pushed_scan_waiting"),
                    models.Index(
                        condition=models.Q(("refusal", ""), _negated=True),
                        fields=["received_at"],
                        name="pushed_scan_refused",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", ""), _negated=True),
                            models.Q(("raw_code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="pushed_scan_says_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tracking_number", models.CharField(max_length=64, unique=True, verbose_name="tracking number")),
                (
                    "order_number",
                    models.CharField(blank=True, db_index=True, max_length=64, verbose_name="order number"),
                ),
                (
                    "origin_country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Write the country as two capital letters (ISO 3166), like DE."
                            )
                        ],
                        verbose_name="origin",
                    ),
                ),
                (
                    "destination_country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Write the country as two capital letters (ISO 3166), like DE."
                            )
                        ],
                        verbose_name="destination",
                    ),
                ),
                (
                    "terms",
                    models.CharField(
                        blank=True,
                        choices=[("DAP", "DAP: the customer pays duties"), ("DDP", "DDP: we pay duties")],
                        max_length=3,
                        verbose_name="delivery terms",
                    ),
                ),
                ("contents", models.CharField(blank=True, max_length=300, verbose_name="contents")),
                (
                    "declared_value",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="declared value"
                    ),
                ),
                ("declared_currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unknown", "Unknown"),
                            ("info_received", "Information received"),
                            ("picked_up", "Picked up"),
                            ("in_transit", "In transit"),
                            ("customs", "At customs"),
                            ("out_for_delivery", "Out for delivery"),
                            ("attempt_failed", "Delivery attempt failed"),
                            ("available_for_pickup", "Available for pickup"),
                            ("delivered", "Delivered"),
                            ("returning", "On its way back"),
                            ("returned", "Returned"),
                            ("exception", "Exception"),
                            ("expired", "Expired"),
                        ],
                        default="unknown",
                        editable=False,
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No reason given"),
                            ("customs_hold", "Held by customs"),
                            ("customs_inspection", "Inspected by customs"),
                            ("documents_required", "Documents required"),
                            ("duties_due", "Duties due"),
                            ("customs_released", "Released by customs"),
                            ("customs_refused", "Refused by customs"),
                            ("weather", "Weather"),
                            ("congestion", "Congestion"),
                            ("capacity", "No capacity"),
                            ("strike", "Strike"),
                            ("missed_connection", "Missed connection"),
                            ("carrier_error", "Carrier's error"),
                            ("address", "Address wrong or incomplete"),
                            ("absent", "Nobody there"),
                            ("refused", "Refused by the consignee"),
                            ("access", "No access"),
                            ("payment", "Payment on delivery missing"),
                            ("identification", "Identification missing"),
                            ("restricted_area", "Restricted area"),
                            ("lost", "Lost"),
                            ("damaged", "Damaged"),
                            ("stolen", "Stolen"),
                            ("destroyed", "Destroyed"),
                            ("cancelled", "Cancelled"),
                            ("delayed", "Delayed"),
                            ("security", "Security check"),
                            ("other", "Other"),
                        ],
                        editable=False,
                        max_length=24,
                        verbose_name="reason",
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("nobody", "Nobody"),
                            ("carrier", "Carrier"),
                            ("shipper", "Shipper"),
                            ("consignee", "Consignee"),
                            ("customs", "Customs"),
                            ("weather", "Weather"),
                            ("force_majeure", "Force majeure"),
                        ],
                        default="nobody",
                        editable=False,
                        max_length=16,
                        verbose_name="fault",
                    ),
                ),
                (
                    "last_event_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last scan"),
                ),
                ("promised_date", models.DateField(blank=True, null=True, verbose_name="promised day")),
                (
                    "estimated_from",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="expected from"),
                ),
                (
                    "estimated_to",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="expected to"),
                ),
                ("delivered_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="delivered")),
                ("next_check_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "carrier",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="logistics.carrier",
                        verbose_name="carrier",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="logistics.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "shipment",
                "verbose_name_plural": "shipments",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["next_check_at"],
                        name="shipment_next_check",
                    ),
                    models.Index(fields=["customer", "-created_at"], name="shipment_of_customer"),
                    models.Index(fields=["created_at"], name="shipment_created"),
                    models.Index(
                        condition=models.Q(("delivered_at__isnull", False)),
                        fields=["delivered_at"],
                        name="shipment_delivered",
                    ),
                    models.Index(fields=["carrier", "id"], name="shipment_of_carrier"),
                    models.Index(
                        condition=models.Q(("delivered_at__isnull", True), ("last_event_at__isnull", False)),
                        fields=["last_event_at"],
                        name="shipment_last_scan",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("status__in", ["info_received", "picked_up", "in_transit", "customs", "exception"])
                        ),
                        fields=["destination_country", "origin_country", "id"],
                        name="shipment_on_lane",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "unknown",
                                    "info_received",
                                    "picked_up",
                                    "in_transit",
                                    "customs",
                                    "out_for_delivery",
                                    "attempt_failed",
                                    "available_for_pickup",
                                    "delivered",
                                    "returning",
                                    "returned",
                                    "exception",
                                    "expired",
                                ],
                            )
                        ),
                        name="shipment_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "",
                                    "customs_hold",
                                    "customs_inspection",
                                    "documents_required",
                                    "duties_due",
                                    "customs_released",
                                    "customs_refused",
                                    "weather",
                                    "congestion",
                                    "capacity",
                                    "strike",
                                    "missed_connection",
                                    "carrier_error",
                                    "address",
                                    "absent",
                                    "refused",
                                    "access",
                                    "payment",
                                    "identification",
                                    "restricted_area",
                                    "lost",
                                    "damaged",
                                    "stolen",
                                    "destroyed",
                                    "cancelled",
                                    "delayed",
                                    "security",
                                    "other",
                                ],
                            )
                        ),
                        name="shipment_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("declared_value__isnull", True),
                            models.Q(("declared_currency", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="shipment_value_has_currency",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unknown", "Unknown"),
                            ("info_received", "Information received"),
                            ("picked_up", "Picked up"),
                            ("in_transit", "In transit"),
                            ("customs", "At customs"),
                            ("out_for_delivery", "Out for delivery"),
                            ("attempt_failed", "Delivery attempt failed"),
                            ("available_for_pickup", "Available for pickup"),
                            ("delivered", "Delivered"),
                            ("returning", "On its way back"),
                            ("returned", "Returned"),
                            ("exception", "Exception"),
                            ("expired", "Expired"),
                        ],
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened")),
                ("noticed_at", models.DateTimeField(verbose_name="noticed")),
                ("handled_at", models.DateTimeField(null=True, verbose_name="handled")),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="movements", to="logistics.shipment"
                    ),
                ),
            ],
            options={
                "verbose_name": "movement",
                "verbose_name_plural": "movements",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("handled_at__isnull", True)), fields=["id"], name="movement_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("shipment", "status"), name="movement_once"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["picked_up", "customs", "out_for_delivery", "delivered"])),
                        name="movement_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("customs_hold", "Customs hold"),
                            ("delayed", "Delayed by the carrier"),
                            ("late", "Late"),
                            ("stale", "No scan"),
                            ("lost", "Lost"),
                            ("damaged", "Damaged"),
                            ("attempt_failed", "Delivery attempt failed"),
                            ("returning", "Unexpected return"),
                            ("stock_difference", "Stock difference"),
                            ("instruction_refused", "Instruction refused"),
                            ("stock_not_reported", "Stock not reported"),
                            ("inspection_started", "Customs inspection started"),
                            ("released", "Released by customs"),
                            ("delivered", "Delivered"),
                            ("arrived_back", "Arrived back"),
                        ],
                        max_length=24,
                        verbose_name="type",
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                (
                    "evidence",
                    models.JSONField(
                        default=dict, help_text="What was seen: scans, dates, differences.", verbose_name="evidence"
                    ),
                ),
                ("dedupe_key", models.CharField(max_length=160, unique=True)),
                ("happened_at", models.DateTimeField(verbose_name="happened")),
                ("noticed_at", models.DateTimeField(verbose_name="noticed")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("noticed", "Noticed"),
                            ("handled", "Handled"),
                            ("nothing_to_do", "Nothing to do"),
                            ("failed", "Failed"),
                        ],
                        default="noticed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("handled_at", models.DateTimeField(blank=True, null=True, verbose_name="handled")),
                ("outcome", models.CharField(blank=True, max_length=300, verbose_name="what became of it")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "shipment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="incidents",
                        to="logistics.shipment",
                        verbose_name="shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "incident",
                "verbose_name_plural": "incidents",
                "indexes": [
                    models.Index(condition=models.Q(("state", "noticed")), fields=["id"], name="incident_waiting")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "type__in",
                                [
                                    "customs_hold",
                                    "delayed",
                                    "late",
                                    "stale",
                                    "lost",
                                    "damaged",
                                    "attempt_failed",
                                    "returning",
                                    "stock_difference",
                                    "instruction_refused",
                                    "stock_not_reported",
                                    "inspection_started",
                                    "released",
                                    "delivered",
                                    "arrived_back",
                                ],
                            )
                        ),
                        name="incident_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["noticed", "handled", "nothing_to_do", "failed"])),
                        name="incident_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShipmentInstruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "our_number",
                    models.CharField(
                        blank=True,
                        help_text="The order or purchase it belongs to.",
                        max_length=64,
                        verbose_name="our number",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=5000, verbose_name="note")),
                (
                    "awaiting",
                    models.CharField(
                        choices=[("partner", "Partner"), ("us", "Us"), ("nobody", "Nobody")],
                        default="partner",
                        max_length=12,
                        verbose_name="waiting on",
                    ),
                ),
                ("state_since", models.DateTimeField(verbose_name="in this state since")),
                ("answer_due_at", models.DateTimeField(blank=True, null=True, verbose_name="answer due")),
                ("overdue_at", models.DateTimeField(blank=True, null=True, verbose_name="noticed as overdue")),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("event_sequence", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("sent", "Sent"),
                            ("acknowledged", "Acknowledged"),
                            ("picked", "Picked"),
                            ("dispatched", "Dispatched"),
                            ("refused", "Refused"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="sent",
                        max_length=24,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("recipient", models.CharField(max_length=200, verbose_name="recipient")),
                ("address", models.TextField(max_length=1000, verbose_name="address")),
                (
                    "country",
                    models.CharField(
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Write the country as two capital letters (ISO 3166), like DE."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                ("ship_by", models.DateTimeField(blank=True, null=True, verbose_name="ship by")),
                ("tracking_number", models.CharField(blank=True, max_length=64, verbose_name="tracking number")),
                ("dispatched_at", models.DateTimeField(blank=True, null=True, verbose_name="dispatched")),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("out_of_stock", "Not in stock"),
                            ("damaged", "Goods damaged"),
                            ("address", "Address wrong or incomplete"),
                            ("restricted", "Goods may not be shipped there"),
                            ("papers", "Papers missing"),
                            ("carrier", "Carrier does not take it"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                        verbose_name="why refused",
                    ),
                ),
                ("refusal_note", models.TextField(blank=True, max_length=5000, verbose_name="refused because")),
                (
                    "carrier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.carrier",
                        verbose_name="carrier",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.shipment",
                        verbose_name="shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "shipment instruction",
                "verbose_name_plural": "shipment instructions",
                "indexes": [
                    models.Index(fields=["partner", "-id"], name="instruction_of_partner"),
                    models.Index(
                        condition=models.Q(("awaiting", "nobody"), _negated=True),
                        fields=["awaiting", "answer_due_at"],
                        name="instruction_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("answer_due_at__isnull", False), ("overdue_at__isnull", True)),
                        fields=["answer_due_at"],
                        name="instruction_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("awaiting", "partner"), ("state", "sent")),
                            models.Q(("awaiting", "partner"), ("state", "acknowledged")),
                            models.Q(("awaiting", "partner"), ("state", "picked")),
                            models.Q(("awaiting", "nobody"), ("state", "dispatched")),
                            models.Q(("awaiting", "us"), ("state", "refused")),
                            models.Q(("awaiting", "nobody"), ("state", "cancelled")),
                            _connector="OR",
                        ),
                        name="instruction_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_due_at__isnull", True),
                            ("state__in", ["sent", "acknowledged", "picked"]),
                            _connector="OR",
                        ),
                        name="instruction_due_while_theirs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("overdue_at__isnull", True), ("answer_due_at__isnull", False), _connector="OR"
                        ),
                        name="instruction_overdue_has_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state__in", ["dispatched", "cancelled"])),
                            models.Q(
                                ("ended_at__isnull", True),
                                models.Q(("state__in", ["dispatched", "cancelled"]), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="instruction_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "dispatched"), _negated=True),
                            models.Q(
                                models.Q(("tracking_number", ""), _negated=True), ("dispatched_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="instruction_dispatched",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(models.Q(("state", "refused"), _negated=True), ("refusal", "")),
                            (
                                "refusal__in",
                                ["out_of_stock", "damaged", "address", "restricted", "papers", "carrier", "other"],
                            ),
                            _connector="OR",
                        ),
                        name="instruction_refusal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InstructionLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=64, verbose_name="item")),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                ("units", models.PositiveIntegerField(verbose_name="units")),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="logistics.shipmentinstruction",
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ["id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("work", "item"), name="instruction_line_item"),
                    models.CheckConstraint(condition=models.Q(("units__gt", 0)), name="instruction_line_units"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InstructionEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField(verbose_name="number")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("type", models.CharField(max_length=40, verbose_name="what")),
                ("from_state", models.CharField(blank=True, max_length=24, verbose_name="from")),
                ("to_state", models.CharField(blank=True, max_length=24, verbose_name="to")),
                (
                    "who_kind",
                    models.CharField(
                        choices=[("staff", "Staff"), ("partner", "Partner"), ("system", "Clearway")],
                        max_length=12,
                        verbose_name="who",
                    ),
                ),
                ("who_id", models.BigIntegerField(blank=True, null=True)),
                ("who_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("admin", "Admin"),
                            ("api", "API"),
                            ("portal", "Portal"),
                            ("clock", "Clock"),
                            ("work", "Other warehouse work"),
                        ],
                        max_length=12,
                        verbose_name="via",
                    ),
                ),
                ("content", models.JSONField(default=dict, verbose_name="content")),
                ("is_handed_on", models.BooleanField(db_default=False, default=False, editable=False)),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="logistics.shipmentinstruction",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["sequence"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_handed_on", False)), fields=["id"], name="instruction_event_to_hand_on"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("work", "sequence"), name="instruction_event_sequence"),
                    models.CheckConstraint(
                        condition=models.Q(("who_kind__in", ["staff", "partner", "system"])),
                        name="instruction_event_who",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("via__in", ["admin", "api", "portal", "clock", "work"])),
                        name="instruction_event_via",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InstructionFlow",
            fields=[],
            options={
                "verbose_name": "shipment instruction",
                "verbose_name_plural": "shipment instructions",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("logistics.shipmentinstruction",),
        ),
        migrations.CreateModel(
            name="StatusMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                ("raw_code", models.CharField(max_length=120, verbose_name="carrier's code")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unknown", "Unknown"),
                            ("info_received", "Information received"),
                            ("picked_up", "Picked up"),
                            ("in_transit", "In transit"),
                            ("customs", "At customs"),
                            ("out_for_delivery", "Out for delivery"),
                            ("attempt_failed", "Delivery attempt failed"),
                            ("available_for_pickup", "Available for pickup"),
                            ("delivered", "Delivered"),
                            ("returning", "On its way back"),
                            ("returned", "Returned"),
                            ("exception", "Exception"),
                            ("expired", "Expired"),
                        ],
                        default="unknown",
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No reason given"),
                            ("customs_hold", "Held by customs"),
                            ("customs_inspection", "Inspected by customs"),
                            ("documents_required", "Documents required"),
                            ("duties_due", "Duties due"),
                            ("customs_released", "Released by customs"),
                            ("customs_refused", "Refused by customs"),
                            ("weather", "Weather"),
                            ("congestion", "Congestion"),
                            ("capacity", "No capacity"),
                            ("strike", "Strike"),
                            ("missed_connection", "Missed connection"),
                            ("carrier_error", "Carrier's error"),
                            ("address", "Address wrong or incomplete"),
                            ("absent", "Nobody there"),
                            ("refused", "Refused by the consignee"),
                            ("access", "No access"),
                            ("payment", "Payment on delivery missing"),
                            ("identification", "Identification missing"),
                            ("restricted_area", "Restricted area"),
                            ("lost", "Lost"),
                            ("damaged", "Damaged"),
                            ("stolen", "Stolen"),
                            ("destroyed", "Destroyed"),
                            ("cancelled", "Cancelled"),
                            ("delayed", "Delayed"),
                            ("security", "Security check"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                        verbose_name="reason",
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("nobody", "Nobody"),
                            ("carrier", "Carrier"),
                            ("shipper", "Shipper"),
                            ("consignee", "Consignee"),
                            ("customs", "Customs"),
                            ("weather", "Weather"),
                            ("force_majeure", "Force majeure"),
                        ],
                        default="nobody",
                        max_length=16,
                        verbose_name="fault",
                    ),
                ),
                ("needs_review", models.BooleanField(default=False, verbose_name="needs review")),
                ("example", models.CharField(blank=True, max_length=300, verbose_name="example")),
                (
                    "first_seen_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="first seen"),
                ),
            ],
            options={
                "verbose_name": "status mapping",
                "verbose_name_plural": "status mappings",
                "ordering": ["-needs_review", "source", "raw_code"],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "raw_code"), name="status_mapping_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "unknown",
                                    "info_received",
                                    "picked_up",
                                    "in_transit",
                                    "customs",
                                    "out_for_delivery",
                                    "attempt_failed",
                                    "available_for_pickup",
                                    "delivered",
                                    "returning",
                                    "returned",
                                    "exception",
                                    "expired",
                                ],
                            )
                        ),
                        name="status_mapping_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "",
                                    "customs_hold",
                                    "customs_inspection",
                                    "documents_required",
                                    "duties_due",
                                    "customs_released",
                                    "customs_refused",
                                    "weather",
                                    "congestion",
                                    "capacity",
                                    "strike",
                                    "missed_connection",
                                    "carrier_error",
                                    "address",
                                    "absent",
                                    "refused",
                                    "access",
                                    "payment",
                                    "identification",
                                    "restricted_area",
                                    "lost",
                                    "damaged",
                                    "stolen",
                                    "destroyed",
                                    "cancelled",
                                    "delayed",
                                    "security",
                                    "other",
                                ],
                            )
                        ),
                        name="status_mapping_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "our_number",
                    models.CharField(
                        blank=True,
                        help_text="The order or purchase it belongs to.",
                        max_length=64,
                        verbose_name="our number",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=5000, verbose_name="note")),
                (
                    "awaiting",
                    models.CharField(
                        choices=[("partner", "Partner"), ("us", "Us"), ("nobody", "Nobody")],
                        default="partner",
                        max_length=12,
                        verbose_name="waiting on",
                    ),
                ),
                ("state_since", models.DateTimeField(verbose_name="in this state since")),
                ("answer_due_at", models.DateTimeField(blank=True, null=True, verbose_name="answer due")),
                ("overdue_at", models.DateTimeField(blank=True, null=True, verbose_name="noticed as overdue")),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("event_sequence", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("asked", "Asked"),
                            ("counted", "Counted with differences"),
                            ("difference_explained", "Difference explained"),
                            ("accepted", "Accepted"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="asked",
                        max_length=24,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("counted_at", models.DateTimeField(blank=True, null=True, verbose_name="counted")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock count",
                "verbose_name_plural": "stock counts",
                "indexes": [
                    models.Index(fields=["partner", "-id"], name="count_of_partner"),
                    models.Index(
                        condition=models.Q(("awaiting", "nobody"), _negated=True),
                        fields=["awaiting", "answer_due_at"],
                        name="count_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("answer_due_at__isnull", False), ("overdue_at__isnull", True)),
                        fields=["answer_due_at"],
                        name="count_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("awaiting", "partner"), ("state", "asked")),
                            models.Q(("awaiting", "partner"), ("state", "counted")),
                            models.Q(("awaiting", "us"), ("state", "difference_explained")),
                            models.Q(("awaiting", "nobody"), ("state", "accepted")),
                            models.Q(("awaiting", "nobody"), ("state", "cancelled")),
                            _connector="OR",
                        ),
                        name="count_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_due_at__isnull", True), ("state__in", ["asked", "counted"]), _connector="OR"
                        ),
                        name="count_due_while_theirs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("overdue_at__isnull", True), ("answer_due_at__isnull", False), _connector="OR"
                        ),
                        name="count_overdue_has_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state__in", ["accepted", "cancelled"])),
                            models.Q(
                                ("ended_at__isnull", True),
                                models.Q(("state__in", ["accepted", "cancelled"]), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="count_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CountLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=64, verbose_name="item")),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                ("expected_units", models.BigIntegerField(blank=True, null=True, verbose_name="units expected")),
                ("counted_units", models.PositiveIntegerField(blank=True, null=True, verbose_name="units counted")),
                ("differs", models.BooleanField(default=False, verbose_name="differs beyond what was agreed")),
                ("explanation", models.CharField(blank=True, max_length=1000, verbose_name="explanation")),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="logistics.stockcount"
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ["id"],
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("work", "item"), name="count_line_item")],
            },
        ),
        migrations.CreateModel(
            name="CountEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField(verbose_name="number")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("type", models.CharField(max_length=40, verbose_name="what")),
                ("from_state", models.CharField(blank=True, max_length=24, verbose_name="from")),
                ("to_state", models.CharField(blank=True, max_length=24, verbose_name="to")),
                (
                    "who_kind",
                    models.CharField(
                        choices=[("staff", "Staff"), ("partner", "Partner"), ("system", "Clearway")],
                        max_length=12,
                        verbose_name="who",
                    ),
                ),
                ("who_id", models.BigIntegerField(blank=True, null=True)),
                ("who_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("admin", "Admin"),
                            ("api", "API"),
                            ("portal", "Portal"),
                            ("clock", "Clock"),
                            ("work", "Other warehouse work"),
                        ],
                        max_length=12,
                        verbose_name="via",
                    ),
                ),
                ("content", models.JSONField(default=dict, verbose_name="content")),
                ("is_handed_on", models.BooleanField(db_default=False, default=False, editable=False)),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="logistics.stockcount"
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["sequence"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_handed_on", False)), fields=["id"], name="count_event_to_hand_on"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("work", "sequence"), name="count_event_sequence"),
                    models.CheckConstraint(
                        condition=models.Q(("who_kind__in", ["staff", "partner", "system"])), name="count_event_who"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("via__in", ["admin", "api", "portal", "clock", "work"])),
                        name="count_event_via",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CountFlow",
            fields=[],
            options={
                "verbose_name": "stock count",
                "verbose_name_plural": "stock counts",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("logistics.stockcount",),
        ),
        migrations.CreateModel(
            name="StockLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=64, verbose_name="item")),
                ("units", models.PositiveIntegerField(blank=True, null=True, verbose_name="units reported")),
                ("expected_units", models.BigIntegerField(verbose_name="units expected")),
                ("reported_day", models.DateField(blank=True, null=True, verbose_name="reported for")),
                ("reported_at", models.DateTimeField(blank=True, null=True, verbose_name="reported")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock level",
                "verbose_name_plural": "stock levels",
                "constraints": [models.UniqueConstraint(fields=("partner", "item"), name="stock_level_item")],
            },
        ),
        migrations.CreateModel(
            name="StockSync",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("begun_at", models.DateTimeField(verbose_name="begun")),
                ("completed_at", models.DateTimeField(blank=True, null=True, verbose_name="completed")),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("admin", "Admin"),
                            ("api", "API"),
                            ("portal", "Portal"),
                            ("clock", "Clock"),
                            ("work", "Other warehouse work"),
                        ],
                        max_length=12,
                        verbose_name="via",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="logistics.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock report",
                "verbose_name_plural": "stock reports",
                "constraints": [models.UniqueConstraint(fields=("partner", "day"), name="stock_sync_day")],
            },
        ),
        migrations.CreateModel(
            name="StockReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=64, verbose_name="item")),
                ("units", models.PositiveIntegerField(verbose_name="units reported")),
                ("expected_units", models.BigIntegerField(blank=True, null=True, verbose_name="units expected")),
                ("differs", models.BooleanField(default=False, verbose_name="differs beyond what was agreed")),
                (
                    "sync",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="logistics.stocksync"
                    ),
                ),
            ],
            options={
                "verbose_name": "reading",
                "verbose_name_plural": "readings",
                "ordering": ["id"],
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("sync", "item"), name="stock_reading_item")],
            },
        ),
        migrations.CreateModel(
            name="TrackingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("at", models.DateTimeField(verbose_name="time")),
                (
                    "offset_minutes",
                    models.SmallIntegerField(
                        blank=True,
                        help_text="The place's own time; empty when unknown.",
                        null=True,
                        verbose_name="offset from UTC in minutes",
                    ),
                ),
                ("time_exact", models.BooleanField(default=True, verbose_name="time exact")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unknown", "Unknown"),
                            ("info_received", "Information received"),
                            ("picked_up", "Picked up"),
                            ("in_transit", "In transit"),
                            ("customs", "At customs"),
                            ("out_for_delivery", "Out for delivery"),
                            ("attempt_failed", "Delivery attempt failed"),
                            ("available_for_pickup", "Available for pickup"),
                            ("delivered", "Delivered"),
                            ("returning", "On its way back"),
                            ("returned", "Returned"),
                            ("exception", "Exception"),
                            ("expired", "Expired"),
                        ],
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No reason given"),
                            ("customs_hold", "Held by customs"),
                            ("customs_inspection", "Inspected by customs"),
                            ("documents_required", "Documents required"),
                            ("duties_due", "Duties due"),
                            ("customs_released", "Released by customs"),
                            ("customs_refused", "Refused by customs"),
                            ("weather", "Weather"),
                            ("congestion", "Congestion"),
                            ("capacity", "No capacity"),
                            ("strike", "Strike"),
                            ("missed_connection", "Missed connection"),
                            ("carrier_error", "Carrier's error"),
                            ("address", "Address wrong or incomplete"),
                            ("absent", "Nobody there"),
                            ("refused", "Refused by the consignee"),
                            ("access", "No access"),
                            ("payment", "Payment on delivery missing"),
                            ("identification", "Identification missing"),
                            ("restricted_area", "Restricted area"),
                            ("lost", "Lost"),
                            ("damaged", "Damaged"),
                            ("stolen", "Stolen"),
                            ("destroyed", "Destroyed"),
                            ("cancelled", "Cancelled"),
                            ("delayed", "Delayed"),
                            ("security", "Security check"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                        verbose_name="reason",
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("nobody", "Nobody"),
                            ("carrier", "Carrier"),
                            ("shipper", "Shipper"),
                            ("consignee", "Consignee"),
                            ("customs", "Customs"),
                            ("weather", "Weather"),
                            ("force_majeure", "Force majeure"),
                        ],
                        default="nobody",
                        max_length=16,
                        verbose_name="fault",
                    ),
                ),
                ("location", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("raw_code", models.CharField(blank=True, max_length=120, verbose_name="carrier's code")),
                ("text", models.TextField(blank=True, verbose_name="carrier's words")),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="logistics.shipment",
                        verbose_name="shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "scan",
                "verbose_name_plural": "scans",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["shipment", "-at"], name="tracking_event_timeline")],
                "constraints": [
                    models.UniqueConstraint(fields=("shipment", "key"), name="tracking_event_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "unknown",
                                    "info_received",
                                    "picked_up",
                                    "in_transit",
                                    "customs",
                                    "out_for_delivery",
                                    "attempt_failed",
                                    "available_for_pickup",
                                    "delivered",
                                    "returning",
                                    "returned",
                                    "exception",
                                    "expired",
                                ],
                            )
                        ),
                        name="tracking_event_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "",
                                    "customs_hold",
                                    "customs_inspection",
                                    "documents_required",
                                    "duties_due",
                                    "customs_released",
                                    "customs_refused",
                                    "weather",
                                    "congestion",
                                    "capacity",
                                    "strike",
                                    "missed_connection",
                                    "carrier_error",
                                    "address",
                                    "absent",
                                    "refused",
                                    "access",
                                    "payment",
                                    "identification",
                                    "restricted_area",
                                    "lost",
                                    "damaged",
                                    "stolen",
                                    "destroyed",
                                    "cancelled",
                                    "delayed",
                                    "security",
                                    "other",
                                ],
                            )
                        ),
                        name="tracking_event_reason",
                    ),
                ],
            },
        ),
    ]
