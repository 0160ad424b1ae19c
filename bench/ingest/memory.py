"""How much memory a server has, on the way."""

import time
from threading import Event, Thread

import psutil

MEGABYTE = 2**20


class Memory(Thread):
    """Looks at a process every so many seconds, until it is stopped."""

    def __init__(self, pid: int, every: float) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(pid)
        self._every = every
        self._stopping = Event()
        self._seen: list[tuple[float, float]] = []

    def run(self) -> None:
        while not self._stopping.is_set():
            self._seen.append((time.monotonic(), self._process.memory_info().rss / MEGABYTE))
            self._stopping.wait(self._every)

    def stop(self) -> None:
        """Looks no more."""
        self._stopping.set()
        self.join()

    @property
    def megabytes(self) -> list[int]:
        """What was seen."""
        return [round(size) for _, size in self._seen]

    def slope(self) -> float:
        """By how many megabytes a minute it grew in the last half: the line that fits best."""
        last = self._seen[len(self._seen) // 2 :]
        at = sum(moment for moment, _ in last) / len(last)
        mean = sum(size for _, size in last) / len(last)
        apart = sum((moment - at) ** 2 for moment, _ in last)
        return 60 * sum((moment - at) * (size - mean) for moment, size in last) / apart if apart else 0.0
