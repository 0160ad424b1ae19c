"""What most sites do with measurements: a table of samples, and `bulk_create`."""

import json
import os

import dj_database_url
import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection, models
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone

settings.configure(
    SECRET_KEY="of no worth",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"]) | {"OPTIONS": {"pool": True}}},
)
django.setup()


class Sample(models.Model):  # noqa: DJ008
    """One row for each."""

    name = models.CharField(max_length=200)
    labels = models.JSONField()
    at = models.DateTimeField()
    value = models.FloatField()

    class Meta:
        app_label = "plain"
        indexes = [models.Index(fields=["name", "at"], name="plain_name_at")]


def samples(request):
    if request.method == "GET":
        return JsonResponse({"count": Sample.objects.filter(name=request.GET.get("metric", "")).count()})
    now = timezone.now()
    rows = [
        Sample(name=one["name"], labels=one["labels"], at=now, value=one["value"])
        for one in json.loads(request.body)["samples"]
    ]
    Sample.objects.bulk_create(rows)
    return JsonResponse({"data": {"accepted": len(rows)}})


urlpatterns = [path("", samples)]
with connection.schema_editor() as schema:
    schema.create_model(Sample)
application = get_asgi_application()
