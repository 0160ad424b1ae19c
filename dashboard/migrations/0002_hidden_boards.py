from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dashboard", "0001_metrics")]

    operations = [
        migrations.AddField(
            model_name="board",
            name="hidden",
            # In the database too, for the version before, which says nothing of it.
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
