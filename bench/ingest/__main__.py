"""Measurements a second that one server process takes in, with a live board open, and what memory it needs.

python -m bench.ingest                      30 s of each shape, on SQLite, PostgreSQL, and a plain Django site
python -m bench.ingest --seconds 120 --only postgres
python -m bench.ingest --seconds 600 --rate 2000 --only sqlite     2,000 samples a second: whether memory is flat
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from threading import Thread

from bench.ingest.memory import Memory
from bench.ingest.places import PLACES, Place
from bench.ingest.senders import BUSY, WIDE, Sender, Shape

SENDERS = 4
SHAPES = {"busy": BUSY, "wide": WIDE}
LOOKS, LOOK_SECONDS = 6, 30.0
"""How often memory is looked at on the way: so often at least, and every so many seconds."""
FLAT, FLAT_SECONDS = 1.0, 600.0
"""By so many megabytes a minute the server may still grow in the last half of so many seconds or more."""


def main() -> int:
    options = _options()
    print(f"{'':<28}{'samples/s':>10}{'push p50':>10}{'p99':>8}       ticks   memory, MB")
    faults = []
    for key in options.only:
        with PLACES[key]() as place:
            for shape in options.shapes:
                faults += _measure(place, SHAPES[shape], options.seconds, options.rate)
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


def _measure(place: Place, shape: Shape, seconds: float, rate: float) -> Sequence[str]:
    """Prints one line; returns what must not be."""
    senders = [Sender(place, shape, number, rate / SENDERS) for number in range(SENDERS)]
    place.watch(shape.metric)
    memory = Memory(place.pid, min(LOOK_SECONDS, seconds / LOOKS))
    memory.start()
    started = time.monotonic()
    threads = [Thread(target=sender.run, args=(started + seconds,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    memory.stop()
    took = time.monotonic() - started
    sent = sum(sender.accepted for sender in senders)
    waits = sorted(wait for sender in senders for wait in sender.waits)
    if not waits:
        return [f"{place.name}, {shape.name}: nothing was taken: {senders[0].refused}"]
    ticks = place.ticks(took)
    looks = " ".join(map(str, memory.megabytes))
    print(
        f"{place.name + ', ' + shape.name:<28}{sent / took:>10,.0f}{statistics.median(waits) * 1e3:>7,.0f} ms"
        f"{waits[int(len(waits) * 0.99)] * 1e3:>5,.0f} ms{ticks:>12}   {looks}; {memory.slope():+.2f} a minute at last",
        flush=True,
    )
    stored, refused = place.stored(shape.metric), sum(sender.refused for sender in senders)
    return [
        f"{place.name}, {shape.name}: {what}"
        for what, wrong in (
            (f"{stored:,} samples are kept of {sent:,} that were acknowledged", stored != sent),
            (f"{refused:,} pushes were refused", refused),
            ("memory grows", seconds >= FLAT_SECONDS and memory.slope() > FLAT),
        )
        if wrong
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="of each shape")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument(
        "--rate", type=float, default=0.0, help="samples a second; as fast as they are taken if 0"
    )
    parser.add_argument("--only", nargs="+", choices=PLACES, default=list(PLACES))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
