"""A server program that tests start, stop, kill, and start again on the same port."""

import atexit
import os
import pwd
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.support.ports import free_port

READY_TIMEOUT = 120.0  # seconds; alone PostgreSQL takes one, but a whole run starts everything at once
STOP_TIMEOUT = 120.0
POLL = 0.02  # seconds between looks at a server that has no way to tell us it is ready


class NotReady(Exception):
    """The server ended, or did not answer in time. The message has the end of its log."""


def wait_until(happened: Callable[[], bool], timeout: float, what: str) -> None:
    """Return as soon as `happened()` is true; raise TimeoutError naming `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout:.0f} s for {what}")
        time.sleep(POLL)


class Daemon(ABC):
    """One server process, with its own process group, a fixed port and a log file.

    `start()` returns when the server answers. `stop()` asks it to end and waits; `kill()` ends the whole
    group at once, as a crash would. What is still running when Python ends is killed.
    """

    name: str
    stop_signal = signal.SIGTERM

    def __init__(self, log: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        atexit.register(self.kill)

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """The program and its arguments."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server is ready to serve, asked without waiting long."""

    def environment(self) -> dict[str, str] | None:
        """The program's environment; None is ours."""
        return None

    def user(self) -> pwd.struct_passwd | None:
        """Whom to run as; None is ourselves."""
        return None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} was never started"
        return self.process.pid

    def launch(self) -> None:
        """Start the process without waiting for it to be ready."""
        assert not self.running, f"{self.name} is running already"
        user = self.user()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment(),
                start_new_session=True,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )

    def wait_ready(self, timeout: float = READY_TIMEOUT) -> None:
        """Return when the server answers; raise NotReady when it ended or stays silent."""
        try:
            wait_until(lambda: not self.running or self.answers(), timeout, f"{self.name} to be ready")
        except TimeoutError as late:
            raise NotReady(f"{late}\n{self.tail()}") from late
        if not self.running:
            raise NotReady(f"{self.name} ended at once\n{self.tail()}")

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    def stop(self, timeout: float = STOP_TIMEOUT) -> int:
        """Ask the server to end, wait, and return its exit code."""
        assert self.process is not None, f"{self.name} was never started"
        if self.running:
            self.process.send_signal(self.stop_signal)
        return self.process.wait(timeout)

    def kill(self) -> None:
        """End the server and its children at once, without a chance to tidy up."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):  # the group is gone already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        """Stop if running, then start again on the same port with the same data."""
        if self.running:
            self.stop()
        self.start()

    def tail(self, lines: int = 60) -> str:
        """The end of the server's log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
