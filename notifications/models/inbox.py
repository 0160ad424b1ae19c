"""What people are told."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

TITLE_MAX = 200  # characters: one line of a lock screen, and some
BODY_MAX = 2_000  # characters: an encrypted push message carries 3.9 KiB at most
LINK_MAX = 1_000
KEY_MAX = 200
ACTIONS_MAX = 3  # buttons; browsers show two on a desktop notification


class Priority(models.IntegerChoices):
    """How far a notification may go to reach its person: see `outreach.ladder`."""

    QUIET = 1, "Quiet"
    LOW = 2, "Low"
    NORMAL = 3, "Normal"
    HIGH = 4, "High"
    URGENT = 5, "Urgent"


class Notification(models.Model):
    """Something one person is told. What shares a `collapse_key` while unread is one notification with a `count`.

    `seq` is that of the last event about it on the person's inbox stream, `news_seq` that of the last one that told
    something new, and was no mere correction. `revision` counts what it has shown so far. `position` orders it within
    its source, as a message's seq does in its room, so that reading the source that far reads this too.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=32)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    source = models.CharField(
        max_length=100, blank=True, help_text="What can be muted, as in room.7 or topic.deploys."
    )
    source_name = models.CharField(max_length=120, blank=True)
    position = models.BigIntegerField(default=0)
    title = models.CharField(max_length=TITLE_MAX)
    many = models.CharField(
        max_length=TITLE_MAX, blank=True, help_text="The title for more than one, with {count}."
    )
    body = models.CharField(max_length=BODY_MAX, blank=True)
    link = models.CharField(max_length=LINK_MAX, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    actions = models.JSONField(default=list, blank=True)
    collapse_key = models.CharField(max_length=KEY_MAX, blank=True)
    count = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    seq = models.BigIntegerField(default=0, editable=False)
    news_seq = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    woke_at = models.DateTimeField(null=True, blank=True, help_text="When it last came back from a snooze.")
    read_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient", "collapse_key"],
                name="notification_collapses",
                condition=models.Q(read_at=None, withdrawn_at=None) & ~models.Q(collapse_key=""),
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-updated_at", "-id"], name="notification_inbox"),
            models.Index(
                fields=["recipient", "source", "position"],
                name="notification_unread",
                condition=models.Q(read_at=None, withdrawn_at=None),
            ),
            models.Index(fields=["created_at"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return self.title or f"Notification {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its person."""
        return self.read_at is None and self.withdrawn_at is None


class Occurrence(models.Model):
    """One thing that happened, of the one or many that a notification tells of. The same key happens once a person.

    `seq` is that of the event which told of it, or brought it back after a snooze.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    notification = models.ForeignKey(Notification, models.CASCADE, related_name="occurrences")
    dedupe_key = models.CharField(max_length=KEY_MAX)
    title = models.CharField(max_length=TITLE_MAX)
    body = models.CharField(max_length=BODY_MAX, blank=True)
    link = models.CharField(max_length=LINK_MAX, blank=True)
    position = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    actions = models.JSONField(default=list, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dedupe_key", "recipient"], name="occurrence_once")
        ]

    def __str__(self) -> str:
        return self.title
