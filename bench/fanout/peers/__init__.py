"""The servers that are measured, each in a small file of its own."""

from bench.fanout.peers.node import SocketIO, Ws
from bench.fanout.peers.peer import Peer
from bench.fanout.peers.tutorial import Tutorial
from bench.fanout.peers.watchroom import Watchroom, WatchroomPostgres

PEERS: dict[str, type[Peer]] = {
    kind.key: kind for kind in (Tutorial, SocketIO, Ws, WatchroomPostgres, Watchroom)
}
