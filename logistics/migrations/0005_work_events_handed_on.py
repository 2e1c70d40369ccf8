from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0004_stock_tolerance"),
    ]

    operations = [
        migrations.AddField(
            model_name="bookingevent",
            name="is_handed_on",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="countevent",
            name="is_handed_on",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="instructionevent",
            name="is_handed_on",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name="bookingevent",
            index=models.Index(
                condition=models.Q(("is_handed_on", False)), fields=["id"], name="booking_event_to_hand_on"
            ),
        ),
        migrations.AddIndex(
            model_name="countevent",
            index=models.Index(
                condition=models.Q(("is_handed_on", False)), fields=["id"], name="count_event_to_hand_on"
            ),
        ),
        migrations.AddIndex(
            model_name="instructionevent",
            index=models.Index(
                condition=models.Q(("is_handed_on", False)), fields=["id"], name="instruction_event_to_hand_on"
            ),
        ),
    ]
