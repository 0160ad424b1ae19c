"""The only place that changes boards and appends their events."""

from .boards import create, delete, restore, update

__all__ = ("create", "delete", "restore", "update")
