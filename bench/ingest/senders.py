"""Who sends measurements, as fast as they are taken."""

import json
import random
import time
from typing import NamedTuple

import httpx

from bench.ingest.places import Place

SAMPLES = 500
"""In a push: about what a frame holds."""


class Shape(NamedTuple):
    """What a sender's pushes are made of: `series` of them, in turn."""

    name: str
    series: int
    metric: str


BUSY = Shape("5 of each series", 100, "busy")
"""Something that happens often, and is not counted before it is sent."""
WIDE = Shape("1 of each series", 500, "wide")
"""An agent that sends all its levels once a second: the most rows for a sample that there can be."""


class Sender:
    """Pushes gauges, each push with a batch id, as an agent would. A push that is refused is counted and left out.

    With a `rate`, so many samples a second; else as fast as they are taken.
    """

    def __init__(self, place: Place, shape: Shape, number: int, rate: float = 0.0) -> None:
        self._apart = SAMPLES / rate if rate else 0.0
        self.accepted = self.refused = 0
        self.waits: list[float] = []
        self._place, self._shape, self._number = place, shape, number
        self._labels = [
            {"host": f"machine-{number}", "series": f"{n % shape.series}"} for n in range(SAMPLES)
        ]

    def run(self, until: float) -> None:
        """Until that moment of the monotonic clock."""
        headers = {"Content-Type": "application/json", **self._place.headers}
        with httpx.Client(base_url=self._place.url, headers=headers, timeout=30, trust_env=False) as http:
            due = time.monotonic()
            while time.monotonic() < until:
                due += self._apart
                time.sleep(max(0.0, due - self._apart - time.monotonic()))
                body = self._body()
                begun = time.perf_counter()
                answer = http.post(self._place.path, content=body)
                if answer.status_code == 200:
                    self.waits.append(time.perf_counter() - begun)
                    self.accepted += answer.json()["data"]["accepted"]
                else:
                    self.refused += 1

    def _body(self) -> bytes:
        samples = [
            {"name": self._shape.metric, "value": random.random(), "labels": labels}
            for labels in self._labels
        ]
        data = {"samples": samples, "batch": f"{self._number}-{time.time_ns()}"}
        return json.dumps(data, separators=(",", ":")).encode()
