import gzip
import json
import zlib

from django.db import migrations, models


def repack(apps, schema_editor):
    """Keeps the answer of each frozen link by itself, so that it can be sent as it is."""
    shares = apps.get_model("dashboard", "Share").objects
    for pk in list(shares.exclude(frozen_to=None).exclude(frozen=b"").values_list("pk", flat=True)):
        kept = json.loads(zlib.decompress(shares.values_list("frozen", flat=True).get(pk=pk)))
        answer = json.dumps({"cursor": ""} | kept["data"], separators=(",", ":"))
        shares.filter(pk=pk).update(
            frozen=gzip.compress(answer.encode()),
            frozen_board={"title": kept["title"], "panels": kept["panels"]},
        )


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0008_told_before"),
    ]

    operations = [
        migrations.AddField(
            model_name="share",
            name="frozen_board",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.RunPython(repack),
    ]
