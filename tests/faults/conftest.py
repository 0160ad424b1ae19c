"""Servers that the fault tests may break, and installations on them."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.installation import Installation
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Postgres]:
    server = Postgres()
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def _valkey() -> Iterator[Valkey]:
    server = Valkey()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def fragile_postgres(_postgres: Postgres) -> Postgres:
    """A running PostgreSQL that a test may stop."""
    if not _postgres.running:
        _postgres.start()
    return _postgres


@pytest.fixture
def fragile_valkey(_valkey: Valkey) -> Valkey:
    """A running Valkey that a test may kill."""
    if not _valkey.running:
        _valkey.start()
    return _valkey


Install = Callable[..., Installation]


@pytest.fixture
def install(fragile_postgres: Postgres, fragile_valkey: Valkey) -> Iterator[Install]:
    """Starts installations: `install(2)` is two processes on PostgreSQL and Valkey, with a database of their own."""
    started: list[Installation] = []

    def start(processes: int, *, embedded: bool = False, **settings: str) -> Installation:
        servers = () if embedded else (fragile_postgres, fragile_valkey)
        installation = Installation(processes, *servers, **settings)
        started.append(installation)
        installation.start()
        return installation

    yield start
    for installation in started:
        installation.remove()
