"""Notifications for staff."""

from . import inbox, sending, wishes

__all__ = ["inbox", "sending", "wishes"]
