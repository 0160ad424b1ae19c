"""Who may come in: the same questions for every transport, answered before anything is followed."""

import random
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from project.accounts.authentication import Identity, recognize_many
from project.realtime import presence
from project.realtime.database import UNREACHABLE
from project.realtime.group_commit import GroupCommit
from project.realtime.hub import Hub
from project.realtime.process import hub_of_this_process
from project.realtime.protocol import Close

RESTART_SPREAD_SECONDS = 3.0
"""Clients of a restarting process come back spread over this long."""
BUSY_SECONDS = 10.0
"""When to ask again where there are too many connections."""

HTTP_STATUS = {
    Close.SIGNED_OUT: 401,
    Close.REFUSED: 403,
    Close.TOO_MANY: 429,
    Close.UNAVAILABLE: 503,
    Close.RESTART: 503,
}


SENTENCES = {
    "unauthenticated": "Sign in, or send a token that is valid.",
    "origin": "This page's origin is not one of the site's.",
    "host": "This site does not go by that name.",
    "too_many_connections": "There are too many connections. Close some, or try again later.",
    "server_restart": "The server is restarting. Try again.",
    "unavailable": "The database cannot be reached. Try again.",
}


class Refused(Exception):
    """This connection cannot be served. `retry_after` is in seconds, or None where coming back is no use."""

    def __init__(self, code: Close, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.retry_after = retry_after

    @property
    def sentence(self) -> str:
        """The reason for people."""
        return SENTENCES[self.reason]


class Guest(NamedTuple):
    """Somebody let in, and the news of access that had been heard when they were looked up."""

    hub: Hub
    identity: Identity
    address: str
    news: int


def headers_of(scope: dict[str, Any]) -> dict[str, str]:
    """A connection's headers by lower-case name; the last one of a name counts."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def restart_delay() -> float:
    """When a client of a restarting process should come back, in seconds: each at another moment."""
    return round(random.uniform(0.2, RESTART_SPREAD_SECONDS), 2)  # noqa: S311  spreads load, keeps no secret


async def let_in(scope: dict[str, Any], *, needs_origin: bool = False, takes_links: bool = False) -> Guest:
    """Finds out who is there and whether there is room. A link opens only what `takes_links`.

    Raises Refused.
    """
    headers = headers_of(scope)
    address = (scope.get("client") or ("local", 0))[0]
    _check_host(headers)
    if needs_origin:
        _check_origin(headers)
    try:
        hub = await hub_of_this_process()
        if hub.draining:
            raise Refused(Close.RESTART, "server_restart", restart_delay())
        _check_room(hub, address)
        news = hub.access_news
        identity, elsewhere = await _together.submit(hub.token, partial(_look_up, hub.token), headers)
    except UNREACHABLE as error:
        raise Refused(Close.UNAVAILABLE, "unavailable", 1.0) from error
    if identity is None or (identity.link and not takes_links):
        raise Refused(Close.SIGNED_OUT, "unauthenticated")
    _check_room(hub, address)  # again: others have come in while this one was looked up
    cap, there = settings.LIMIT_CONNECTIONS_PER_USER, hub.connections.per_user[identity.user_id] + elsewhere
    if identity.link:
        cap, there = settings.LIMIT_CONNECTIONS_PER_LINK, hub.connections.per_link[identity.link]
    if cap and there >= cap:
        raise Refused(Close.TOO_MANY, "too_many_connections", BUSY_SECONDS)
    return Guest(hub, identity, address, news)


Found = tuple[Identity | None, int]
"""Who it is, and how many connections they have to other processes."""

_together = GroupCommit[dict[str, str], Found]()


def _look_up(process: str, requests: Sequence[dict[str, str]]) -> list[Found]:
    """A thousand clients that come back at once are looked up a batch at a time."""
    identities = recognize_many(requests)
    elsewhere: dict[int, int] = {}
    if settings.LIMIT_CONNECTIONS_PER_USER:
        elsewhere = presence.connections_elsewhere(
            {i.user_id for i in identities if i and not i.link}, process
        )
    return [(i, elsewhere.get(i.user_id, 0) if i else 0) for i in identities]


def _check_room(hub: Hub, address: str) -> None:
    per_process, per_address = settings.LIMIT_CONNECTIONS_PER_PROCESS, settings.LIMIT_CONNECTIONS_PER_ADDRESS
    process_full = per_process and len(hub.connections) >= per_process
    address_full = per_address and hub.connections.per_address[address] >= per_address
    if process_full or address_full:
        raise Refused(Close.TOO_MANY, "too_many_connections", BUSY_SECONDS)


def _check_host(headers: dict[str, str]) -> None:
    """What Django does for its own views; these connections never reach its middleware."""
    domain, _ = split_domain_port(headers.get("host", ""))
    allowed = settings.ALLOWED_HOSTS or (["localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])
    if not domain or not validate_host(domain, allowed):
        raise Refused(Close.REFUSED, "host")


def _check_origin(headers: dict[str, str]) -> None:
    """A browser's page elsewhere must not speak with this person's cookie. A token is not sent by itself."""
    origin = headers.get("origin", "").lower()
    if not origin and headers.get("authorization"):
        return
    scheme, netloc = urlsplit(origin)[:2]
    own = netloc == headers.get("host", "").lower() and (scheme == "https" or not settings.HTTPS)
    if origin and (own or origin in settings.ORIGINS):
        return
    raise Refused(Close.REFUSED, "origin")
