import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0004_calendars"),
        ("logistics", "0004_calls"),
        ("tickets", "0008_counted_from"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="channelidentity",
            name="channel_identity_one_party",
        ),
        migrations.AddField(
            model_name="channelidentity",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="identities",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person of ours",
            ),
        ),
        migrations.AddConstraint(
            model_name="channelidentity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("customer__isnull", True), ("partner__isnull", True)),
                    models.Q(("customer__isnull", True), ("user__isnull", True)),
                    models.Q(("partner__isnull", True), ("user__isnull", True)),
                    _connector="OR",
                ),
                name="channel_identity_one_party",
            ),
        ),
    ]
