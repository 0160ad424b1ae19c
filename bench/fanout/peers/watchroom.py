"""Watchroom itself: the real site, with accounts, access, acks and the log, on PostgreSQL or on SQLite."""

import copy
import os
import secrets
import subprocess
import sys
from pathlib import Path

from bench.fanout import machine
from bench.fanout.peers.peer import Peer
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey

PEOPLE = 250  # a thousand clients are four of each

# A thousand clients of one address, and senders faster than people: these limits are not what is measured.
NO_LIMITS = (
    "LIMIT_CONNECTIONS_PER_USER",
    "LIMIT_CONNECTIONS_PER_ADDRESS",
    "LIMIT_COMMANDS_PER_SECOND",
    "LIMIT_MESSAGES_PER_ROOM",
)


class DurablePostgres(Postgres):
    """The tests' server spares itself the disk; a benchmark of persisted messages must not."""

    def command(self) -> list[str | Path]:
        return [*super().command(), "-c", "fsync=on", "-c", "full_page_writes=on"]


class Watchroom(Peer):
    """On SQLite, with the in-memory layer: the embedded default."""

    key = "watchroom-sqlite"
    name = "Watchroom, SQLite"
    dialect = "watchroom"
    path = "/ws/"
    application = "project.asgi:application"

    def services(self) -> dict[str, str]:
        """Start what the site needs beside itself; returns the environment that names it."""
        return {}

    def prepare(self) -> None:
        self._environment = os.environ | dict.fromkeys(NO_LIMITS, "0")
        self._environment |= {"DATA_DIR": str(self.home), "SECRET_KEY": secrets.token_urlsafe(50)}
        self._environment |= self.services()
        self._run("manage.py", "migrate", "-v", "0")
        made = self._run("-m", "bench.fanout.peers.people", str(PEOPLE)).split()
        self.room, tokens = made[0], made[1:]
        file = self.home / "tokens"
        file.write_text("\n".join(tokens) + "\n")
        self.tokens = str(file)

    def ungrouped(self, by: str) -> "Watchroom":
        """The same site and data without group commit; `by` is explained in ungrouped.py."""
        other = copy.copy(self)
        other.key = f"{self.key}-by-{by}"
        other.application = "bench.fanout.peers.ungrouped:application"
        other._environment = self._environment | {"UNGROUPED": by}
        return other

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, env=self._environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def environment(self) -> dict[str, str]:
        return self._environment

    def command(self) -> list[str | Path]:
        return [
            sys.executable,
            "-m",
            "project.server",
            "-b",
            "127.0.0.1",
            "-p",
            str(self.port),
            self.application,
        ]


class WatchroomPostgres(Watchroom):
    key = "watchroom"
    name = "Watchroom, PostgreSQL"

    def services(self) -> dict[str, str]:
        self.postgres, self.valkey = DurablePostgres(), Valkey()
        with machine.core(machine.OTHER_CORE):
            self.postgres.start()
            self.valkey.start()
        return {"DATABASE_URL": self.postgres.create_database("bench"), "REDIS_URL": self.valkey.url}

    def finish(self) -> None:
        self.postgres.remove()
        self.valkey.remove()
        super().finish()
