"""Readiness says no, and why, while something is missing."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import AsyncRequestFactory

from project.realtime import log, views

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The hub of this process, as far as readiness looks at it."""
    hub = SimpleNamespace(layer=SimpleNamespace(up=True), draining=False)

    async def hub_of_this_process() -> SimpleNamespace:
        return hub

    monkeypatch.setattr(views, "hub_of_this_process", hub_of_this_process)
    return hub


async def readyz() -> tuple[int, dict[str, Any]]:
    answer = await views.readyz(AsyncRequestFactory().get("/readyz"))
    return answer.status_code, json.loads(answer.content)


async def test_ready_with_everything_there(hub: SimpleNamespace) -> None:
    assert await readyz() == (
        200,
        {"ready": True, "database": "ok", "migrations": "ok", "layer": "ok", "server": "ok"},
    )


async def test_not_ready_without_the_layer(hub: SimpleNamespace) -> None:
    hub.layer.up = False
    status, found = await readyz()
    assert (status, found["ready"], found["layer"], found["database"]) == (503, False, "down", "ok")


async def test_not_ready_while_the_server_drains(hub: SimpleNamespace) -> None:
    hub.draining = True
    status, found = await readyz()
    assert (status, found["server"]) == (503, "draining")


async def test_not_ready_without_the_database(hub: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> str:
        raise OperationalError

    monkeypatch.setattr(views, "_database", away)
    status, found = await readyz()
    assert (status, found["database"]) == (503, "down")


async def test_not_ready_before_the_hub_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    async def cannot_start() -> None:
        raise OperationalError

    monkeypatch.setattr(views, "hub_of_this_process", cannot_start)
    status, found = await readyz()
    assert (status, found["layer"]) == (503, "down")


def test_rotating_the_epoch_says_the_new_one(capsys: pytest.CaptureFixture[str]) -> None:
    before = log.current_epoch()
    call_command("rotate_epoch")
    assert log.current_epoch() != before
    assert capsys.readouterr().out == f"The epoch is now {log.current_epoch()}.\n"


def test_tail_refuses_what_is_no_stream() -> None:
    with pytest.raises(CommandError, match="is not the name of a stream"):
        call_command("tail", "nonsense")
