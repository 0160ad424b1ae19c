"""Tells every process that somebody's access may have ended.

The news travels as an event of an internal stream, in the transaction of the change: it is as durable as the change,
reaches processes that missed the announcement, and needs no delivery of its own.
"""

import hashlib

from project.realtime import log

CONTROL_STREAM = "control"


def changed(
    *, user: int | None = None, stream: str | None = None, session: str | None = None, link: str | None = None
) -> None:
    """Has every process look again at the connections of `user`, at the followers of `stream`, or end a `session` or a
    `link`.

    With `user` and `stream` both given, only that user's reading of that stream is looked at. `session` is the raw
    session key, `link` a link's digest. Runs inside the caller's transaction; takes effect within a second of its
    commit.
    """
    data: dict[str, object] = {}
    if user is not None:
        data["user"] = user
    if stream is not None:
        data["stream"] = stream
    if session is not None:
        data["session"] = session_digest(session)
    if link is not None:
        data["link"] = link
    log.append(CONTROL_STREAM, "access.changed", data)


def session_digest(session_key: str) -> str:
    """What stands for a session where its key must not: the key alone would sign anyone in."""
    return hashlib.sha256(session_key.encode()).hexdigest()
