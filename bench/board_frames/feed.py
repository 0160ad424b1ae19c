"""A program that measures so many series each second."""

import math
import threading
import time
from types import TracebackType
from typing import Any

from tests.support.people import Person

HISTORY_SECONDS = 900
BATCH = 600


class Feed:
    """Fifteen minutes of a metric, and from then on a sample a second and series."""

    metric = "bench.value"

    def __init__(self, url: str, person: Person, series: int) -> None:
        self._url, self._person, self._series = url, person, series
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._told = int(time.time())

    def __enter__(self) -> "Feed":
        self._push(range(self._told - HISTORY_SECONDS, self._told))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(1 - time.time() % 1):
            due = range(self._told, int(time.time()))
            self._push(due)
            self._told = due.stop

    def _push(self, seconds: range) -> None:
        samples = [self._sample(second, n) for second in seconds for n in range(self._series)]
        for start in range(0, len(samples), BATCH):
            self._person.command(self._url, "metrics.push", samples=samples[start : start + BATCH])

    def _sample(self, second: int, n: int) -> dict[str, Any]:
        value = 50 + 30 * math.sin(second / 30 + n) + (second * 7919 * (n + 1)) % 5
        return {"name": self.metric, "value": value, "labels": {"host": f"web-{n}"}, "at": second + 0.5}


def make_board(url: str, person: Person, metric: str, panels: int) -> str:
    """A board with so many panels, each with all series; returns its slug."""
    queries = [{"metric": metric, "fn": "avg", "by": ["host"]}]
    made = [
        {"id": f"p{n}", "type": "line", "title": f"Panel {n}", "w": 3, "h": 3, "queries": queries}
        for n in range(panels)
    ]
    return str(person.command(url, "board.create", title="Bench", panels=made)["slug"])
