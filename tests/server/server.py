"""`python -m project.server` as the tests start it."""

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.daemon import Daemon
from tests.support.site import ROOT

from .wire import TIMEOUT, Wire


class Server(Daemon):
    """The server with the applications of `apps.py`, ready when it accepts connections.

    `{port}` in an argument becomes its port; keywords are its environment.
    """

    name = "server"

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="watchroom-server-"))
        super().__init__(self.home / "log")
        wanted = arguments or ("-b", "127.0.0.1", "-p", "{port}")
        self.arguments = [argument.replace("{port}", str(self.port)) for argument in wanted]
        self._environment = environment

    def command(self) -> list[str | Path]:
        return [sys.executable, "-m", "project.server", *self.arguments, "tests.server.apps:application"]

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self._environment}

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def get(self, path: str) -> str:
        """What the application answers to a GET."""
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.get(url, timeout=TIMEOUT, trust_env=False).raise_for_status().text

    def wait(self, event: str) -> None:
        """Return when the application has seen `event`."""
        assert self.get(f"/wait/{event}") == event

    def memory(self) -> int:
        """Resident bytes."""
        return int(self.get("/memory"))

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def exit_code(self) -> int:
        """Wait for the process to end by itself."""
        assert self.process is not None
        return self.process.wait(TIMEOUT)

    def connect(self, path: str, *, receive_buffer: int = 0) -> Wire:
        return Wire.open(self.port, path, receive_buffer=receive_buffer)


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[Server]:
    """A server of its own for one test."""
    server = Server(*arguments, **environment)
    server.start()
    try:
        yield server
    finally:
        server.kill()
