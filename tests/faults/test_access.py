"""Whoever may not read any more is told, and gets nothing after that: on another process, over each transport."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.support.clients import TRANSPORTS, Client, WebSocketClient
from tests.support.installation import Installation
from tests.support.people import Person
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey

pytestmark = pytest.mark.fault

AFTERWARDS = 20  # messages said in the room once the door is shut
READ_BY_LOOKING = 'watchroom_log_reads_total{reason="hole"}'
TIMES = 3  # that the door is shut, to see how the other process learns of it


@dataclass
class Scene:
    """An owner at the first process; a reader and a witness who follow the room at the second."""

    installation: Installation
    owner: Person
    witness: Person
    reader: Person
    session: dict[str, str]
    room: int = 0

    @property
    def here(self) -> str:
        return self.installation.urls[0]

    @property
    def there(self) -> str:
        return self.installation.urls[1]

    def shell(self, code: str) -> None:
        """Run code in a third process, one without connections of its own."""
        self.installation.shell.run(code)


def removed_from_the_room(scene: Scene) -> None:
    scene.owner.command(scene.here, "room.remove", room=scene.room, user=scene.reader.id)


def signed_out(scene: Scene) -> None:
    scene.reader.sign_out(scene.here, scene.session)


def token_revoked(scene: Scene) -> None:
    scene.shell(
        "from project.accounts import actions, models; "
        f"actions.revoke_token(models.ApiToken.objects.get(user={scene.reader.id}))"
    )


def deactivated(scene: Scene) -> None:
    scene.shell(
        "from project.accounts.models import User; "
        f"user = User.objects.get(pk={scene.reader.id}); user.is_active = False; user.save()"
    )


Ending = Callable[[Scene], None]
ENDINGS = (removed_from_the_room, signed_out, token_revoked, deactivated)


@pytest.fixture(scope="module")
def installation(_postgres: Postgres, _valkey: Valkey) -> Iterator[Installation]:
    for server in (_postgres, _valkey):
        if not server.running:
            server.start()
    installation = Installation(2, _postgres, _valkey)
    installation.start()
    yield installation
    installation.remove()


@pytest.fixture(scope="module")
def people(installation: Installation) -> list[Person]:
    return installation.people(2 + len(ENDINGS) * (len(TRANSPORTS) + TIMES), with_password=True)


@pytest.fixture
def scene(installation: Installation, people: list[Person]) -> Scene:
    return scene_of(installation, people)


def scene_of(installation: Installation, people: list[Person]) -> Scene:
    """A scene with a reader who was in none before."""
    owner, witness = people[:2]
    reader = people.pop()
    scene = Scene(installation, owner, witness, reader, reader.sign_in(installation.urls[0]))
    scene.room = installation.room([owner, witness, reader])
    return scene


@asynccontextmanager
async def following(client: Client) -> AsyncIterator[Client]:
    async with client:
        await client.until(lambda c: c.connections)
        yield client


def reading(transport: type[Client], ending: Ending, scene: Scene) -> AbstractAsyncContextManager[Client]:
    credentials = scene.session | {"Origin": scene.there} if ending is signed_out else scene.reader.bearer
    return following(transport("reader", credentials, [scene.there], scene.room))


async def the_end_of(reader: Client) -> None:
    await reader.until(lambda c: c.ended or c.revoked)


@pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda kind: kind.transport)
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
async def test_nothing_more_is_read_after(ending: Ending, transport: type[Client], scene: Scene) -> None:
    async with (
        reading(transport, ending, scene) as reader,
        following(WebSocketClient("witness", scene.witness.bearer, [scene.there], scene.room)) as witness,
        following(WebSocketClient("owner", scene.owner.bearer, [scene.here], scene.room)) as owner,
    ):
        seen = (await owner.send("before"))["seq"]
        await reader.until(lambda c: c.state.seq >= seen)
        await asyncio.to_thread(ending, scene)
        await the_end_of(reader)
        told = reader.state.seq
        for number in range(AFTERWARDS):
            last = (await owner.send(f"after {number}"))["seq"]
        await witness.until(lambda c: c.state.seq >= last)
        assert reader.state.seq == told
        assert not any("after" in message["body"] for message in reader.state.messages.values())


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
async def test_another_process_is_told_at_once_and_need_not_look(
    ending: Ending, installation: Installation, people: list[Person]
) -> None:
    """What it is not told of it finds in the log, some seconds later: now and then it may look just in between."""
    there = installation.sites[1]
    looks = 0.0
    for _ in range(TIMES):
        scene = await asyncio.to_thread(scene_of, installation, people)
        async with reading(WebSocketClient, ending, scene) as reader:
            before = await asyncio.to_thread(there.metrics)
            await asyncio.to_thread(ending, scene)
            await the_end_of(reader)
            after = await asyncio.to_thread(there.metrics)
        looks += after[READ_BY_LOOKING] - before[READ_BY_LOOKING]
    assert looks < TIMES
