"""A year of measurements, one a second, of 100 series: how soon any range opens, and what it takes on disk.

python -m bench.year                            on SQLite and on PostgreSQL; some minutes each
python -m bench.year --only sqlite --hours 2    with two hours of seconds in place of a day: a first impression
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

import django

from tests.support.installation import Installation
from tests.support.postgres import Postgres

MEDIAN_MS = 300.0
"""What the median of every range must stay below."""
OFF_BY = 0.15
"""How far what is on the disk may be from what is computed."""


def main() -> int:
    options = _options()
    if len(options.only) > 1:  # a process has one database
        return max(subprocess.run(_again(key, options), check=False).returncode for key in options.only)
    postgres = Postgres() if options.only == ["postgres"] else None
    if postgres:
        postgres.start()
    installation = Installation(1, postgres)
    try:
        os.environ |= installation.environment | {"DJANGO_SETTINGS_MODULE": "project.settings"}
        django.setup()
        return _measure(options)
    finally:
        installation.remove()
        if postgres:
            postgres.remove()


def _measure(options: argparse.Namespace) -> int:
    from bench.year import filling, ranges  # only now are there settings
    from dashboard import costs
    from project.serving.garbage import settle

    began = time.monotonic()
    before = costs.file_size()
    filling.fill(options.series, {"1s": options.hours / 24} if options.hours else {})
    on_disk = costs.file_size() - before
    print(f"\n{options.only[0]}: {options.series} series, made in {time.monotonic() - began:.0f} s\n")
    found = costs.of_all_tiers()
    wrong = []
    print(f"{'':>6}{'windows':>13}{'bytes each':>12}{'computed':>12}{'on disk':>12}")
    for cost in found:
        real = "" if cost.on_disk is None else f"{cost.on_disk / 2**20:>9,.0f} MB"
        print(
            f"{cost.tier.name:>6}{cost.windows:>13,}{cost.bytes_each:>12,.0f}{cost.computed / 2**20:>9,.0f} MB{real}"
        )
    computed = sum(cost.computed for cost in found)
    print(f"{'':>31}{computed / 2**20:>9,.0f} MB{on_disk / 2**20:>9,.0f} MB\n")
    if abs(on_disk - computed) > OFF_BY * computed:
        wrong.append("the disk has not what was computed")
    settle()  # as the server does
    print(f"{'':>6}{'step':>8}" + "".join(f"{board:>24}" for board in ranges.BOARDS))
    for name, seconds in ranges.RANGES.items():
        line = f"{name:>6}"
        for board in ranges.BOARDS:
            step, times = ranges.opened(board, seconds, options.times)
            median = statistics.median(times)
            line += f"{step:>8}" if board == next(iter(ranges.BOARDS)) else ""
            line += f"{median:>14,.0f} ms {max(times):>6,.0f}"
            if median > MEDIAN_MS:
                wrong.append(f"{name} of {board}: {median:,.0f} ms")
        print(line, flush=True)
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def _again(key: str, options: argparse.Namespace) -> list[str]:
    given = ["--only", key, "--series", str(options.series), "--times", str(options.times)]
    return [
        sys.executable,
        "-m",
        "bench.year",
        *given,
        *(["--hours", str(options.hours)] if options.hours else []),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.year", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=["sqlite", "postgres"], default=["sqlite", "postgres"])
    parser.add_argument("--series", type=int, default=100)
    parser.add_argument("--times", type=int, default=7, help="that each range is opened")
    parser.add_argument("--hours", type=float, default=0, help="of seconds, in place of a day")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
