"""The only place that changes boards, rules, alerts, silences and series, and appends their events."""

from .boards import create, delete, restore, update

__all__ = ("create", "delete", "restore", "update")
