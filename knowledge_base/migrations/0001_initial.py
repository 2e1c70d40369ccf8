import django.contrib.postgres.fields
from django.db import migrations, models


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
    ]
