from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0002_edit_pace")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="attachments",
            # In the database too, for the version before, which says nothing of it.
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()), default=list, editable=False
            ),
        ),
    ]
