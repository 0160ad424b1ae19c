"""Rooms, who is in them, and what was said. State changes only through `actions`."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

NAME_MAX = 80  # characters: a room's name has to fit the list at the left
BODY_MAX = 10_000  # characters: the longest message of the protocol
EMOJI_MAX_BYTES = 32  # the longest joined emoji (families, flags with skin tones) stay below this
DIRECT_MIN, DIRECT_MAX = 2, 8  # people in a direct room; more is a closed room


class Kind(models.TextChoices):
    OPEN = "open", "Open: anyone may find and join"
    CLOSED = "closed", "Closed: by invitation"
    DIRECT = "direct", "Direct: these people only"


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    MODERATOR = "moderator", "Moderator"
    MEMBER = "member", "Member"


class Involvement(models.TextChoices):
    EVERYTHING = "everything", "Everything"
    MENTIONS = "mentions", "Mentions"
    NOTHING = "nothing", "Nothing"


class Room(models.Model):
    """A place to talk. Never deleted, only archived, so that links into it keep working."""

    name = models.CharField(max_length=NAME_MAX, blank=True, help_text="Empty for a direct room.")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OPEN)
    direct_key = models.CharField(max_length=200, unique=True, null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return self.name or f"Direct room {self.pk}"

    @property
    def stream(self) -> str:
        return f"room.{self.pk}"

    @property
    def is_direct(self) -> bool:
        return self.kind == Kind.DIRECT

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @staticmethod
    def direct_key_of(user_ids: set[int]) -> str:
        """The one key that a direct room of exactly these people has."""
        return ",".join(map(str, sorted(user_ids)))

    def newest_seq(self) -> int:
        """The `seq` of the newest message, 0 in an empty room."""
        return self.messages.order_by("-seq").values_list("seq", flat=True).first() or 0


class Membership(models.Model):
    """A person in a room: what they may do there, what they want to hear, how far they have read."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="memberships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=9, choices=Role.choices, default=Role.MEMBER)
    involvement = models.CharField(max_length=10, choices=Involvement.choices, default=Involvement.EVERYTHING)
    read_seq = models.BigIntegerField(default=0, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("room", "user"), name="membership_once"),)

    def __str__(self) -> str:
        return f"{self.user} in {self.room}"

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def may_moderate(self) -> bool:
        return self.role in (Role.OWNER, Role.MODERATOR)

    def may_remove(self, other: Membership) -> bool:
        """Owners may remove anyone, moderators plain members only."""
        return self.is_owner or (self.may_moderate and other.role == Role.MEMBER)


class Activity(models.Model):
    """When somebody said, read or reacted to something last, to half a minute."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} at {self.at}"


class Message(models.Model):
    """Something said. `seq` is that of its `message.created` event, and orders the room."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="messages", db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages", db_index=False
    )
    seq = models.BigIntegerField(editable=False)
    body = models.TextField(max_length=BODY_MAX, blank=True)
    html = models.TextField(blank=True, editable=False)
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    reply_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replies", db_index=False
    )
    mentions_room = models.BooleanField(default=False, editable=False)
    attachments = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("room", "seq"), name="message_seq_once"),
            models.UniqueConstraint(fields=("room", "author", "client_id"), name="message_sent_once"),
        )
        indexes = (
            # The rate limit counts one person's newest messages in one room at every send.
            models.Index(fields=("author", "room", "created_at"), name="message_pace"),
            # So do the edits that they made a moment ago.
            models.Index(
                fields=("author", "room", "edited_at"),
                name="message_edit_pace",
                condition=models.Q(edited_at__isnull=False),
            ),
            # Unread mentions are counted for every room of every page.
            models.Index(
                fields=("room", "seq"), name="message_to_all", condition=models.Q(mentions_room=True)
            ),
        )

    def __str__(self) -> str:
        return f"Message {self.pk}"

    @property
    def stream(self) -> str:
        return f"room.{self.room_id}"

    @property
    def subject(self) -> str:
        """Finds the events that carry this message's text again when it is deleted."""
        return f"message.{self.pk}"

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


class Mention(models.Model):
    """A person named in a message. `@room` is `Message.mentions_room` instead."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "user"), name="mention_once"),)

    def __str__(self) -> str:
        return f"{self.user} in {self.message}"


class Reaction(models.Model):
    """One person's one emoji on one message."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reactions")
    emoji = models.CharField(max_length=EMOJI_MAX_BYTES)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "user", "emoji"), name="reaction_once"),)

    def __str__(self) -> str:
        return f"{self.emoji} by {self.user}"


class Pin(models.Model):
    """A message that charts show at a moment: when it was said, or when what it tells of happened."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="pin")
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"{self.message} at {self.at}"
