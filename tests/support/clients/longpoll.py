"""A client over long-polling, with commands by POST."""

import httpx

from tests.support.clients.client import Client, Lost, Stopped

WAIT = 5  # seconds a poll may stay open; short, so that a dead server is noticed soon


class LongPollClient(Client):
    """Asks again with the returned cursor, for as long as it lives."""

    transport = "longpoll"

    async def listen(self) -> None:
        try:
            answer = await self.http.get(
                "/poll/", params={"wait": WAIT, "cursor": self.state.cursor}, timeout=3 * WAIT
            )
        except httpx.HTTPError as error:
            raise Lost(repr(error)) from error
        if answer.status_code in (401, 403):
            raise Stopped(f"HTTP {answer.status_code}")
        if answer.status_code != 200:
            raise Lost(f"HTTP {answer.status_code}")
        told = answer.json()
        for item in told["items"]:
            await self.handle(item)
        if any(item["type"] == "reset" for item in told["items"]):
            return
        expected = self.state.cursor.partition("/")[2]
        if told["cursor"].partition("/")[2] not in (expected, ""):
            self.state.faults.append(
                f"the poll's cursor is {told['cursor']}, but its items end at {expected}"
            )
