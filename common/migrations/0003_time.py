from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0002_visit_counts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
            },
        ),
    ]
