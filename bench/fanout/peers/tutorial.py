"""The chat of the Channels tutorial, on stock daphne, with the `pubsub` layer on a Valkey of its own."""

import os
import sys
from pathlib import Path

from bench.fanout import machine
from bench.fanout.peers.peer import Peer
from tests.support.valkey import Valkey


class Tutorial(Peer):
    key = "tutorial"
    name = "Channels tutorial"
    dialect = "tutorial"
    path = "/ws/chat/bench/"
    fast = False

    def prepare(self) -> None:
        self.valkey = Valkey()
        with machine.core(machine.OTHER_CORE):
            self.valkey.start()

    def finish(self) -> None:
        self.valkey.remove()
        super().finish()

    def environment(self) -> dict[str, str]:
        return os.environ | {"REDIS_URL": self.valkey.url}

    def command(self) -> list[str | Path]:
        site = "bench.fanout.peers.tutorial_site:application"
        return [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), site]
