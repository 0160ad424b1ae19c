"""One notice to everyone who follows a topic: how fast, and to each exactly once though the worker is killed.

python -m bench.notify                       10,000 people on PostgreSQL (without fsync) and Valkey
python -m bench.notify --embedded            the same on SQLite
python -m bench.notify --people 2000 --runs 1
"""

import argparse
import os
import statistics

import django

from tests.support.installation import Installation
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey

LEASE_SECONDS = "3"
"""How soon the job of a worker that was killed is taken over; a minute in production."""


def main() -> None:
    """Runs the benchmark and prints what it found; exits with an error where not everyone was told exactly once."""
    options = _options()
    servers = () if options.embedded else (Postgres(), Valkey())
    for server in servers:
        server.start()
    installation = Installation(1, *servers, JOBS_IN_SERVER="0", JOBS_LEASE_SECONDS=LEASE_SECONDS)
    try:
        installation.start()
        os.environ |= installation.environment | {"DJANGO_SETTINGS_MODULE": "project.settings"}
        django.setup()
        _measure(installation, options.people, options.runs, options.kills)
    finally:
        installation.remove()
        for server in servers:
            server.remove()


def _measure(installation: Installation, people: int, runs: int, kills: int) -> None:
    from bench.notify.topic import Topic  # only now are there settings

    topic = Topic(installation, people)
    seconds = [topic.tell() for _ in range(runs)]
    for took in seconds:
        print(f"{people:,} people in {took:.2f} s, {people / took:,.0f} a second")
    print(f"median: {people / statistics.median(seconds):,.0f} a second")
    took = topic.tell(kills=kills)
    print(f"with its worker killed {kills} times: {took:.1f} s, everyone exactly once")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="One notice to everyone who follows a topic.")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--embedded", action="store_true", help="SQLite instead of PostgreSQL and Valkey")
    return parser.parse_args()


if __name__ == "__main__":
    main()
