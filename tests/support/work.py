"""A real `manage.py work`, as an operator would start it, and one that dies at a chosen step."""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.daemon import Daemon, wait_until
from tests.support.site import ROOT

MORTAL = {"DJANGO_SETTINGS_MODULE": "tests.support.mortal.settings"}


class Work(Daemon):
    """One worker process; `die_at` is the step before which it is killed, see `tests.support.mortal`."""

    name = "work"

    def __init__(
        self, environment: Mapping[str, str], *, threads: int = 1, die_at: int | None = None
    ) -> None:
        self._environment = dict(environment)
        if die_at is not None:
            self._environment["DIE_AT"] = str(die_at)
        self._threads = threads
        super().__init__(Path(tempfile.mkdtemp(prefix="watchroom-work-")) / "work.log")

    def command(self) -> list[str | Path]:
        return [sys.executable, str(ROOT / "manage.py"), "work", "--threads", str(self._threads)]

    def environment(self) -> dict[str, str]:
        return self._environment | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def answers(self) -> bool:
        return "Working" in self.tail()

    def has_died(self) -> bool:
        """Whether it was killed, rather than being at work still.

        Raises AssertionError if it ended by itself.
        """
        if self.running:
            return False
        assert self.process is not None
        assert self.process.returncode == -9, self.tail()
        return True

    def wait_for_death(self, timeout: float = 30) -> None:
        """Returns when it has been killed; raises TimeoutError when it lives on."""
        wait_until(self.has_died, timeout, f"the worker to die\n{self.tail()}")
