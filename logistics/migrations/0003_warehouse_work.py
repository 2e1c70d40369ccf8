import django.core.validators
import django.db.models.deletion
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0002_agreement"),
    ]

    operations = [
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
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["sequence"],
                "default_permissions": (),
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
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ["id"],
                "default_permissions": (),
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
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["sequence"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CountLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=64, verbose_name="item")),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                ("expected_units", models.IntegerField(blank=True, null=True, verbose_name="units expected")),
                ("counted_units", models.PositiveIntegerField(blank=True, null=True, verbose_name="units counted")),
                ("differs", models.BooleanField(default=False, verbose_name="differs beyond what was agreed")),
                ("explanation", models.CharField(blank=True, max_length=1000, verbose_name="explanation")),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ["id"],
                "default_permissions": (),
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
            ],
            options={
                "verbose_name": "inbound booking",
                "verbose_name_plural": "inbound bookings",
                "permissions": [("work_warehouse_orders", "Can open and move bookings, counts and instructions")],
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
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["sequence"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="InstructionLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=64, verbose_name="item")),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                ("units", models.PositiveIntegerField(verbose_name="units")),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ["id"],
                "default_permissions": (),
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
            ],
            options={
                "verbose_name": "shipment instruction",
                "verbose_name_plural": "shipment instructions",
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
            ],
            options={
                "verbose_name": "stock count",
                "verbose_name_plural": "stock counts",
            },
        ),
        migrations.CreateModel(
            name="StockLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=64, verbose_name="item")),
                ("units", models.PositiveIntegerField(blank=True, null=True, verbose_name="units reported")),
                ("expected_units", models.IntegerField(verbose_name="units expected")),
                ("reported_day", models.DateField(blank=True, null=True, verbose_name="reported for")),
                ("reported_at", models.DateTimeField(blank=True, null=True, verbose_name="reported")),
            ],
            options={
                "verbose_name": "stock level",
                "verbose_name_plural": "stock levels",
            },
        ),
        migrations.CreateModel(
            name="StockReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=64, verbose_name="item")),
                ("units", models.PositiveIntegerField(verbose_name="units reported")),
                ("expected_units", models.IntegerField(blank=True, null=True, verbose_name="units expected")),
                ("differs", models.BooleanField(default=False, verbose_name="differs beyond what was agreed")),
            ],
            options={
                "verbose_name": "reading",
                "verbose_name_plural": "readings",
                "ordering": ["id"],
                "default_permissions": (),
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
            ],
            options={
                "verbose_name": "stock report",
                "verbose_name_plural": "stock reports",
            },
        ),
        migrations.RemoveConstraint(
            model_name="incident",
            name="incident_type",
        ),
        migrations.AlterField(
            model_name="incident",
            name="type",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddField(
            model_name="inboundbooking",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="logistics.partner",
                verbose_name="partner",
            ),
        ),
        migrations.AddField(
            model_name="bookingline",
            name="work",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="logistics.inboundbooking"
            ),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="work",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="events", to="logistics.inboundbooking"
            ),
        ),
        migrations.AddField(
            model_name="shipmentinstruction",
            name="carrier",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="logistics.carrier",
                verbose_name="carrier",
            ),
        ),
        migrations.AddField(
            model_name="shipmentinstruction",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="logistics.partner",
                verbose_name="partner",
            ),
        ),
        migrations.AddField(
            model_name="shipmentinstruction",
            name="shipment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="logistics.shipment",
                verbose_name="shipment",
            ),
        ),
        migrations.AddField(
            model_name="instructionline",
            name="work",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="logistics.shipmentinstruction"
            ),
        ),
        migrations.AddField(
            model_name="instructionevent",
            name="work",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="events", to="logistics.shipmentinstruction"
            ),
        ),
        migrations.AddField(
            model_name="stockcount",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="logistics.partner",
                verbose_name="partner",
            ),
        ),
        migrations.AddField(
            model_name="countline",
            name="work",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="logistics.stockcount"
            ),
        ),
        migrations.AddField(
            model_name="countevent",
            name="work",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="events", to="logistics.stockcount"
            ),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="logistics.partner",
                verbose_name="partner",
            ),
        ),
        migrations.AddField(
            model_name="stocksync",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="logistics.partner",
                verbose_name="partner",
            ),
        ),
        migrations.AddField(
            model_name="stockreading",
            name="sync",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="logistics.stocksync"
            ),
        ),
        migrations.AddIndex(
            model_name="inboundbooking",
            index=models.Index(fields=["partner", "-id"], name="booking_of_partner"),
        ),
        migrations.AddIndex(
            model_name="inboundbooking",
            index=models.Index(
                condition=models.Q(("awaiting", "nobody"), _negated=True),
                fields=["awaiting", "answer_due_at"],
                name="booking_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="inboundbooking",
            index=models.Index(
                condition=models.Q(("answer_due_at__isnull", False), ("overdue_at__isnull", True)),
                fields=["answer_due_at"],
                name="booking_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundbooking",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="inboundbooking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer_due_at__isnull", True),
                    ("state__in", ["announced", "confirmed", "arrived"]),
                    _connector="OR",
                ),
                name="booking_due_while_theirs",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundbooking",
            constraint=models.CheckConstraint(
                condition=models.Q(("overdue_at__isnull", True), ("answer_due_at__isnull", False), _connector="OR"),
                name="booking_overdue_has_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundbooking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", False), ("state__in", ["closed", "cancelled"])),
                    models.Q(
                        ("ended_at__isnull", True), models.Q(("state__in", ["closed", "cancelled"]), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="booking_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundbooking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("slot_from__isnull", True), ("slot_to__isnull", True)),
                    ("slot_from__lt", models.F("slot_to")),
                    _connector="OR",
                ),
                name="booking_slot",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundbooking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["countered", "confirmed"]), _negated=True),
                    ("slot_from__isnull", False),
                    _connector="OR",
                ),
                name="booking_has_slot",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingline",
            constraint=models.UniqueConstraint(fields=("work", "item"), name="booking_line_item"),
        ),
        migrations.AddConstraint(
            model_name="bookingline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("damaged_units__isnull", True), ("damaged_units__lte", models.F("received_units")), _connector="OR"
                ),
                name="booking_line_damaged",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingevent",
            constraint=models.UniqueConstraint(fields=("work", "sequence"), name="booking_event_sequence"),
        ),
        migrations.AddConstraint(
            model_name="bookingevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("who_kind__in", ["staff", "partner", "system"])), name="booking_event_who"
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("via__in", ["admin", "api", "portal", "clock", "work"])), name="booking_event_via"
            ),
        ),
        migrations.AddIndex(
            model_name="shipmentinstruction",
            index=models.Index(fields=["partner", "-id"], name="instruction_of_partner"),
        ),
        migrations.AddIndex(
            model_name="shipmentinstruction",
            index=models.Index(
                condition=models.Q(("awaiting", "nobody"), _negated=True),
                fields=["awaiting", "answer_due_at"],
                name="instruction_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="shipmentinstruction",
            index=models.Index(
                condition=models.Q(("answer_due_at__isnull", False), ("overdue_at__isnull", True)),
                fields=["answer_due_at"],
                name="instruction_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipmentinstruction",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="shipmentinstruction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer_due_at__isnull", True), ("state__in", ["sent", "acknowledged", "picked"]), _connector="OR"
                ),
                name="instruction_due_while_theirs",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipmentinstruction",
            constraint=models.CheckConstraint(
                condition=models.Q(("overdue_at__isnull", True), ("answer_due_at__isnull", False), _connector="OR"),
                name="instruction_overdue_has_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipmentinstruction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", False), ("state__in", ["dispatched", "cancelled"])),
                    models.Q(
                        ("ended_at__isnull", True), models.Q(("state__in", ["dispatched", "cancelled"]), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="instruction_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipmentinstruction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dispatched"), _negated=True),
                    models.Q(models.Q(("tracking_number", ""), _negated=True), ("dispatched_at__isnull", False)),
                    _connector="OR",
                ),
                name="instruction_dispatched",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipmentinstruction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("state", "refused"), _negated=True), ("refusal", "")),
                    ("refusal__in", ["out_of_stock", "damaged", "address", "restricted", "papers", "carrier", "other"]),
                    _connector="OR",
                ),
                name="instruction_refusal",
            ),
        ),
        migrations.AddConstraint(
            model_name="instructionline",
            constraint=models.UniqueConstraint(fields=("work", "item"), name="instruction_line_item"),
        ),
        migrations.AddConstraint(
            model_name="instructionline",
            constraint=models.CheckConstraint(condition=models.Q(("units__gt", 0)), name="instruction_line_units"),
        ),
        migrations.AddConstraint(
            model_name="instructionevent",
            constraint=models.UniqueConstraint(fields=("work", "sequence"), name="instruction_event_sequence"),
        ),
        migrations.AddConstraint(
            model_name="instructionevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("who_kind__in", ["staff", "partner", "system"])), name="instruction_event_who"
            ),
        ),
        migrations.AddConstraint(
            model_name="instructionevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("via__in", ["admin", "api", "portal", "clock", "work"])),
                name="instruction_event_via",
            ),
        ),
        migrations.AddIndex(
            model_name="stockcount",
            index=models.Index(fields=["partner", "-id"], name="count_of_partner"),
        ),
        migrations.AddIndex(
            model_name="stockcount",
            index=models.Index(
                condition=models.Q(("awaiting", "nobody"), _negated=True),
                fields=["awaiting", "answer_due_at"],
                name="count_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="stockcount",
            index=models.Index(
                condition=models.Q(("answer_due_at__isnull", False), ("overdue_at__isnull", True)),
                fields=["answer_due_at"],
                name="count_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer_due_at__isnull", True), ("state__in", ["asked", "counted"]), _connector="OR"
                ),
                name="count_due_while_theirs",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("overdue_at__isnull", True), ("answer_due_at__isnull", False), _connector="OR"),
                name="count_overdue_has_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", False), ("state__in", ["accepted", "cancelled"])),
                    models.Q(
                        ("ended_at__isnull", True), models.Q(("state__in", ["accepted", "cancelled"]), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="count_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="countline",
            constraint=models.UniqueConstraint(fields=("work", "item"), name="count_line_item"),
        ),
        migrations.AddConstraint(
            model_name="countevent",
            constraint=models.UniqueConstraint(fields=("work", "sequence"), name="count_event_sequence"),
        ),
        migrations.AddConstraint(
            model_name="countevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("who_kind__in", ["staff", "partner", "system"])), name="count_event_who"
            ),
        ),
        migrations.AddConstraint(
            model_name="countevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("via__in", ["admin", "api", "portal", "clock", "work"])), name="count_event_via"
            ),
        ),
        migrations.AddConstraint(
            model_name="stocklevel",
            constraint=models.UniqueConstraint(fields=("partner", "item"), name="stock_level_item"),
        ),
        migrations.AddConstraint(
            model_name="stocksync",
            constraint=models.UniqueConstraint(fields=("partner", "day"), name="stock_sync_day"),
        ),
        migrations.AddConstraint(
            model_name="stockreading",
            constraint=models.UniqueConstraint(fields=("sync", "item"), name="stock_reading_item"),
        ),
    ]
