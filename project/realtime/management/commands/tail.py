"""`manage.py tail STREAM`: watch a stream from a shell."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from project.realtime import log
from project.realtime.protocol import is_stream

LOOK_EVERY_SECONDS = 0.5
PAGE_EVENTS = 500


class Command(BaseCommand):
    help = "Print a stream's events as JSON lines, and go on with what comes, until interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stream", help="such as room.7")
        parser.add_argument(
            "--from", dest="after", type=int, metavar="SEQ", help="start after this seq; 0 for all kept"
        )

    def handle(self, *args: Any, stream: str, after: int | None, **options: Any) -> None:
        if not (is_stream(stream) or stream == "control"):
            raise CommandError(f"{stream!r} is not the name of a stream, such as room.7.")
        head = log.heads([stream])[stream]
        position = head.head if after is None else max(after, head.oldest - 1)
        try:
            while True:
                position = self._print_after(stream, position)
                time.sleep(LOOK_EVERY_SECONDS)
        except (KeyboardInterrupt, BrokenPipeError):
            return

    def _print_after(self, stream: str, position: int) -> int:
        """Reads the log itself, so it shows what is there whatever else is running."""
        while events := log.read(stream, position, PAGE_EVENTS):
            for event in events:
                self.stdout.write(event.item.decode())
            position = events[-1].seq
        self.stdout.flush()
        return position
