"""The only place that changes boards, rules, alerts, silences and series, and appends their events."""

from .boards import create, delete, renew, restore, update

__all__ = ("create", "delete", "renew", "restore", "update")
