"""`manage.py prune`: forget what is past its retention, now."""

from typing import Any

from django.core.management.base import BaseCommand

from project.realtime.retention import prune


class Command(BaseCommand):
    help = "Remove what is past its retention. The running site does this by itself every hour."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{prune()} rows removed.")
