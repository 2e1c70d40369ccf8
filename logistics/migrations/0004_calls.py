from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0003_counted_from"),
    ]

    operations = [
        migrations.AddField(
            model_name="partnercontact",
            name="part",
            field=models.CharField(
                choices=[
                    ("desk", "Desk"),
                    ("supervisor", "Supervisor"),
                    ("public", "Public account"),
                    ("association", "Association or broker above them"),
                ],
                default="desk",
                max_length=12,
                verbose_name="part",
            ),
        ),
    ]
