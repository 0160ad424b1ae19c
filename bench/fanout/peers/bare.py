"""Our server with an application that accepts and does nothing: what a handshake costs before any site."""

import os
import sys
from pathlib import Path

from bench.fanout.peers.peer import Peer


class Bare(Peer):
    key = "bare"
    name = "bare handshake"
    dialect = "raw"

    def environment(self) -> dict[str, str]:
        return os.environ | {"DATA_DIR": str(self.home), "DEBUG": "1"}

    def command(self) -> list[str | Path]:
        here = "bench.fanout.peers.bare:application"
        return [sys.executable, "-m", "project.server", "-b", "127.0.0.1", "-p", str(self.port), here]


async def application(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass
