import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
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
