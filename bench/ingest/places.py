"""What takes measurements in: Watchroom on SQLite and on PostgreSQL, and a plain Django site with a row a sample."""

import os
import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

import httpx

from bench.fanout.peers.watchroom import DurablePostgres
from bench.ingest.followers import Follower
from tests.support.daemon import Daemon
from tests.support.installation import Installation
from tests.support.postgres import Postgres

FREE = ("LIMIT_SAMPLES_PER_SECOND", "LIMIT_SERIES_PER_METRIC")
"""These limits are not what is measured."""


class Place(ABC):
    """One running server."""

    name: str
    path: str
    headers: dict[str, str] = {}
    url: str

    @property
    @abstractmethod
    def pid(self) -> int:
        """Of the server."""

    def watch(self, metric: str) -> None:  # noqa: B027  most have none
        """Has somebody look at live boards from now on, one of them of this metric."""

    def ticks(self, seconds: float) -> str:
        """Of how many windows these were told in so many seconds. Nobody looks any more."""
        return ""

    @abstractmethod
    def stored(self, metric: str) -> int:
        """How many samples of a metric are kept."""

    @abstractmethod
    def __enter__(self) -> "Place": ...

    @abstractmethod
    def __exit__(self, *exception: object) -> None: ...


class Watchroom(Place):
    """The site as it is, with METRICS_OWN; "This server" and a board of what comes in are followed. PostgreSQL with
    fsync."""

    path = "/api/v1/commands/metrics.push"

    def __init__(self, postgres: Postgres | None) -> None:
        self.name = "PostgreSQL" if postgres else "SQLite"
        self._postgres = postgres

    @property
    def pid(self) -> int:
        return self._pid

    def __enter__(self) -> "Watchroom":
        if self._postgres:
            self._postgres.start()
        self._installation = Installation(1, self._postgres, **dict.fromkeys(FREE, "0"))
        self._installation.start()
        (self._person,) = self._installation.people(1)
        self.headers = self._person.bearer
        self.url = self._installation.urls[0]
        self._pid = self._installation.sites[0].pid
        return self

    def __exit__(self, *exception: object) -> None:
        self._installation.remove()
        if self._postgres:
            self._postgres.remove()

    def watch(self, metric: str) -> None:
        panels = [
            {"id": fn, "type": "line", "queries": [{"metric": metric, "fn": fn, "by": by}]}
            for fn, by in (("avg", ["host"]), ("p95", ["host"]), ("max", []))
        ]
        board = self._person.command(self.url, "board.create", title=f"Of {metric}", panels=panels)
        self._follower = Follower(self.url, self.headers, ["this-server", board["slug"]])
        self._follower.start()

    def ticks(self, seconds: float) -> str:
        self._follower.stop()
        return f"{self._follower.ticks}/{2 * seconds:.0f}"

    def stored(self, metric: str) -> int:
        return int(
            self._installation.shell.run(
                "from dashboard.models import Rollup1d, Series\n"
                f"ids = list(Series.objects.filter(metric__name={metric!r}).values_list('pk', flat=True))\n"
                "print(sum(Rollup1d.objects.filter(series__in=ids).values_list('count', flat=True)))"
            )
        )


class Plain(Daemon, Place):
    """Django's `bulk_create` of one row for each sample, in one transaction for each push, on daphne. It answers no
    question about them, knows no repeated batch, and grows by every sample for ever."""

    name = "plain Django"
    path = "/"

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self.home = Path(tempfile.mkdtemp(prefix="watchroom-bench-plain-"))
        Daemon.__init__(self, self.home / "log")
        self.url = f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str | Path]:
        return [sys.executable, "-m", "daphne", "-p", str(self.port), "bench.ingest.plain_site:application"]

    def environment(self) -> dict[str, str]:
        return os.environ | {"DATABASE_URL": self._url}

    def answers(self) -> bool:
        try:
            return httpx.get(self.url, timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def stored(self, metric: str) -> int:
        answer = httpx.get(self.url, params={"metric": metric}, timeout=60, trust_env=False)
        return int(answer.raise_for_status().json()["count"])

    def __enter__(self) -> "Plain":
        self._postgres.start()
        self._url = self._postgres.create_database("plain")
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()
        self._postgres.remove()
        shutil.rmtree(self.home, ignore_errors=True)


PLACES = {
    "sqlite": lambda: Watchroom(None),
    "postgres": lambda: Watchroom(DurablePostgres()),
    "plain": lambda: Plain(DurablePostgres()),
}
