"""The boards that show what is measured, and who tells them of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

SLUG_MAX = 60
TITLE_MAX = 120


class Ticker(models.Model):
    """Who closes windows. One row: its holder leads until `until`; `fence` grows with each new leader.

    Windows up to `closed` are closed: what changes them from then on is a revision. Those up to `ticked` were told.
    """

    holder = models.CharField(max_length=32, blank=True)
    fence = models.BigIntegerField(default=0)
    until = models.FloatField(default=0)
    closed = models.BigIntegerField(default=0)
    ticked = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.holder} {self.fence}"


class Board(models.Model):
    """Panels on a page. `ticked` is the last window its stream was told of, `followed_until` (Unix seconds) how long
    it will be told of more without anybody following it. One that is `hidden` is the chart of a message: in no list,
    and never changed."""

    slug = models.SlugField(max_length=SLUG_MAX, unique=True)
    title = models.CharField(max_length=TITLE_MAX)
    panels = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    hidden = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    ticked = models.BigIntegerField(default=0, editable=False)
    followed_until = models.FloatField(default=0, editable=False)

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return f"board.{self.slug}"


class BoardVersion(models.Model):
    """A board as it once was."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE_MAX)
    panels = models.JSONField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["board", "version"], name="board_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.board_id} version {self.version}"
