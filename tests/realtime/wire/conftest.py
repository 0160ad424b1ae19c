"""Sites that the tests of the wire share, and a cast of people in them."""

import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from tests.realtime.wire.talk import LISTENERS, Listener
from tests.support.installation import Installation
from tests.support.people import Person
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey


@dataclass
class Place:
    """A running installation and the people in it, alice first."""

    installation: Installation
    people: list[Person] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.installation.urls[0]

    @property
    def other_url(self) -> str:
        """Of the last process, which is the first where there is only one."""
        return self.installation.urls[-1]

    def __post_init__(self) -> None:
        self.people = self.installation.people(4, with_password=True)

    @property
    def alice(self) -> Person:
        return self.people[0]

    @property
    def bob(self) -> Person:
        return self.people[1]

    def room(self, *people: Person, kind: str = "closed") -> int:
        """A room of these people, alice and bob if nobody is named."""
        return self.installation.room(list(people) or [self.alice, self.bob], kind)

    def say(self, room: int, *bodies: str, person: Person | None = None) -> list[dict[str, Any]]:
        person = person or self.alice
        with person.http(self.url) as http:
            sent = [
                http.post(
                    "/api/v1/commands/message.send",
                    json={"room": room, "body": body, "client_id": str(uuid.uuid4())},
                ).json()
                for body in bodies
            ]
        return [reply["data"] for reply in sent]

    def fill(self, room: int, count: int, size: int = 10) -> int:
        """Writes events past everything but the database; returns the new head. Nobody may follow the room yet."""
        [(stream, head)] = self.sql("SELECT id, head FROM realtime_stream WHERE name = ?", f"room.{room}")
        data = json.dumps({"text": "x" * size})
        numbers = ", ".join(f"({head + n})" for n in range(1, count + 1))
        self.sql(
            "INSERT INTO realtime_event (stream_id, seq, type, data, at, subject)"  # noqa: S608  numbers of our own
            f" SELECT ?, column1, 'lab.noted', ?, '2026-01-01 10:00:00+00:00', '' FROM (VALUES {numbers}) AS n",
            stream,
            data,
        )
        self.sql("UPDATE realtime_stream SET head = ? WHERE id = ?", head + count, stream)
        return int(head + count)

    def head(self, room: int) -> int:
        """The room's last seq."""
        return self.head_of(f"room.{room}")

    def head_of(self, stream: str) -> int:
        found = self.sql("SELECT head FROM realtime_stream WHERE name = ?", stream)
        return int(found[0][0]) if found else 0

    def cursor(self, room: int, seq: int) -> str:
        return f"{self.epoch}/room.{room}:{seq}"

    @property
    def epoch(self) -> str:
        return self.sql("SELECT token FROM realtime_epoch ORDER BY id DESC")[0][0]

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Runs SQL in the site's own database, with ? for values."""
        if self.installation.postgres is None:
            file = self.installation.home / "watchroom.sqlite3"
            with closing(sqlite3.connect(file, timeout=20)) as database, database:
                return database.execute(statement, values).fetchall()
        address = self.installation.environment["DATABASE_URL"]
        with psycopg.connect(address, autocommit=True) as database:
            cursor = database.execute(statement.replace("?", "%s"), values)
            return cursor.fetchall() if cursor.description else []


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """These sites have databases of their own: the run on the embedded default would only repeat it all."""
    return True if config.getoption("embedded") else None


@pytest.fixture(scope="session")
def embedded() -> Iterator[Place]:
    """One process, SQLite, nothing else."""
    yield from _run(Installation(1))


@pytest.fixture(scope="session")
def pair(postgres: Postgres, valkey: Valkey) -> Iterator[Place]:
    """Two processes with PostgreSQL and Valkey."""
    yield from _run(Installation(2, postgres, valkey))


@pytest.fixture(scope="session")
def narrow() -> Iterator[Place]:
    """One process, SQLite, and limits so tight that a test can reach them."""
    limits = {
        "HEARTBEAT_SECONDS": "3",
        "LIMIT_CONNECTIONS_PER_USER": "3",
        "LIMIT_CONNECTIONS_PER_ADDRESS": "5",
        "LIMIT_CONNECTIONS_PER_PROCESS": "7",
        "LIMIT_STREAMS_PER_SOCKET": "2",
        "LIMIT_STREAMS_PER_REQUEST": "2",
        "LIMIT_COMMANDS_PER_SECOND": "4",
        "LIMIT_MESSAGES_PER_ROOM": "3",
        "LIMIT_UNACKED_BYTES": "20000",
        "LIMIT_STREAM_BYTES": "50000",
    }
    yield from _run(Installation(1, **limits))


def _run(installation: Installation) -> Iterator[Place]:
    installation.start()
    yield Place(installation)
    installation.remove()


@pytest.fixture(params=["embedded", "pair"])
def place(request: pytest.FixtureRequest) -> Place:
    """The same on either: what is said at `url` is heard at `other_url`."""
    found: Place = request.getfixturevalue(request.param)
    return found


Listen = Callable[..., Listener]


@pytest.fixture(params=list(LISTENERS))
def listen(request: pytest.FixtureRequest) -> Listen:
    """`listen(url, person, cursor)` on each transport in turn."""

    def listen(url: str, person: Person, cursor: str, **more: Any) -> Listener:
        return LISTENERS[request.param](url, person.bearer, cursor, **more)

    return listen
