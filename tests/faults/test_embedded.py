"""The same room on what a fresh installation has: one process, SQLite, and the in-memory layer."""

import asyncio

import pytest

from tests.faults.conftest import Install
from tests.support.conversation import Conversation, make_clients

pytestmark = pytest.mark.fault

CLIENTS = 9
STEADY = 100  # messages


async def test_one_process_on_sqlite_survives_a_crash_and_a_restart(install: Install) -> None:
    installation = await asyncio.to_thread(install, 1, embedded=True)
    site = installation.sites[0]
    people = await asyncio.to_thread(installation.people, CLIENTS)
    room = await asyncio.to_thread(installation.room, people)
    async with Conversation(make_clients(people, installation.urls, room)) as conversation:
        async with asyncio.TaskGroup() as group:
            group.create_task(conversation.run())
            await conversation.progress(STEADY)
            site.kill()
            await asyncio.to_thread(site.start)
            await conversation.progress(STEADY)
            assert await asyncio.to_thread(site.stop) == 0
            await asyncio.to_thread(site.start)
            await conversation.progress(STEADY)
            conversation.enough()
        await conversation.check(site.url, people[0])
