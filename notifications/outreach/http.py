"""POST to an address that somebody gave us, without letting them reach what only this machine can."""

import asyncio
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
from aiohttp import AddrInfoType
from django.conf import settings

TOTAL_SECONDS = 15
"""Resolving, connecting, sending, answering, all together: a push service takes a tenth of one."""
TEXT_MAX = 500  # bytes of an answer that are read, for the error


class AddressRefused(OSError):
    """This address is none that we send to."""


class Answer(NamedTuple):
    """What came back. Redirects are not followed."""

    status: int
    retry_after: str
    text: str


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Sends `body`, in the caller's thread.

    Unless PUSH_PRIVATE says otherwise, only by https, and only to public addresses: looked at when the connection is
    made, since a name may mean another address by then. Raises AddressRefused, aiohttp.ClientError and TimeoutError.
    """
    if not settings.PUSH_PRIVATE and urlsplit(url).scheme != "https":
        raise AddressRefused("only https is sent to")
    try:
        return asyncio.run(_post(url, body, headers))
    except aiohttp.ClientConnectorError as error:
        raise error.os_error if isinstance(error.os_error, AddressRefused) else error from error


async def _post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    connector = aiohttp.TCPConnector(socket_factory=_socket)
    timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
        session.post(url, data=body, headers=headers, allow_redirects=False) as response,
    ):
        text = await response.content.read(TEXT_MAX)
        return Answer(response.status, response.headers.get("Retry-After", ""), text.decode(errors="replace"))


def _socket(address: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, where = address
    if not settings.PUSH_PRIVATE and not _is_public(str(where[0])):
        raise AddressRefused("only public addresses are sent to")
    return socket.socket(family, kind, protocol)


def _is_public(host: str) -> bool:
    found = ip_address(host.partition("%")[0])
    return found.is_global and not found.is_multicast
