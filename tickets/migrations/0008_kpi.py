"""Money, follow-up and figures; days whose parcels have to be counted again note themselves, by triggers."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION tickets_kpi_parcels_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_kpiparcelday (day)
    SELECT DISTINCT (at AT TIME ZONE 'UTC')::date
    FROM new_rows, LATERAL (VALUES (created_at), (delivered_at)) moments (at) WHERE at IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE FUNCTION tickets_kpi_parcel_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_kpiparcelday (day)
    SELECT DISTINCT (at AT TIME ZONE 'UTC')::date
    FROM (VALUES (NEW.created_at), (NEW.delivered_at), (OLD.created_at), (OLD.delivered_at)) moments (at)
    WHERE at IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER tickets_kpi_parcels_came AFTER INSERT ON logistics_shipment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tickets_kpi_parcels_came();
CREATE TRIGGER tickets_kpi_parcel_changed AFTER UPDATE ON logistics_shipment FOR EACH ROW
    WHEN ((OLD.created_at, OLD.delivered_at, OLD.promised_date, OLD.carrier_id, OLD.origin_country,
           OLD.destination_country)
          IS DISTINCT FROM
          (NEW.created_at, NEW.delivered_at, NEW.promised_date, NEW.carrier_id, NEW.origin_country,
           NEW.destination_country))
    EXECUTE FUNCTION tickets_kpi_parcel_changed();
"""
BACKWARD = """
DROP TRIGGER tickets_kpi_parcels_came ON logistics_shipment;
DROP TRIGGER tickets_kpi_parcel_changed ON logistics_shipment;
DROP FUNCTION tickets_kpi_parcels_came();
DROP FUNCTION tickets_kpi_parcel_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0009_kpi_indexes"),
        ("tickets", "0007_shipped_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            name="KnowledgeUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("template_key", models.CharField(blank=True, max_length=60, verbose_name="template")),
                ("checklist_country", models.CharField(blank=True, max_length=2, verbose_name="checklist of country")),
                ("is_checklist", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
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
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="knowledge_uses", to="tickets.ticket"
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
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
