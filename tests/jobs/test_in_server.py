"""The one process of a small site does its jobs itself."""

from collections.abc import Iterator

import pytest

from tests.support.daemon import wait_until
from tests.support.installation import Installation
from tests.support.mortal.links import CHAIN
from tests.support.work import MORTAL

DONE = 'watchroom_jobs_done_total{name="link"}'


@pytest.fixture
def embedded() -> Iterator[Installation]:
    installation = Installation(1, **MORTAL)
    installation.start()
    yield installation
    installation.remove()


@pytest.mark.heavy
def test_what_is_put_is_done_within_the_server_and_told_to_prometheus(embedded: Installation) -> None:
    (site,) = embedded.sites
    embedded.shell.run("from project.jobs.queue import put; put('link', dict(chain=1, n=1))")
    wait_until(lambda: site.metrics().get(DONE) == CHAIN, 60, "both links to be done")
    assert site.metrics()["watchroom_jobs_oldest_due_seconds"] == 0
    assert site.stop() == 0
    assert "Traceback" not in site.tail()
