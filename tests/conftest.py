"""What every test may ask for."""

import pytest

from tests.support.plugin import POSTGRES, VALKEY
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Postgres:
    """The run's own PostgreSQL. Make databases in it, but leave it running; break one of your own."""
    if POSTGRES not in pytestconfig.stash:
        pytest.skip("needs PostgreSQL")
    return pytestconfig.stash[POSTGRES]


@pytest.fixture(scope="session")
def valkey(pytestconfig: pytest.Config) -> Valkey:
    """The run's own Valkey. Leave it running; break one of your own."""
    if VALKEY not in pytestconfig.stash:
        pytest.skip("needs Valkey")
    return pytestconfig.stash[VALKEY]
