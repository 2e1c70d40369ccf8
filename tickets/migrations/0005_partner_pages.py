from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0004_partner_events"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ticketevent",
            name="via",
            field=models.CharField(
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
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("partner__isnull", False)),
                fields=["partner", "started_at"],
                name="clock_of_partner",
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True), ("partner__isnull", False)),
                fields=["partner", "due_at"],
                name="clock_owed_by_partner",
            ),
        ),
    ]
