"""The load generator's Python side: compile it, start it, tell it what to do."""

import json
import select
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.fanout import machine

SOURCES = Path(__file__).parent / "generator"
BODY_BYTES = 200
ANSWER_TIMEOUT = 120.0  # seconds; opening and draining have shorter limits of their own
FAULTS = ("missing", "lost", "doubled", "stray", "refused", "broken")

Result = dict[str, Any]


class LoadFailed(Exception):
    """The load generator could not be built, ended, or stayed silent."""


def compiler() -> list[str]:
    """A C compiler: the system's, or the one that `pip install ziglang` brings."""
    for name in ("cc", "gcc", "clang"):
        if found := shutil.which(name):
            return [found]
    if find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    raise LoadFailed("The load generator needs a C compiler: install gcc or clang, or pip install ziglang.")


_build = tempfile.TemporaryDirectory(prefix="watchroom-bench-")


@cache
def program() -> Path:
    """The load generator, compiled once a run."""
    target = Path(_build.name) / "load"
    flags = ["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra"]
    done = subprocess.run([*compiler(), *flags, "-o", target, *sorted(SOURCES.glob("*.c"))], check=False)
    if done.returncode:
        raise LoadFailed("The load generator does not compile.")
    return target


def faults(result: Result) -> dict[str, int]:
    """What of a result must be nothing and is not: lost, doubled, missing, refused, ..."""
    return {name: result[name] for name in FAULTS if result.get(name)}


class Load:
    """Many clients of one server. Its commands are described in generator/main.c; each returns what was measured."""

    def __init__(
        self,
        dialect: str,
        port: int,
        path: str,
        *,
        room: str = "-",
        tokens: str = "-",
        subscribe: bool = True,
    ) -> None:
        arguments = [dialect, str(port), path, room, tokens, str(BODY_BYTES), str(int(subscribe))]
        with machine.core(machine.OTHER_CORE):
            self._process = subprocess.Popen(
                [program(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )

    def __enter__(self) -> "Load":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def _command(self, *words: float | str) -> Result:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        ready, _, _ = select.select([self._process.stdout], [], [], ANSWER_TIMEOUT)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            raise LoadFailed(f"The load generator did not answer: {' '.join(map(str, words))}")
        return json.loads(line)

    def open(self, count: int, parallel: int = 50) -> Result:
        """Connect until `count` clients are ready. Raises LoadFailed when some are not."""
        result = self.burst(count, parallel)
        if result["failed"]:
            raise LoadFailed(f"{result['failed']} of {count} clients could not connect")
        return result

    def burst(self, count: int, parallel: int) -> Result:
        """Like open, with many handshakes at once, some of which may fail."""
        return self._command("open", count, parallel)

    def close(self, keep: int = 0) -> Result:
        return self._command("close", keep)

    def run(self, senders: int, in_flight: int, seconds: float, warm: float = 0.5) -> Result:
        """Each sender keeps `in_flight` messages under way that not all receivers have got."""
        return self._command("run", senders, in_flight, warm, seconds)

    def rate(self, per_second: float, seconds: float) -> Result:
        return self._command("rate", per_second, seconds)

    def send(self, count: int, in_flight: int = 8) -> Result:
        return self._command("send", count, in_flight)
