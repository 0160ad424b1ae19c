"""kill -9 of a real `manage.py work` at every step: each effect exactly once, in order, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.daemon import wait_until
from tests.support.installation import Installation
from tests.support.mortal.links import CHAIN
from tests.support.postgres import Postgres
from tests.support.work import MORTAL, ForkedWork, Work, kill_one_at_each_step

PUT = "from project.jobs.queue import put\nfor chain in {chains}: put('link', dict(chain=chain, n=1))"
TELL = """
import json
from project.jobs.models import Job
from project.realtime import log
notes = [[json.loads(e.item)["data"]["n"] for e in log.read(f"lab.chain{{chain}}", 0, 100)] for chain in {chains}]
print(json.dumps(dict(notes=notes, jobs=Job.objects.count())))
"""


@pytest.fixture(params=["postgres", "sqlite"])
def place(request: pytest.FixtureRequest) -> Iterator[Installation]:
    """An installation whose site process is never started. A dead worker's job is taken over after a second."""
    postgres: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgres" else None
    installation = Installation(1, postgres, JOBS_LEASE_SECONDS="1", **MORTAL)
    yield installation
    installation.remove()


def tell(place: Installation, chains: range) -> dict[str, Any]:
    return dict(place.shell.tell(TELL.format(chains=list(chains))))


@pytest.mark.heavy
def test_every_job_has_its_effect_once_wherever_its_worker_is_killed(place: Installation) -> None:
    """Each worker dies one step later than the one before it. The last one lives, and finds what they have left."""
    steps = 2 * (5 * CHAIN - 1)  # claim, head, event, next, end; but the last link puts no next
    chains = range(1, steps + 1)
    place.shell.run(PUT.format(chains=list(chains)))
    kill_one_at_each_step(place.shell, steps)
    survivor = ForkedWork(place.shell, threads=4)
    survivor.start()
    wait_until(lambda: tell(place, chains)["jobs"] == 0, 60, "everything to be done")
    assert survivor.stop() == 0
    assert tell(place, chains)["notes"] == [list(range(1, CHAIN + 1))] * steps


@pytest.mark.heavy
def test_a_worker_told_to_end_ends_in_order(place: Installation) -> None:
    worker = Work(place.environment)
    worker.start()
    assert worker.stop() == 0
    assert "Traceback" not in worker.tail()
