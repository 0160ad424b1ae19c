"""What all peers have in common."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.fanout import machine
from bench.fanout.load import Load, LoadFailed
from tests.support.daemon import Daemon


class Peer(Daemon):
    """One server that broadcasts what a client sends to every client of one room."""

    key: str  # what --peers calls it
    dialect: str  # what the load generator speaks to it
    path = "/"
    room = "-"
    tokens = "-"
    fast = True  # can give 32 messages in flight to 1,000 receivers within the time we have

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix=f"watchroom-bench-{self.key}-"))
        super().__init__(self.home / "log")

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def prepare(self) -> None:
        """Start what the server leans on, and make its data. Done once, before the server starts."""

    def finish(self) -> None:
        """End what `prepare` began, and remove the data."""
        shutil.rmtree(self.home, ignore_errors=True)

    @contextmanager
    def serving(self) -> Iterator["Peer"]:
        """The server runs, alone on its core."""
        with machine.core(machine.SERVER_CORE):
            self.launch()
        try:
            self.wait_ready()
            yield self
        except LoadFailed as error:
            raise LoadFailed(f"{self.name}: {error}\n{self.tail()}") from error
        finally:
            self.kill()

    def load(self, subscribe: bool = True) -> Load:
        """A load generator for this server; nobody is connected yet."""
        return Load(
            self.dialect, self.port, self.path, room=self.room, tokens=self.tokens, subscribe=subscribe
        )
