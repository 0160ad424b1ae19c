from django.db import migrations
from django.db.models import F


def carry(apps, schema_editor):
    """What messages tell of that are not over. Those that no alert knows any more will not be."""
    Alert, Post = apps.get_model("dashboard", "Alert"), apps.get_model("dashboard", "Post")
    incidents = apps.get_model("dashboard", "PostedIncident").objects
    told = [
        incidents.model(
            post_id=row.post_id,
            alert=row,
            incident=row.incident,
            fired=row.fired,
            ended=row.since if row.state == "ok" else None,
        )
        for row in Alert.objects.filter(post__isnull=False, told=F("incident"))
    ]
    incidents.bulk_create(told, batch_size=1_000)
    Post.objects.filter(alerts=None, ended_at=None).update(ended_at=F("at"))


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0007_posted_incidents"),
    ]

    operations = [
        migrations.RunPython(carry, migrations.RunPython.noop),
    ]
