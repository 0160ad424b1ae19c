"""kill -9 of the leader at every step from evaluating a rule to the last word about it: told once, all of it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.installation import Installation
from tests.support.postgres import Postgres
from tests.support.site import ROOT
from tests.support.work import MORTAL


@pytest.fixture(params=["postgres", "sqlite"])
def place(request: pytest.FixtureRequest) -> Iterator[Installation]:
    """An installation whose site process is never started."""
    postgres: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgres" else None
    installation = Installation(1, postgres, None, **MORTAL)
    yield installation
    installation.remove()


@pytest.mark.heavy
def test_wherever_the_leader_is_killed_an_alert_is_told_once(place: Installation) -> None:
    command = [sys.executable, "-m", "tests.dashboard.rules.mortal"]
    paths = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    ended = subprocess.run(
        command, cwd=ROOT, env={**place.environment, **paths}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert int(ended.stdout.split()[-1]) > 20, ended.stdout
