"""What the two HTTP transports share: plain ASGI responses, outside Django's middleware."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer

from project.realtime.database import UNREACHABLE
from project.realtime.errors import HTTP_STATUS, CommandError
from project.realtime.protocol import BadCursor, Close, Cursor, encode, parse_cursor
from project.realtime.transports.door import HTTP_STATUS as REFUSAL_STATUS
from project.realtime.transports.door import Refused

Send = Callable[[dict[str, Any]], Awaitable[None]]

HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Cookie, Authorization",
}

_CODES = {
    Close.SIGNED_OUT: "unauthenticated",
    Close.REFUSED: "forbidden",
    Close.TOO_MANY: "rate_limited",
    Close.UNAVAILABLE: "unavailable",
    Close.RESTART: "unavailable",
}


class HttpTransport(AsyncConsumer):
    """A GET whose answer takes its time. Ends as soon as the client goes away."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        response = asyncio.create_task(self._respond(scope, send))
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({response, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            response.cancel()
            gone.cancel()
            await asyncio.gather(response, gone, return_exceptions=True)
        if not response.cancelled() and (error := response.exception()):
            raise error

    async def _respond(self, scope: dict[str, Any], send: Send) -> None:
        try:
            if scope["method"] != "GET":
                raise CommandError("invalid", "Only GET is possible here.")
            await self.respond(scope, send)
        except CommandError as refusal:
            await refuse(send, refusal)
        except Refused as refusal:
            told = CommandError(_CODES[refusal.code], refusal.sentence, retry_after=refusal.retry_after)
            await refuse(send, told, REFUSAL_STATUS[refusal.code])
        except UNREACHABLE:
            await refuse(
                send, CommandError("unavailable", "The database cannot be reached. Try again.", retry_after=1)
            )

    def respond(self, scope: dict[str, Any], send: Send) -> Coroutine[Any, Any, None]:
        """Answers the request.

        Raises CommandError or Refused before the first byte; nothing after it.
        """
        raise TypeError(f"{type(self).__name__} does not say how it responds")


def query_of(scope: dict[str, Any]) -> dict[str, str]:
    """The query's parameters; the last one of a name counts."""
    return {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}


def cursor_of(text: str) -> Cursor:
    """Reads a cursor.

    Raises CommandError `invalid`.
    """
    try:
        return parse_cursor(text)
    except BadCursor as error:
        raise CommandError("invalid", str(error), fields={"cursor": str(error)}) from error


async def begin(send: Send, status: int, content_type: str, extra: dict[str, str] | None = None) -> None:
    """Sends the response's head."""
    headers = {"Content-Type": content_type, **HEADERS, **(extra or {})}
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def refuse(send: Send, error: CommandError, status: int | None = None) -> None:
    """Sends the whole response of a request that cannot be served."""
    extra = {} if error.retry_after is None else {"Retry-After": str(max(1, round(error.retry_after)))}
    await begin(send, status or HTTP_STATUS[error.code], "application/json", extra)
    await send({"type": "http.response.body", "body": encode({"ok": False, "error": error.payload()})})


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
