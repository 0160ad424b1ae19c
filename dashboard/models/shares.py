"""Links that show a board to whoever has them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from .boards import TITLE_MAX, Board


class Share(models.Model):
    """A link to a board. Only the digest of its secret is kept.

    `frozen` is what the board showed when the link was made: the answer to whoever reads it, as JSON packed with gzip.
    `frozen_board` is what the board was: `title`, `panels`. They stay so whatever becomes of the measurements and of
    the board. Both are empty for a link that shows the board live.
    """

    board = models.ForeignKey(Board, models.CASCADE, related_name="shares")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=TITLE_MAX, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    frozen = models.BinaryField(default=b"", editable=False)
    frozen_board = models.JSONField(null=True, editable=False)
    frozen_from = models.FloatField(null=True, editable=False)
    frozen_to = models.FloatField(null=True, editable=False)

    def __str__(self) -> str:
        return self.name or f"Link to {self.board_id}"

    @property
    def is_live(self) -> bool:
        """Whether it shows the board as it is, and not as it was."""
        return self.frozen_to is None
