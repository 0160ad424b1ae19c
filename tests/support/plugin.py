"""Pytest plugin that gives a whole run its servers before Django reads its settings.

By default the tests run on PostgreSQL and Valkey, started here on free ports. With --embedded they run on
what a fresh installation has: SQLite in a file and the in-memory layer. Tests in tests/faults and
tests/browser start servers of their own, which they may break.
"""

import logging
import os
import shutil
import signal
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.postgres import Postgres
from tests.support.valkey import Valkey

FROM_OUTSIDE = ("DATABASE_URL", "REDIS_URL", "ORIGINS", "ALLOWED_HOSTS", "SIGN_UP", "SECRET_KEY", "PROCESSES")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--embedded",
        action="store_true",
        help="run on SQLite and the in-memory layer instead of real servers",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """A wrapper, so that it runs before pytest-django imports the settings."""
    # `timeout 60 pytest ...` must not leave servers behind: an interrupt ends the run in order. And a shell's
    # background job ignores SIGINT, which the servers that tests stop with it would inherit.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    for name in [*FROM_OUTSIDE, *(name for name in os.environ if name.startswith("LIMIT_"))]:
        os.environ.pop(name, None)
    data = Path(tempfile.mkdtemp(prefix="watchroom-test-"))
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for every request buries the failure
    os.environ |= {"DATA_DIR": str(data), "SECRET_KEY": "only-for-tests-" + "x" * 50, "DEBUG": "0"}
    early_config.add_cleanup(lambda: shutil.rmtree(data, ignore_errors=True))
    if not early_config.known_args_namespace.embedded:
        postgres, valkey = Postgres(), Valkey()
        early_config.add_cleanup(postgres.remove)
        early_config.add_cleanup(valkey.remove)
        postgres.start()
        valkey.start()
        os.environ |= {"DATABASE_URL": postgres.url(), "REDIS_URL": valkey.url}
        early_config.stash[POSTGRES], early_config.stash[VALKEY] = postgres, valkey
    return (yield)


POSTGRES = pytest.StashKey[Postgres]()
VALKEY = pytest.StashKey[Valkey]()


def pytest_report_header(config: pytest.Config) -> str:
    if config.getoption("embedded"):
        return "servers: none (SQLite, in-memory layer)"
    return f"servers: {config.stash[POSTGRES].url()}, {config.stash[VALKEY].url}"
