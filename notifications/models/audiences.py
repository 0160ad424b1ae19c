"""What people follow, and what is told to many."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from .inbox import KEY_MAX


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
