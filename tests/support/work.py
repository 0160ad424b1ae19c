"""A real `manage.py work`, as an operator would start it, and ones that die at chosen steps."""

import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path

from tests.support.daemon import Daemon
from tests.support.shell import Shell
from tests.support.site import ROOT

MORTAL = {"DJANGO_SETTINGS_MODULE": "tests.support.mortal.settings"}


def kill_one_at_each_step(shell: Shell, steps: int) -> None:
    """Lets one worker after the other begin, each of which is killed one step later than the one before it."""
    shell.run(f"from tests.support import workers\nworkers.kill_one_at_each_step({steps})")


class ForkedWork:
    """A worker process of an installation, forked from its shell."""

    def __init__(self, shell: Shell, *, threads: int = 1) -> None:
        self._shell, self._threads = shell, threads
        self._begun: Future[int] = Future()

    def start(self) -> None:
        self._begun.set_result(self._tell(f"begin({self._threads})"))

    @property
    def pid(self) -> int:
        """Waits for it where another thread starts it: it may be at work before we are told."""
        return self._begun.result(timeout=60)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code, once it has ended; negative is the signal that killed it."""
        return self._tell(f"wait({self.pid})")

    def stop(self) -> int:
        """Tells it to end, and returns its exit code."""
        os.kill(self.pid, signal.SIGTERM)
        return self.wait()

    def _tell(self, call: str) -> int:
        return int(self._shell.tell(f"from tests.support import workers\nprint(workers.{call})"))


class Work(Daemon):
    """One worker process."""

    name = "work"

    def __init__(self, environment: Mapping[str, str], *, threads: int = 1) -> None:
        self._environment = dict(environment)
        self._threads = threads
        super().__init__(Path(tempfile.mkdtemp(prefix="watchroom-work-")) / "work.log")

    def command(self) -> list[str | Path]:
        return [sys.executable, str(ROOT / "manage.py"), "work", "--threads", str(self._threads)]

    def environment(self) -> dict[str, str]:
        return self._environment | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def answers(self) -> bool:
        return "Working" in self.tail()
