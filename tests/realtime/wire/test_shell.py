"""Watching and mending the log from a shell."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from tests.realtime.wire.conftest import Place
from tests.support.site import ROOT


@contextmanager
def tail(place: Place, *arguments: str) -> Iterator[IO[str]]:
    """What `manage.py tail` prints, while it runs."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "tail", *arguments],
        cwd=ROOT,
        env=place.installation.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_tail_prints_what_is_kept_and_goes_on_with_what_comes(embedded: Place) -> None:
    room = embedded.room()
    head = embedded.head(room)
    with tail(embedded, f"room.{room}", "--from", "0") as lines:
        kept = [json.loads(lines.readline()) for _ in range(head)]
        [message] = embedded.say(room, "live")
        came = json.loads(lines.readline())
    assert [item["seq"] for item in kept] == list(range(1, head + 1))
    assert (came["seq"], came["data"]["body"]) == (message["seq"], "live")
