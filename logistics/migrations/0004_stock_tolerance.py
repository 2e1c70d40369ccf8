import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0003_warehouse_work"),
    ]

    operations = [
        migrations.AddField(
            model_name="agreement",
            name="stock_tolerance_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="or percent of what is expected",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="stock_tolerance_units",
            field=models.PositiveIntegerField(
                default=0,
                help_text="A smaller difference is taken as it is.",
                verbose_name="units a stock may differ by",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("stock_tolerance_percent__lte", 100)), name="agreement_stock_tolerance"
            ),
        ),
    ]
