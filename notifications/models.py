"""What people are told, how it reached them, and what they want. State changes only through `actions`."""

from __future__ import annotations

from datetime import time
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

    `seq` is that of the last event about it on the person's inbox stream; `position` orders it within its source, as
    a message's seq does in its room, so that reading the source that far reads this too.
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
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
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
    """One thing that happened, of the one or many that a notification tells of. The same key happens once a person."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    notification = models.ForeignKey(Notification, models.CASCADE, related_name="occurrences")
    dedupe_key = models.CharField(max_length=KEY_MAX)
    title = models.CharField(max_length=TITLE_MAX)
    body = models.CharField(max_length=BODY_MAX, blank=True)
    link = models.CharField(max_length=LINK_MAX, blank=True)
    position = models.BigIntegerField(default=0)
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


class Device(models.Model):
    """A browser that takes web push, as its subscription says (RFC 8030, RFC 8291)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    name = models.CharField(max_length=120, blank=True)
    endpoint = models.CharField(max_length=1_000)
    endpoint_digest = models.CharField(max_length=64, unique=True, editable=False)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name or f"Device {self.pk}"


class Channel(models.TextChoices):
    PUSH = "push", "Push"
    EMAIL = "email", "Email"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Sending"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Not needed any more"


class Delivery(models.Model):
    """One message to one device or address about one revision of a notification, or about its withdrawal."""

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    device = models.ForeignKey(Device, models.SET_NULL, null=True, blank=True, related_name="deliveries")
    address = models.CharField(max_length=254, blank=True)
    revision = models.PositiveIntegerField(default=1)
    step = models.PositiveSmallIntegerField(default=0, help_text="How often it was repeated before.")
    withdraws = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    attempted_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [models.Index(fields=["created_at"], name="delivery_age")]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Digest(models.TextChoices):
    OFF = "off", "Off"
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every Monday"


class Settings(models.Model):
    """What one person wants in general. Times are in the person's own time zone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_settings"
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest = models.CharField(max_length=6, choices=Digest.choices, default=Digest.OFF)
    digest_at = models.TimeField(default=time(8))
    sound = models.BooleanField(default=False)
    seen_seq = models.BigIntegerField(default=0, editable=False, help_text="How far the inbox was looked at.")

    class Meta:
        verbose_name_plural = "settings"

    def __str__(self) -> str:
        return f"Settings of {self.user_id}"


class Preference(models.Model):
    """Whether one kind of notification may use one channel. Without a row, the kind's own default holds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences", db_index=False
    )
    kind = models.CharField(max_length=32)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"


class Mute(models.Model):
    """A source one person does not want to hear of."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mutes", db_index=False)
    source = models.CharField(max_length=100)
    source_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "source"], name="mute_once")]

    def __str__(self) -> str:
        return self.source


class Topic(models.Model):
    """Something people follow and programs tell of, such as `deploys`."""

    name = models.SlugField(max_length=60, unique=True)
    description = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        return f"topic.{self.name}"


class Subscription(models.Model):
    """A person follows a topic. Those with a `turn` are called one after the other when it is urgent."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="subscriptions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="topic_subscriptions")
    turn = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 is called first when it is urgent."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["topic", "user"], name="subscription_once")]

    def __str__(self) -> str:
        return f"{self.user} follows {self.topic}"


class Audience(models.TextChoices):
    EVERYONE = "everyone", "Everyone"
    TOPIC = "topic", "Those who follow a topic"
    GROUP = "group", "A group"
    PEOPLE = "people", "These people"


class Deed(models.TextChoices):
    TELL = "tell", "Tell"
    AMEND = "amend", "Change what they were told"
    WITHDRAW = "withdraw", "Take it back"


class Broadcast(models.Model):
    """One notice on its way to many, or what became of it. `done_up_to` is the last person's id it has reached; a crash
    resumes there."""

    deed = models.CharField(max_length=8, choices=Deed.choices, default=Deed.TELL)
    dedupe_key = models.CharField(max_length=KEY_MAX, blank=True, db_index=True, editable=False)
    audience = models.CharField(max_length=8, choices=Audience.choices)
    audience_key = models.CharField(max_length=100, blank=True)
    people = models.JSONField(default=list, blank=True)
    notice = models.JSONField()
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    done_up_to = models.BigIntegerField(default=0, editable=False)
    reached = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return str(self.notice.get("title", ""))

    @property
    def has_no_sender(self) -> bool:
        """Whether an app has sent it by itself, to people it named: nobody will ask what became of it."""
        return self.sender_id is None and self.audience == Audience.PEOPLE
