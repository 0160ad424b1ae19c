"""What is measured, and the windows in which it is kept."""

from __future__ import annotations

import json
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

LAST_AT_SECONDS = 10.0
"""How far behind its newest sample a series' `last_at` may be: else every sample would write one more row."""
NAME_MAX = 200  # characters of a metric's name
AGENT_MAX = 200  # characters of what an agent calls itself
LABELS_MAX = 8_000  # characters of all labels as JSON: more than the limits on labels let through


def labels_text(labels: str) -> str:
    """Labels, from their JSON, as in host=a, zone=eu."""
    return ", ".join(f"{name}={value}" for name, value in json.loads(labels).items())


class Kind(models.TextChoices):
    """What a metric's values are."""

    GAUGE = "gauge", "Gauge: a level, such as a temperature"
    COUNTER = "counter", "Counter: what was added, such as requests"
    HISTOGRAM = "histogram", "Histogram: many values, such as durations"


class Metric(models.Model):
    """Something that is measured."""

    name = models.CharField(max_length=NAME_MAX, unique=True)
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.GAUGE)
    unit = models.CharField(max_length=32, blank=True)
    help = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """A metric with one set of labels. Its row is locked while its windows are written.

    It was made with `token`, or by `user` without one. `state` is what the next value of a running total is compared
    with, as JSON; empty for everything else.
    """

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="series")
    labels = models.CharField(max_length=LABELS_MAX)
    digest = models.CharField(max_length=32, unique=True, editable=False)
    token = models.ForeignKey(
        "accounts.ApiToken", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    state = models.TextField(blank=True, editable=False)
    last_at = models.FloatField(default=0, editable=False, help_text="Unix seconds of the newest sample.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"{self.metric} {labels_text(self.labels)}"


class RollupBase(models.Model):
    """The samples of one series in one window. Windows can be merged: those of many series, or of a longer time.

    `start` is in Unix seconds. The series has no database constraint, and deleting one deletes its windows by hand.
    An empty `sketch` stands for samples that are all equal, or for a counter's, which have none.
    """

    pk = models.CompositePrimaryKey("series_id", "start")
    series = models.ForeignKey(
        Series, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    start = models.BigIntegerField()
    count = models.BigIntegerField()
    sum = models.FloatField()
    min = models.FloatField()
    max = models.FloatField()
    last = models.FloatField()
    last_at = models.FloatField()
    sketch = models.BinaryField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.series_id} at {self.start}"


class Rollup1s(RollupBase):
    pass


class Rollup10s(RollupBase):
    pass


class Rollup1m(RollupBase):
    pass


class Rollup1h(RollupBase):
    pass


class Rollup1d(RollupBase):
    pass


class Batch(models.Model):
    """Samples that were taken in. The same `key` of the same sender again gets this result, and counts nothing."""

    sender = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    result = models.TextField(default="")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name_plural = "batches"
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "key"], name="batch_once")]

    def __str__(self) -> str:
        return f"{self.sender} {self.key}"


class DeadLetter(models.Model):
    """A sample that came too late to correct its window."""

    sender = models.CharField(max_length=40)
    metric = models.CharField(max_length=NAME_MAX)
    labels = models.CharField(max_length=LABELS_MAX)
    value = models.CharField(max_length=40)
    measured_at = models.FloatField(help_text="Unix seconds, as the sample said.")
    reason = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.metric} {self.reason}"


class Revision(models.Model):
    """A window of a metric that has changed after it was closed: the ticker tells of it and removes this.

    With a `start` of 0 more has changed than one window; without a metric, something of any.
    """

    metric = models.ForeignKey(Metric, models.CASCADE, null=True, related_name="+", db_index=False)
    start = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.metric_id} at {self.start}"


class Source(models.Model):
    """Who sends measurements, and how far their time has come: a sender, or one `agent` of those that share its token.

    Windows close by the clock, not by this; it tells whose samples a closed one may still lack. `late` are those that
    came after their window was closed.
    """

    key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=AGENT_MAX, blank=True, db_default="")
    newest_at = models.FloatField(help_text="Unix seconds, as the newest sample said.")
    received_at = models.FloatField(help_text="Unix seconds of the last push.")
    accepted = models.BigIntegerField(default=0)
    late = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.key


class Target(models.Model):
    """An address whose Prometheus text is fetched every `interval` seconds."""

    name = models.CharField(max_length=60, unique=True, help_text="Becomes the label job.")
    url = models.URLField(max_length=500)
    interval = models.PositiveIntegerField(default=15, help_text="Seconds.")
    enabled = models.BooleanField(default=True)
    last_at = models.DateTimeField(null=True, blank=True, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)

    def __str__(self) -> str:
        return self.name
