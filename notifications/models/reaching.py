"""How it reaches them, and what they want of that."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from .inbox import Notification


class Device(models.Model):
    """A browser that takes web push, as its subscription says (RFC 8030, RFC 8291), while it is signed in by the
    session with this digest, or by the token with this id."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    name = models.CharField(max_length=120, blank=True)
    endpoint = models.CharField(max_length=1_000)
    endpoint_digest = models.CharField(max_length=64, unique=True, editable=False)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    session = models.CharField(max_length=64, blank=True, editable=False)
    token = models.PositiveBigIntegerField(default=0, editable=False)
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
    """One message to one device or address about one revision of a notification, or about its withdrawal.

    Of one that was sent, `revision` is what it said."""

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    device = models.ForeignKey(Device, models.SET_NULL, null=True, blank=True, related_name="deliveries")
    address = models.CharField(max_length=254, blank=True)
    revision = models.PositiveIntegerField(default=1)
    step = models.PositiveSmallIntegerField(default=0, help_text="How often it was repeated before.")
    withdraws = models.BooleanField(default=False)
    corrects = models.BooleanField(
        default=False, help_text="Replaces a copy that says what is true no longer."
    )
    digest_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The digest that it is a part of."
    )
    state = models.CharField(max_length=9, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    attempted_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [models.Index(fields=["created_at"], name="delivery_age")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notification", "digest_at"],
                name="delivery_in_a_digest_once",
                condition=models.Q(digest_at__isnull=False),
            )
        ]

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
