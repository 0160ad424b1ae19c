"""Who has live boards open while measurements are taken in."""

from threading import Event, Thread

import httpx

IDLE_SECONDS = 60.0
"""Longer than the server is ever silent."""


class Follower(Thread):
    """Follows some boards over SSE until it is stopped, as a page does: from its last position after every break."""

    def __init__(self, url: str, headers: dict[str, str], slugs: list[str]) -> None:
        super().__init__(daemon=True)
        self.ticks = 0
        self._url, self._headers = url, headers
        self._cursor = ",".join(f"board.{slug}" for slug in slugs)
        self._position = ""
        self._stopping = Event()

    def stop(self) -> None:
        """Ends with the next thing that is heard."""
        self._stopping.set()
        self.join(IDLE_SECONDS)

    def run(self) -> None:
        while not self._stopping.is_set():
            again = {"Last-Event-ID": self._position} if self._position else {}
            with (
                httpx.Client(base_url=self._url, timeout=IDLE_SECONDS, trust_env=False) as http,
                http.stream(
                    "GET", "/events/", params={"cursor": self._cursor}, headers=self._headers | again
                ) as answer,
            ):
                answer.raise_for_status()
                for line in answer.iter_lines():
                    self._hear(line)
                    if self._stopping.is_set():
                        return

    def _hear(self, line: str) -> None:
        name, _, value = line.partition(": ")
        if name == "id":
            self._position = value
        elif (name, value) == ("event", "board.tick"):
            self.ticks += 1
