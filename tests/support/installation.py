"""A whole installation on loopback: a database, perhaps Valkey, and one or more site processes."""

import atexit
import itertools
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.support.people import Person, create_people
from tests.support.postgres import Postgres
from tests.support.shell import Shell
from tests.support.site import Site, manage, site_environment
from tests.support.valkey import Valkey

_numbers = itertools.count(1)

QUICK = {
    # Faults are noticed five times sooner than in production, so that a test of them takes seconds.
    "HEARTBEAT_SECONDS": "5",
    "LIMIT_MESSAGES_PER_ROOM": "0",
    "LIMIT_COMMANDS_PER_SECOND": "0",
    "LIMIT_CONNECTIONS_PER_USER": "0",
    "LIMIT_CONNECTIONS_PER_ADDRESS": "0",
}


class Installation:
    """Site processes that share one environment, with the people and rooms of a test."""

    def __init__(
        self,
        processes: int,
        postgres: Postgres | None = None,
        valkey: Valkey | None = None,
        **settings: str,
    ) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="watchroom-installation-"))
        self.postgres, self.valkey = postgres, valkey
        self.environment = site_environment(
            database_url=_fresh_database(postgres) if postgres else "",
            redis_url=valkey.url if valkey else "",
            data_dir=self.home,
            **{"PROCESSES": str(processes), **QUICK, **settings},
        )
        if postgres is None:
            shutil.copy(_migrated_file(), self.home / "watchroom.sqlite3")
        self.shell = Shell(self.environment)
        self.sites = [Site(self.environment, name=f"site {n + 1}") for n in range(processes)]

    def start(self) -> None:
        """Start every process; returns when all answer."""
        for site in self.sites:
            site.launch()
        for site in self.sites:
            site.wait_ready()

    def remove(self) -> None:
        """Kill every process and delete the data. Prints the ends of the logs, which pytest shows on failure."""
        self.shell.stop()
        for site in self.sites:
            site.kill()
            print(f"--- the end of the log of {site.name} ---\n{site.tail()}")
            shutil.rmtree(site.log.parent, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def urls(self) -> list[str]:
        return [site.url for site in self.sites]

    def people(self, count: int, *, with_password: bool = False) -> list[Person]:
        names = [f"person{next(_numbers):04}" for _ in range(count)]  # none begins like another
        return create_people(self.shell, names, with_password=with_password)

    def room(self, people: list[Person], kind: str = "closed") -> int:
        """A room of these people; the first is its owner."""
        owner, *others = people
        members = [person.id for person in others]
        data = {"name": f"Room {next(_numbers)}", "kind": kind, "members": members}
        return int(owner.command(self.sites[0].url, "room.create", **data)["id"])


@cache
def _migrated_file() -> Path:
    """An empty SQLite database, migrated once."""
    home = Path(tempfile.mkdtemp(prefix="watchroom-template-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    manage(site_environment(data_dir=home), "migrate", "--verbosity", "0")
    return home / "watchroom.sqlite3"


_templates: dict[Postgres, str] = {}


def _fresh_database(postgres: Postgres) -> str:
    """A migrated, empty database: a copy of one that was migrated once."""
    if postgres not in _templates:
        name = f"migrated{next(_numbers)}"
        with tempfile.TemporaryDirectory() as home:
            url = postgres.create_database(name)
            environment = site_environment(database_url=url, data_dir=Path(home))
            manage(environment, "migrate", "--verbosity", "0")
        _templates[postgres] = name
    return postgres.create_database(f"site{next(_numbers)}", template=_templates[postgres])
