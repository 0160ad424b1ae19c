"""The log: one row a stream, one row an event."""

import secrets

from django.conf import settings
from django.db import models

EPOCH_LENGTH_BYTES = 6


def new_epoch() -> str:
    """A token that no other history of this site has: letters and digits only, as it stands in cursors."""
    return secrets.token_hex(EPOCH_LENGTH_BYTES)


class Epoch(models.Model):
    """The identity of the log. The newest row counts; a restored backup gets a new one."""

    token = models.CharField(max_length=32, unique=True, default=new_epoch)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.token


class Stream(models.Model):
    """A sequence of events. `head` is the last seq given out, `oldest` the first one still kept."""

    name = models.CharField(max_length=90, unique=True)
    head = models.BigIntegerField(default=0)
    oldest = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """What happened. `data` is JSON text, not a JSON column: a replay must give the very bytes that went out live."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, db_index=False)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=40)
    data = models.TextField()
    at = models.DateTimeField()
    subject = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="event_seq_unique")]
        indexes = [
            models.Index(
                fields=["stream", "subject"],
                name="event_subject",
                condition=~models.Q(subject=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.stream_id}:{self.seq} {self.type}"


class Process(models.Model):
    """A running server process. One that died stops moving `alive_until`, and its people go offline with it."""

    token = models.CharField(max_length=32, unique=True)
    alive_until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.token


class Presence(models.Model):
    """A person's open connections on one process."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    connections = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "user"], name="presence_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.process_id}"


class Lease(models.Model):
    """Background work that one process at a time does: whoever moved `until` last holds it."""

    name = models.CharField(max_length=40, unique=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
