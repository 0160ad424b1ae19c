"""Whoever may not read any more gets nothing after one second: on another process, over each transport."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.support.clients import TRANSPORTS, Client, WebSocketClient
from tests.support.installation import Installation
from tests.support.people import Person
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey

pytestmark = pytest.mark.fault

PATIENCE = 1.0  # seconds until the door must be shut
AFTERWARDS = 20  # messages said in the room once it is


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
    return installation.people(2 + len(ENDINGS) * len(TRANSPORTS), with_password=True)


@pytest.fixture
def scene(installation: Installation, people: list[Person]) -> Scene:
    owner, witness, *readers = people
    reader = readers.pop()
    people.remove(reader)
    scene = Scene(installation, owner, witness, reader, reader.sign_in(installation.urls[0]))
    scene.room = installation.room([owner, witness, reader])
    return scene


@asynccontextmanager
async def following(client: Client) -> AsyncIterator[Client]:
    async with client:
        await client.until(lambda c: c.connections)
        yield client


@pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda kind: kind.transport)
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
async def test_nothing_more_is_read_within_a_second_of(
    ending: Callable[[Scene], None], transport: type[Client], scene: Scene
) -> None:
    credentials = scene.session | {"Origin": scene.there} if ending is signed_out else scene.reader.bearer
    async with (
        following(transport("reader", credentials, [scene.there], scene.room)) as reader,
        following(WebSocketClient("witness", scene.witness.bearer, [scene.there], scene.room)) as witness,
        following(WebSocketClient("owner", scene.owner.bearer, [scene.here], scene.room)) as owner,
    ):
        seen = (await owner.send("before"))["seq"]
        await reader.until(lambda c: c.state.seq >= seen)
        await asyncio.to_thread(ending, scene)
        await reader.until(lambda c: c.ended or c.revoked, timeout=PATIENCE)
        told = reader.state.seq
        for number in range(AFTERWARDS):
            last = (await owner.send(f"after {number}"))["seq"]
        await witness.until(lambda c: c.state.seq >= last)
        assert reader.state.seq == told
        assert not any("after" in message["body"] for message in reader.state.messages.values())
