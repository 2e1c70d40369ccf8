from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0010_saved_views"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClaimFlow",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("tickets.claim",),
        ),
        migrations.CreateModel(
            name="CompensationFlow",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("tickets.compensation",),
        ),
    ]
