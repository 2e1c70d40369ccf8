import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import knowledge_base.models.template


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CountryChecklist",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(blank=True, max_length=2, unique=True, verbose_name="country")),
                (
                    "papers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
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
                        ),
                        size=None,
                        verbose_name="papers",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
            ],
            options={
                "verbose_name": "customs papers of a country",
                "verbose_name_plural": "customs papers by country",
                "ordering": ["country"],
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        max_length=60,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z][a-z0-9_]*$",
                                "Write the key in small letters, digits and _, beginning with a letter.",
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("purpose", models.CharField(blank=True, max_length=300, verbose_name="what it is for")),
                (
                    "audience",
                    models.CharField(
                        choices=[("customer", "Customer"), ("partner", "Partner"), ("staff", "Staff")],
                        default="customer",
                        max_length=12,
                        verbose_name="who reads it",
                    ),
                ),
                (
                    "fallback_language",
                    models.CharField(
                        default="en",
                        max_length=12,
                        validators=[knowledge_base.models.template.validate_language_known],
                        verbose_name="fallback language",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="Switched off, it is offered and sent no more.", verbose_name="in use"
                    ),
                ),
                ("is_shipped", models.BooleanField(default=False, editable=False, verbose_name="shipped")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "template",
                "verbose_name_plural": "templates",
                "ordering": ["audience", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("audience__in", ["customer", "partner", "staff"])), name="template_audience"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WordList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=40, verbose_name="purpose")),
                ("language", models.CharField(max_length=12, verbose_name="language")),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), default=list, size=None, verbose_name="words"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "word list",
                "verbose_name_plural": "word lists",
                "ordering": ["purpose", "language"],
                "constraints": [models.UniqueConstraint(fields=("purpose", "language"), name="word_list_unique")],
            },
        ),
        migrations.CreateModel(
            name="TemplateText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        max_length=12,
                        validators=[knowledge_base.models.template.validate_language_known],
                        verbose_name="language",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("text", models.TextField(max_length=10000, verbose_name="text")),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="knowledge_base.messagetemplate",
                        verbose_name="template",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a template",
                "verbose_name_plural": "texts of templates",
                "ordering": ["language"],
                "constraints": [models.UniqueConstraint(fields=("template", "language"), name="template_text_unique")],
            },
        ),
    ]
