"""Notifications arrive once each, over every transport, in clients that others wrote, though the server keeps dying."""

import asyncio
import os
import uuid
from contextlib import AsyncExitStack

import httpx
import pytest

from tests.faults.conftest import Install
from tests.faults.followers import EventSource, HttpxSse, follow_inbox
from tests.support import node
from tests.support.clients import TRANSPORTS
from tests.support.people import Person

pytestmark = pytest.mark.fault

SENDERS = 4
DEATHS = int(
    os.environ.get("TEST_DEATHS", "6")
)  # 20 of them and 2,000 notifications take a minute and a half
EACH_LIFE = 100  # notifications made before the server is killed
ARRIVES_SECONDS = 60
AGAIN_SECONDS = 0.1


class Senders:
    """Programs that each tell the same person one thing after another, until each is confirmed."""

    def __init__(self, url: str, sender: Person, recipient: Person) -> None:
        self.address, self.sender = f"{url}/api/v1/notify/@{recipient.name}", sender
        self.made: list[int] = []
        self.done = False
        self._changed = asyncio.Condition()

    async def send(self) -> None:
        async with httpx.AsyncClient(headers=self.sender.bearer, timeout=15, trust_env=False) as http:
            while not self.done:
                told = await self._insist(http, {"Dedupe-Key": uuid.uuid4().hex})
                async with self._changed:
                    self.made.append(told)
                    self._changed.notify_all()

    async def _insist(self, http: httpx.AsyncClient, headers: dict[str, str]) -> int:
        while True:
            try:
                answer = await http.post(self.address, content="Something happened", headers=headers)
                if answer.status_code == httpx.codes.OK:
                    return int(answer.json()["notification"])
                assert answer.status_code >= 500, answer.text
            except httpx.HTTPError:
                pass
            await asyncio.sleep(AGAIN_SECONDS)

    async def progress(self, count: int) -> None:
        """Returns once so many more are confirmed."""
        enough = len(self.made) + count
        async with asyncio.timeout(ARRIVES_SECONDS), self._changed:
            await self._changed.wait_for(lambda: len(self.made) >= enough)


@pytest.mark.heavy
async def test_each_notification_arrives_once_everywhere_though_the_server_is_killed_again_and_again(
    install: Install,
) -> None:
    if node.find() is None:
        pytest.skip("needs Node")
    installation = await asyncio.to_thread(install, 1, embedded=True)
    site = installation.sites[0]
    sender, recipient = await asyncio.to_thread(installation.people, 2)
    with recipient.http(site.url) as http:
        epoch = http.get("/api/v1/notifications").json()["cursor"].partition("/")[0]
    followers = [HttpxSse(site.url, recipient), EventSource(site.url, recipient)]
    ours = [
        follow_inbox(kind(f"over {kind.transport}", recipient.bearer, [site.url], 0), recipient, epoch)
        for kind in TRANSPORTS
    ]
    senders = Senders(site.url, sender, recipient)
    async with AsyncExitStack() as stack:
        for client in (*followers, *ours):
            await stack.enter_async_context(client)
        for follower in followers:
            await follower.connected(1, ARRIVES_SECONDS)
        async with asyncio.TaskGroup() as group:
            for _ in range(SENDERS):
                group.create_task(senders.send())
            for _ in range(DEATHS):
                await senders.progress(EACH_LIFE)
                lives = [follower.connections for follower in followers]
                site.kill()
                await asyncio.to_thread(site.start)
                for follower, before in zip(followers, lives, strict=True):
                    await follower.connected(before + 1, ARRIVES_SECONDS)
            await senders.progress(EACH_LIFE)
            senders.done = True
        made = sorted(senders.made)
        assert len(set(made)) == len(made)
        for follower in followers:
            await follower.until(lambda f: len(f.ids) >= len(made), ARRIVES_SECONDS)
            assert sorted(follower.ids) == made, type(follower).__name__
            assert follower.connections > DEATHS
        for client in ours:
            await client.until(lambda c: len(c.state.ids) >= len(made), ARRIVES_SECONDS)
            assert sorted(client.state.ids) == made, client.name
            assert client.state.faults == []
    print(f"{len(made)} notifications, {DEATHS} kills")
