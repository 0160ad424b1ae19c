"""A worker: one thread that takes jobs and keeps their leases, and some that do them."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections

from project.jobs import claims, wake
from project.jobs.models import Priority
from project.jobs.running import Running
from project.realtime.database import UNREACHABLE

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How soon a job of another process is found, or one that falls due."""
URGENT_THREADS = 1
"""Beyond the others, for what comes first alone: it does not wait until a slow push service has answered them."""


class Worker:
    """Does what is due, `threads` jobs at a time and an urgent one more, until it is stopped."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._in_hand: dict[str, Running] = {}
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._stopping = threading.Event()
        self._renewed = 0.0

    def run(self) -> None:
        """Works until `stop()` is called, then finishes what is in hand and returns. Outlives a database that is
        away."""
        wake.attach(self._something)
        with ThreadPoolExecutor(self._threads + URGENT_THREADS, thread_name_prefix="job") as pool:
            while not self._stopping.is_set() or self._in_hand:
                self._something.clear()
                try:
                    self._look(pool)
                except UNREACHABLE as error:
                    logger.warning("The database cannot be reached: %s", error)
                except Exception:
                    logger.exception("Looking for jobs failed")
                finally:
                    close_old_connections()
                self._something.wait(LOOK_SECONDS)

    def stop(self) -> None:
        """Takes nothing more. Returns at once; `run` returns when what is in hand is done."""
        self._stopping.set()
        self._something.set()

    def _look(self, pool: ThreadPoolExecutor) -> None:
        self._renew()
        if self._stopping.is_set():
            return
        for running in self._claim(self._threads - len(self._in_hand)):
            with self._lock:
                self._in_hand[running.claim] = running
            pool.submit(self._do, running)

    def _claim(self, free: int) -> list[Running]:
        """What `free` threads can do. Where there are none, what comes first has those that are kept for it."""
        if free > 0:
            return claims.claim(free)
        return claims.claim(URGENT_THREADS + free, Priority.FIRST)

    def _renew(self) -> None:
        with self._lock:
            in_hand = list(self._in_hand.values())
        now = time.monotonic()
        if in_hand and now - self._renewed > claims.lease().total_seconds() / 4:
            claims.renew(in_hand)
            self._renewed = now

    def _do(self, running: Running) -> None:
        close_old_connections()
        try:
            claims.run(running)
        except Exception as error:
            logger.warning("%s %d is left until its lease runs out: %s", running.name, running.id, error)
        finally:
            close_old_connections()
            with self._lock:
                del self._in_hand[running.claim]
            self._something.set()
