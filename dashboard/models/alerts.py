"""Rules, the alerts that they raise, what became of them, and when nobody is to be told."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from .boards import TITLE_MAX, Board
from .measured import labels_text

WHY_MAX = 300
COMMENT_MAX = 500


class Severity(models.TextChoices):
    INFO = "info", "Info"
    WARNING = "warning", "Warning"
    CRITICAL = "critical", "Critical"


class State(models.TextChoices):
    OK = "ok", "OK"
    PENDING = "pending", "Pending"
    FIRING = "firing", "Firing"
    RECOVERING = "recovering", "Recovering"


class Rule(models.Model):
    """What is watched. `definition` is all of it, see `rules.schemas`; columns beside it are copies, to find rules by.

    `evaluated` is up to when (Unix seconds of event time) its alerts are judged; 0: from the next step on.
    """

    title = models.CharField(max_length=TITLE_MAX)
    board = models.ForeignKey(Board, models.CASCADE, related_name="rules")
    severity = models.CharField(max_length=8, choices=Severity.choices)
    enabled = models.BooleanField(default=True)
    definition = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    evaluated = models.BigIntegerField(default=0, editable=False)
    error = models.CharField(max_length=WHY_MAX, blank=True, editable=False)

    def __str__(self) -> str:
        return self.title


class RuleVersion(models.Model):
    """A rule as it once was. Nobody is the author of what came with the site."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "version"], name="rule_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} version {self.version}"


class Post(models.Model):
    """A message in a room that tells of alerts; `message` is null until it stands there."""

    room = models.BigIntegerField()
    message = models.BigIntegerField(null=True)
    url = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=WHY_MAX, blank=True)
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"room {self.room} message {self.message}"


class Alert(models.Model):
    """One label set of a rule that was not ok at some time. The row stays, and so does its id, until nothing has
    happened to it for very long.

    `since` and `mark` are Unix seconds of event time: when the state began, and from when on it counts as lasting.
    Each time that it begins to fire is an `incident`, which began at `fired`; `told` is the last one that somebody was
    told of.
    """

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="alerts", db_index=False)
    labels = models.TextField(default="{}")
    digest = models.CharField(max_length=32, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OK)
    since = models.BigIntegerField()
    mark = models.BigIntegerField()
    value = models.FloatField(null=True)
    why = models.CharField(max_length=WHY_MAX, blank=True)
    incident = models.PositiveIntegerField(default=0)
    fired = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    silenced = models.BooleanField(default=False)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="alerts")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["rule", "digest"], name="alert_once")]
        indexes: ClassVar = [
            models.Index(fields=["rule"], name="alert_active", condition=~models.Q(state="ok")),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {labels_text(self.labels)}"


class PostedIncident(models.Model):
    """An incident that a message tells of, from `fired` to `ended` (Unix seconds of event time; null: it lasts).

    The alert itself may be at its next incident before anybody has looked at this one.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="incidents")
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="+", db_index=False)
    incident = models.PositiveIntegerField()
    fired = models.BigIntegerField()
    ended = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alert", "incident"], name="incident_posted_once")
        ]

    def __str__(self) -> str:
        return f"alert {self.alert_id} incident {self.incident}"


class AlertChange(models.Model):
    """What happened to an alert: another state, an acknowledgement, silence. `at` is event time."""

    class Kind(models.TextChoices):
        STATE = "state", "State"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        UNACKNOWLEDGED = "unacknowledged", "No longer acknowledged"
        SILENCED = "silenced", "Silenced"
        UNSILENCED = "unsilenced", "No longer silenced"

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="changes")
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.STATE)
    before = models.CharField(max_length=10, choices=State.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    value = models.FloatField(null=True)
    why = models.CharField(max_length=WHY_MAX, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return f"{self.alert_id} {self.before} {self.state}"


class Silence(models.Model):
    """Nobody is told of the alerts that it matches, until then: those of a rule, those with these labels, or both."""

    rule = models.ForeignKey(Rule, models.CASCADE, null=True, blank=True, related_name="silences")
    labels = models.JSONField(default=dict, blank=True)
    until = models.DateTimeField(db_index=True)
    comment = models.CharField(max_length=COMMENT_MAX, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody ended it before its time."
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return self.comment or f"Silence {self.pk}"

    def matches(self, rule: int, labels: dict[str, Any]) -> bool:
        """Whether it is about an alert of this rule with these labels."""
        return self.rule_id in (None, rule) and all(
            labels.get(name) == is_ for name, is_ in self.labels.items()
        )
