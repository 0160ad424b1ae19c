"""One server for all tests that do not break it."""

from collections.abc import Iterator

import pytest

from .server import Server, serving


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running
