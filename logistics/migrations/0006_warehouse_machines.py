from django.db import migrations, models


def _proxy(name: str, base: str, verbose: str, verbose_plural: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[],
        options={
            "verbose_name": verbose,
            "verbose_name_plural": verbose_plural,
            "proxy": True,
            "default_permissions": (),
            "indexes": [],
            "constraints": [],
        },
        bases=(f"logistics.{base}",),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0005_work_events_handed_on"),
    ]

    operations = [
        _proxy("BookingFlow", "inboundbooking", "inbound booking", "inbound bookings"),
        _proxy("CountFlow", "stockcount", "stock count", "stock counts"),
        _proxy("InstructionFlow", "shipmentinstruction", "shipment instruction", "shipment instructions"),
        migrations.AlterField(
            model_name="countline",
            name="expected_units",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="units expected"),
        ),
        migrations.AlterField(
            model_name="stocklevel",
            name="expected_units",
            field=models.BigIntegerField(verbose_name="units expected"),
        ),
        migrations.AlterField(
            model_name="stockreading",
            name="expected_units",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="units expected"),
        ),
    ]
