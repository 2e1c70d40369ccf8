from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0011_event_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="ruleversion",
            name="backtested_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="backtested"),
        ),
        migrations.AddIndex(
            model_name="rulerun",
            index=models.Index(fields=["rule", "-at"], name="rule_run_of_rule"),
        ),
    ]
