from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dashboard", "0003_alerts")]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40, unique=True)),
                ("newest_at", models.FloatField(help_text="Unix seconds, as the newest sample said.")),
                ("received_at", models.FloatField(help_text="Unix seconds of the last push.")),
                ("accepted", models.BigIntegerField(default=0)),
                ("late", models.BigIntegerField(default=0)),
                ("rejected", models.BigIntegerField(default=0)),
            ],
        ),
    ]
