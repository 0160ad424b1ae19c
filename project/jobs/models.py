"""The queue: one row a job, gone when the job is done."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class State(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    FAILED = "failed", "Failed for good"


class Priority(models.IntegerChoices):
    """What is done first of what is due."""

    FIRST = 0, "First"
    NORMAL = 1, "Normal"
    LAST = 2, "Last"


class Job(models.Model):
    """Something to be done at `due_at` or soon after, once.

    A worker takes it by writing its `claim`, which holds until `claimed_until`; a worker that died loses it then.
    """

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=120, help_text="The same key waits only once.")
    args = models.JSONField(default=dict)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    due_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    failed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            # Only while it waits: what happens while a job runs may need it to run again.
            models.UniqueConstraint(
                fields=["key"], name="job_waits_once", condition=models.Q(state="waiting")
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "due_at"], name="job_waiting", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["claimed_until"], name="job_running", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"
