"""`manage.py rotate_epoch`: after a backup was restored."""

from typing import Any

from django.core.management.base import BaseCommand

from project.realtime.log import rotate_epoch


class Command(BaseCommand):
    help = "Give the log a new identity, so that cursors from before a restored backup are refused. Clients reload."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"The epoch is now {rotate_epoch()}.")
