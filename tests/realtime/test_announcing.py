"""Whoever commits an event, every process hears of it: a view, the admin, a thread, another program."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from channels.layers import channel_layers
from django.db import connection
from django.test import Client
from pytest_django import Settings

from project.accounts import actions
from project.accounts.models import User
from project.realtime import log, relay
from project.realtime.access import CONTROL_STREAM
from project.realtime.layer import LayerLink
from tests.realtime.conftest import append, eventually
from tests.support.site import manage, site_environment

pytestmark = pytest.mark.usefixtures("transactional_db")

Announced = list[dict[str, Any]]


def streams(announced: Announced) -> list[str]:
    return [message["stream"] for message in announced]


def test_a_view_announces_what_it_changes(announced: Announced, alice: User) -> None:
    browser = Client()
    browser.force_login(alice)
    announced.clear()
    browser.post("/accounts/logout/")
    assert streams(announced) == [CONTROL_STREAM]


def test_an_admin_page_announces_what_it_changes(
    announced: Announced, alice: User, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    staff = User.objects.create(username="staff", is_staff=True, is_superuser=True)
    token, _ = actions.issue_token(alice, "test")
    browser = Client()
    browser.force_login(staff)
    announced.clear()
    answer = browser.post(
        "/admin/accounts/apitoken/", {"action": "revoke", "_selected_action": [token.pk]}, follow=True
    )
    assert answer.status_code == 200
    token.refresh_from_db()
    assert token.revoked_at, answer.content.decode()
    assert CONTROL_STREAM in streams(announced)


def test_a_thread_announces_what_it_commits(announced: Announced) -> None:
    def work() -> None:
        append("lab.1")
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert streams(announced) == ["lab.1"]


async def test_a_coroutine_announces_what_it_commits(announced: Announced) -> None:
    await asyncio.to_thread(append, "lab.1")
    assert streams(announced) == ["lab.1"]


def test_a_layer_that_is_away_fails_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        async def group_send(self, *_: object) -> None:
            raise OSError("no route")

    monkeypatch.setattr(relay, "get_channel_layer", Away)
    assert append("lab.1") == 1


@pytest.fixture
async def heard(pytestconfig: pytest.Config) -> AsyncIterator[Announced]:
    """What arrives here through a real channel layer."""
    if pytestconfig.getoption("embedded"):
        pytest.skip("the in-memory layer reaches no other program")
    channel_layers.backends.clear()
    messages: Announced = []
    link = LayerLink(messages.append, lambda: None)
    await link.start()
    for stream in ("lab.1", CONTROL_STREAM):
        await link.join(stream)
    await eventually(lambda: link.up, "the layer being up")
    yield messages
    link.stop()


def other_program() -> dict[str, str]:
    """The environment of a program beside this one, on the same database and layer."""
    host = connection.settings_dict
    url = f"postgresql://{host['USER']}@{host['HOST']}:{host['PORT']}/{host['NAME']}"
    return site_environment(
        database_url=url, redis_url=os.environ["REDIS_URL"], data_dir=Path(os.environ["DATA_DIR"])
    )


async def test_a_shell_announces_to_other_programs(heard: Announced) -> None:
    code = (
        "from django.db import transaction; from project.realtime import log\n"
        "with transaction.atomic(): log.append('lab.1', 'lab.noted', {'from': 'a shell'})"
    )
    await asyncio.to_thread(manage, other_program(), "shell", "--no-imports", "-c", code)
    await eventually(lambda: heard)
    [event] = await asyncio.to_thread(log.read, "lab.1", 0, 10)
    assert (heard[0]["stream"], heard[0]["first"]) == ("lab.1", 1)
    assert heard[0]["events"] == [["lab.noted", event.item]]
