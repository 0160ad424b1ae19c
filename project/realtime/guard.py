"""Looks again at what connections may see, after something about access has changed."""

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from project.accounts.authentication import Identity, still_valid
from project.realtime import streams
from project.realtime.database import UNREACHABLE, in_database_aside
from project.realtime.protocol import Close
from project.realtime.streams import Verdict

if TYPE_CHECKING:
    from project.realtime.hub import Hub
    from project.realtime.subscription import Subscription

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.5


class Guard:
    """Ends connections and streams whose right to be is gone. One check at a time, for all that wait for one."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._due: dict[Subscription, set[str] | None] = {}
        self._running = False

    def look(self, change: dict[str, Any]) -> None:
        """Takes the data of an `access.changed` event."""
        session, user, stream = change.get("session"), change.get("user"), change.get("stream")
        link = change.get("link")
        for connection in self._hub.connections:
            if session is not None:
                if connection.identity.session == session:
                    connection.end(Close.SIGNED_OUT, "session_ended")
            elif link is not None:
                if connection.identity.link == link:
                    connection.end(Close.SIGNED_OUT, "session_ended")
            elif (user in (None, connection.identity.user_id) or connection.identity.link) and (
                not stream or stream in connection.positions
            ):
                self.recheck([connection], {stream} if stream else None)

    def recheck(self, connections: "Iterable[Subscription]", only: set[str] | None = None) -> None:
        """Looks soon at whether these connections may be, and at the named streams, or all of theirs."""
        for connection in connections:
            already = self._due.get(connection, set())
            self._due[connection] = None if only is None or already is None else already | only
        if self._due and not self._running:
            self._running = True
            self._hub.spawn(self._work())

    async def _work(self) -> None:
        try:
            while self._due:
                due, self._due = self._due, {}
                try:
                    await self._check(due)
                except Exception as error:
                    # Whatever it was: a check that is forgotten is access that is kept.
                    if not isinstance(error, UNREACHABLE):
                        logger.exception("Access could not be checked")
                    for connection, only in due.items():
                        self.recheck([connection], only)
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._running = False

    async def _check(self, due: "dict[Subscription, set[str] | None]") -> None:
        connections = list(due)
        questions = [
            (c.identity, [name for name in c.positions if due[c] is None or name in (due[c] or ())])
            for c in connections
        ]
        for connection, (valid, verdicts) in zip(
            connections, await in_database_aside(_answers, questions), strict=True
        ):
            if not valid:
                connection.end(Close.SIGNED_OUT, "session_ended")
            for name, verdict in verdicts.items():
                if verdict is not Verdict.OK:
                    connection.revoke(name)


def _answers(questions: list[tuple[Identity, list[str]]]) -> list[tuple[bool, dict[str, Verdict]]]:
    verdicts = streams.verdicts({(identity.user_id, name) for identity, names in questions for name in names})
    valid = still_valid([identity for identity, _ in questions])
    return [
        (ok, {name: verdicts[identity.user_id, name] for name in names})
        for ok, (identity, names) in zip(valid, questions, strict=True)
    ]
