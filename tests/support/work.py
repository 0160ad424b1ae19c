"""A real `manage.py work`, as an operator would start it, and ones that die at chosen steps."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.daemon import Daemon, wait_until
from tests.support.site import ROOT

MORTAL = {"DJANGO_SETTINGS_MODULE": "tests.support.mortal.settings"}


def kill_one_at_each_step(environment: Mapping[str, str], steps: int) -> None:
    """Lets one worker after the other begin, each of which is killed one step later than the one before it."""
    command = [sys.executable, "-m", "tests.support.mortal", str(steps)]
    paths = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    ended = subprocess.run(
        command, cwd=ROOT, env={**environment, **paths}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


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
