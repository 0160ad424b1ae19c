"""Node's two: the `ws` package, and Socket.IO 4."""

import os
import subprocess
import sys
from pathlib import Path

from bench.fanout.peers.peer import Peer
from tests.support import node

HERE = Path(__file__).parent
BENCH = HERE.parent.parent


class NodePeer(Peer):
    def prepare(self) -> None:
        if (BENCH / "node_modules/.package-lock.json").exists():
            return
        programs = os.path.relpath(Path(sys.executable).parent)
        install = ["ci", "--prefix", str(BENCH), "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(["bash", "deploy/npm.sh", programs, *install], check=True)

    def command(self) -> list[str | Path]:
        return [node.find() or "node", HERE / f"{self.key}.mjs", str(self.port)]


class Ws(NodePeer):
    key = "ws"
    name = "Node ws"
    dialect = "raw"


class SocketIO(NodePeer):
    key = "socketio"
    name = "Socket.IO 4"
    dialect = "socketio"
    path = "/socket.io/?EIO=4&transport=websocket"
