"""python -m bench.fanout: how fast Watchroom gives one message to many, beside other servers. See bench/README.md."""

import argparse
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bench.fanout import machine, measures
from bench.fanout.load import program
from bench.fanout.peers import PEERS
from bench.fanout.peers.bare import Bare
from bench.fanout.peers.peer import Peer
from bench.fanout.peers.watchroom import Watchroom
from bench.fanout.report import report
from bench.fanout.results import Results

RESULTS = Path(__file__).parent / "RESULTS.md"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fanout", description=__doc__)
    parser.add_argument(
        "--peers", nargs="+", choices=PEERS, default=list(PEERS), metavar="PEER", help=", ".join(PEERS)
    )
    parser.add_argument("--receivers", nargs="+", type=int, default=[100, 1000], metavar="N")
    parser.add_argument("--runs", type=int, default=3, help="the tables show the median (default 3)")
    parser.add_argument("--quick", action="store_true", help="one short run of each: only a first impression")
    parser.add_argument("--write", action="store_true", help=f"also write {RESULTS.name}")
    return parser.parse_args()


def measure(
    peers: list[Peer], results: Results, receivers: list[int], length: measures.Length, first: bool
) -> None:
    """One run of everything, all peers in turn."""
    for peer in peers:
        say(f"{peer.name}: fan-out")
        measures.fan_out(peer, results, receivers, length)
    sites = [peer for peer in peers if isinstance(peer, Watchroom)]
    for site in sites:
        say(f"{site.name}: persisted messages, reconnect storm")
        for variant in (site, site.ungrouped("sender"), site.ungrouped("room")):
            measures.persisted(variant, results, length)
        measures.handshakes(site, results, subscribe=False)
        measures.storm(site, results)
    if sites:
        bare = Bare()
        measures.handshakes(bare, results, subscribe=False)
        bare.finish()
    if first:
        for peer in peers:
            if peer.fast:
                say(f"{peer.name}: burst")
                measures.burst(peer, results)
        for site in sites:
            say(f"{site.name}: idle")
            measures.idle(site, results, length)


def say(sentence: str) -> None:
    print(f"{time.monotonic() - BEGAN:5.0f} s  {sentence}", file=sys.stderr, flush=True)


def main() -> int:
    options = arguments()
    machine.allow_many_sockets()
    program()
    length = measures.QUICK if options.quick else measures.FULL
    results, runs = Results(), 1 if options.quick else options.runs
    with ExitStack() as stack:
        peers = [PEERS[key]() for key in PEERS if key in options.peers]
        for peer in peers:
            say(f"{peer.name}: prepare")
            stack.callback(peer.finish)
            peer.prepare()
        for run in range(runs):
            say(f"run {run + 1} of {runs}")
            measure(peers, results, options.receivers, length, first=run == 0)
    text = "\n\n".join(report(results, options.receivers))
    print(text)
    if options.write:
        head = f"# bench/fanout\n\nMedians of {runs} runs, {datetime.now(UTC):%Y-%m-%d}, {machine.describe()}.\n\n"
        RESULTS.write_text(head + text + "\n")
    return 1 if results.faults else 0


BEGAN = time.monotonic()
sys.exit(main())
