"""A client over Server-Sent Events, with commands by POST."""

import json
from collections.abc import AsyncIterator

import httpx

from tests.support.clients.client import ANSWER_TIMEOUT, Client, Lost, Stopped

SILENCE = 60.0  # seconds; the server says something every heartbeat


class SSEClient(Client):
    """Resumes by Last-Event-ID, as a browser's EventSource does."""

    transport = "sse"

    async def listen(self) -> None:
        timeout = httpx.Timeout(ANSWER_TIMEOUT, read=self._silence())
        headers = {"Accept": "text/event-stream", "Last-Event-ID": self.state.cursor}
        try:
            async with self.http.stream(
                "GET",
                "/events/",
                params={"cursor": self.state.cursor},
                headers=headers,
                timeout=timeout,
            ) as response:
                await self._read(response)
        except httpx.HTTPError as error:
            raise Lost(repr(error)) from error

    def _silence(self) -> float:
        hellos = [item for item in self.items if item["type"] == "hello"]
        return 2 * hellos[-1]["heartbeat"] + 2 if hellos else SILENCE

    async def _read(self, response: httpx.Response) -> None:
        if response.status_code in (401, 403):
            raise Stopped(f"HTTP {response.status_code}")
        if response.status_code != 200:
            raise Lost(f"HTTP {response.status_code}")
        async for data in _data_fields(response):
            item = json.loads(data)
            await self.handle(item)
            if item["type"] == "reset":
                return  # we asked with the old cursor; ask again with the snapshot's


async def _data_fields(response: httpx.Response) -> AsyncIterator[str]:
    lines: list[str] = []
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            lines.append(line[5:].removeprefix(" "))
        elif not line and lines:
            yield "\n".join(lines)
            lines = []
