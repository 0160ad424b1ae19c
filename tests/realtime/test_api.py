"""Reading a stream's log over HTTP, where another process prunes it meanwhile."""

from typing import Any

import pytest
from django.test import Client

from project.accounts import actions
from project.accounts.models import User
from project.realtime import log
from project.realtime.log import Head
from tests.realtime.conftest import append
from tests.realtime.test_live import prune


@pytest.fixture
def read(alice: User, settings: Any) -> Any:
    """`read(after)`: the answer to a reader who looked up where the stream begins before it was pruned."""
    settings.SECURE_SSL_REDIRECT = False
    _, secret = actions.issue_token(alice, "test")
    append("lab.1", *["lab.noted"] * 9)
    prune(7)

    def read(after: int) -> Any:
        address = f"/api/v1/streams/lab.1/events?after={after}"
        return Client().get(address, headers={"Authorization": f"Bearer {secret}"})

    return read


@pytest.fixture(autouse=True)
def stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "heads", lambda names: dict.fromkeys(names, Head(9, 1)))


def test_all_that_is_kept_is_answered_and_never_refused(read: Any) -> None:
    answer = read(after=0)
    assert answer.status_code == 200
    assert [event["seq"] for event in answer.json()["events"]] == [7, 8, 9]


def test_a_part_that_is_not_kept_is_refused(read: Any) -> None:
    assert read(after=2).status_code == 409
