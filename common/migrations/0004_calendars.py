from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="businesscalendar",
            name="works_make_up_days",
            field=models.BooleanField(
                default=True,
                help_text="Where a country moves working days to a weekend, as China does: worked like the day they replace.",
                verbose_name="works on make-up days",
            ),
        ),
        migrations.AddField(
            model_name="calendarday",
            name="own_hours",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Like 9:00-12:00, 13:00-18:00.",
                max_length=120,
                verbose_name="own hours",
            ),
        ),
        migrations.AddField(
            model_name="calendarday",
            name="works_like",
            field=models.SmallIntegerField(
                blank=True,
                choices=[
                    (0, "Monday"),
                    (1, "Tuesday"),
                    (2, "Wednesday"),
                    (3, "Thursday"),
                    (4, "Friday"),
                    (5, "Saturday"),
                    (6, "Sunday"),
                ],
                null=True,
                verbose_name="like a",
            ),
        ),
        migrations.AlterField(
            model_name="businesscalendar",
            name="holiday_subdivision",
            field=models.CharField(blank=True, max_length=40, verbose_name="holidays of subdivision"),
        ),
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("works_like__isnull", True),
                    models.Q(("is_open", True), ("own_hours", ""), ("works_like__range", (0, 6))),
                    _connector="OR",
                ),
                name="calendar_day_works_like",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("own_hours", ""),
                    models.Q(
                        ("is_open", True),
                        (
                            "own_hours__regex",
                            "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9](, ([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])*$",
                        ),
                    ),
                    _connector="OR",
                ),
                name="calendar_day_own_hours",
            ),
        ),
    ]
