import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import knowledge_base.models.template


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge_base", "0001_initial"),
    ]

    operations = [
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
