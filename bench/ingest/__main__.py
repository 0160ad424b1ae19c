"""Measurements a second that one server process takes in, with a live board open, and what memory it needs.

python -m bench.ingest                      30 s of each shape, on SQLite, PostgreSQL, and a plain Django site
python -m bench.ingest --seconds 120 --only postgres
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from threading import Thread

import psutil

from bench.ingest.places import PLACES, Place
from bench.ingest.senders import BUSY, WIDE, Sender, Shape

SENDERS = 4
SHAPES = (BUSY, WIDE)
LOOKS = 6
"""How often memory is looked at on the way."""


def main() -> int:
    options = _options()
    print(f"{'':<28}{'samples/s':>10}{'push p50':>10}{'p99':>8}   ticks   memory, MB")
    faults = []
    for key in options.only:
        with PLACES[key]() as place:
            for shape in SHAPES:
                faults += _measure(place, shape, options.seconds)
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


def _measure(place: Place, shape: Shape, seconds: float) -> Sequence[str]:
    """Prints one line; returns what must not be."""
    senders = [Sender(place, shape, number) for number in range(SENDERS)]
    place.watch()
    server = psutil.Process(place.pid)
    memory = [server.memory_info().rss >> 20]
    started = time.monotonic()
    threads = [Thread(target=sender.run, args=(started + seconds,)) for sender in senders]
    for thread in threads:
        thread.start()
    for _ in range(LOOKS):
        time.sleep(seconds / LOOKS)
        memory.append(server.memory_info().rss >> 20)
    for thread in threads:
        thread.join()
    took = time.monotonic() - started
    sent = sum(sender.accepted for sender in senders)
    waits = sorted(wait for sender in senders for wait in sender.waits)
    if not waits:
        return [f"{place.name}, {shape.name}: nothing was taken: {senders[0].refused}"]
    ticks = place.ticks(took)
    print(
        f"{place.name + ', ' + shape.name:<28}{sent / took:>10,.0f}{statistics.median(waits) * 1e3:>7,.0f} ms"
        f"{waits[int(len(waits) * 0.99)] * 1e3:>5,.0f} ms{ticks:>8}   {' '.join(map(str, memory))}",
        flush=True,
    )
    stored, refused = place.stored(shape.metric), sum(sender.refused for sender in senders)
    return [
        f"{place.name}, {shape.name}: {what}"
        for what, wrong in (
            (f"{stored:,} samples are kept of {sent:,} that were acknowledged", stored != sent),
            (f"{refused:,} pushes were refused", refused),
        )
        if wrong
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="of each shape")
    parser.add_argument("--only", nargs="+", choices=PLACES, default=list(PLACES))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
