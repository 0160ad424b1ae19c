"""What comes first in the queue: an alert does not wait behind a notice to everybody, nor does a mention."""

from project.jobs.models import Priority as Haste

from .models import Priority

__all__ = ["MANY", "Haste", "haste"]

MANY = 50
"""Notifications at a time beyond which nobody in particular waits for them."""


def haste(priority: int, together: int = 1) -> Haste:
    """When jobs about notifications of this priority have their turn, of which there are so many together."""
    if priority >= Priority.URGENT:
        return Haste.FIRST
    return Haste.LAST if together > MANY else Haste.NORMAL
