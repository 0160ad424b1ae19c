"""Fetches a page from an address that staff have named: within a time and a size, and from nowhere else."""

import asyncio
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp import AddrInfoType

from .packing import CannotUnpack, TooLarge, unpacked

TOTAL_SECONDS = 10.0
"""Resolving, connecting, redirects, the last byte: all together. Whoever sends a byte now and then holds up nobody."""
TEXT_MAX = 16 * 1024 * 1024
"""Bytes, packed or not. A node exporter says a hundredth of this."""
REDIRECTS_MAX = 3
REDIRECTS = (301, 302, 303, 307, 308)
CHUNK = 64 * 1024


class Failed(Exception):
    """It could not be fetched. The message is for staff."""


class Page(NamedTuple):
    """What came back."""

    type: str
    body: bytes


def fetch(url: str, headers: Mapping[str, str]) -> Page:
    """What this address says, in the caller's thread. Redirects are followed within the same host and port only.

    Any address may be named, those of this machine and its network too; but none that is link-local, where clouds keep
    their secrets. Raises Failed.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise Failed("Only http and https are fetched.")
    try:
        return asyncio.run(_within_time(url, headers))
    except TimeoutError:
        raise Failed(f"It did not answer in full within {TOTAL_SECONDS:.0f} seconds.") from None
    except (CannotUnpack, TooLarge) as error:
        raise Failed(str(error)) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Failed(f"It cannot be fetched: {error}") from error


async def _within_time(url: str, headers: Mapping[str, str]) -> Page:
    asked = {**headers, "Accept-Encoding": "gzip"}
    connector = aiohttp.TCPConnector(socket_factory=_socket)
    async with (
        asyncio.timeout(TOTAL_SECONDS),
        aiohttp.ClientSession(connector=connector, headers=asked, auto_decompress=False) as session,
    ):
        for _ in range(REDIRECTS_MAX + 1):
            async with session.get(url, allow_redirects=False) as answer:
                if answer.status in REDIRECTS:
                    url = _same_place(url, answer.headers.get("Location", ""))
                    continue
                if answer.status != 200:
                    raise Failed(f"It answered with {answer.status} {answer.reason}.")
                body = await _body(answer)
                packed = answer.headers.get("Content-Encoding", "")
                return Page(answer.headers.get("Content-Type", ""), unpacked(body, packed, TEXT_MAX))
    raise Failed(f"It redirected more than {REDIRECTS_MAX} times.")


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > TEXT_MAX:
            raise Failed(f"It says more than {TEXT_MAX} bytes.")
    return bytes(body)


def _same_place(url: str, location: str) -> str:
    there = urljoin(url, location)
    if urlsplit(there)[:2] != urlsplit(url)[:2]:
        raise Failed(f"It redirects to another place, {there[:200]}: name that one, if it is meant.")
    return there


def _socket(address: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, where = address
    if ip_address(str(where[0]).partition("%")[0]).is_link_local:
        raise Failed("Link-local addresses are not fetched from.")
    return socket.socket(family, kind, protocol)
