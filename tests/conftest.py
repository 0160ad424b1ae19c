"""What every test may ask for."""

import pytest
from hypothesis import HealthCheck, settings

from tests.support.plugin import POSTGRES, VALKEY
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey

# No machine is too slow for a property, and those that need fixtures tidy up for each example themselves.
settings.register_profile(
    "patient",
    settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("patient")


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
