"""Scripted clients that talk in a thread of their own: Playwright's sync API keeps this one's event loop."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from tests.support.clients import Client
from tests.support.conversation import Conversation
from tests.support.people import Person
from tests.support.proxy import Proxy

T = TypeVar("T")

NOTICES_SECONDS = 5.0  # without a pong, for the one whose network is cut

STEP = 100  # messages that are waited for at once: the limit of a wait is one for a hang


class Crowd:
    """A conversation that goes on beside the browsers. Use it as a context manager.

    The first client is at the server with this port, through a network that can be cut.
    """

    def __init__(self, clients: Sequence[Client], port: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._proxy = Proxy(port)
        self._do(self._proxy.__aenter__())
        first, *others = clients
        behind = type(first)(first.name, first.credentials, [self._proxy.url], first.room)
        behind.ping_seconds = NOTICES_SECONDS
        self._conversation = Conversation([behind, *others])
        self._talk: Future[None] | None = None

    def __enter__(self) -> "Crowd":
        self._do(self._conversation.__aenter__())
        self._talk = asyncio.run_coroutine_threadsafe(self._conversation.run(), self._loop)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._talk and not self._talk.done():
            self._talk.cancel()
        self._do(self._conversation.__aexit__())
        self._do(self._proxy.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """From here on the first client has no network, which the others do not notice."""
        self._loop.call_soon_threadsafe(self._proxy.cut)

    def mend(self) -> None:
        """It has one again."""
        self._loop.call_soon_threadsafe(self._proxy.mend)

    def progress(self, more: int) -> None:
        """Wait until `more` further messages are confirmed."""
        self._do(self._conversation.progress(more))

    def finish(self, total: int) -> None:
        """Wait until at least `total` messages are confirmed, and nobody says anything any more."""
        assert self._talk
        while (missing := total - self._conversation.confirmed) > 0:
            self.progress(min(STEP, missing))
        self._conversation.enough()
        self._talk.result()

    def check(self, url: str, reader: Person, also_said: Sequence[str]) -> list[dict[str, Any]]:
        """Every client agrees with the database, which has what the crowd and others said; returns its messages."""
        return self._do(self._conversation.check(url, reader, also_said=also_said))

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
