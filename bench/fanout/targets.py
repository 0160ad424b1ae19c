"""What Watchroom is to reach, as ratios within one run."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.fanout.results import Results

SITE, SQLITE = "watchroom", "watchroom-sqlite"


@dataclass(frozen=True)
class Target:
    """One figure to reach: `got` is None when this run did not measure it."""

    what: str
    wanted: float
    got: float | None
    unit: str = "x"
    at_most: bool = False
    by_cpu: float | None = (
        None  # the same ratio by processor time: it stands still where others use the machine too
    )

    @property
    def verdict(self) -> str:
        if self.got is None:
            return "not measured"
        reached = self.got <= self.wanted if self.at_most else self.got >= self.wanted
        return "reached" if reached else "short"


def _ratio(over: float | None, under: float | None) -> float | None:
    return over / under if over is not None and under else None


def _fan_out(results: Results, shape: str, what: str, other: str, wanted: float) -> Target:
    measure = f"{shape}-1000"
    rate = "frames_s" if shape == "one" else "deliveries_s"
    got = _ratio(results.median(SITE, measure, rate), results.median(other, measure, rate))
    cost = results.median(SITE, measure, "us_a_delivery")
    return Target(what, wanted, got, by_cpu=_ratio(results.median(other, measure, "us_a_delivery"), cost))


def targets(results: Results) -> Iterator[Target]:
    """Every target, with what this run came to."""
    get = results.median
    yield _fan_out(results, "one", "one in flight, 1,000: frames/s, over Node ws", "ws", 1)
    yield _fan_out(results, "one", "one in flight, 1,000: frames/s, over the tutorial", "tutorial", 20)
    yield _fan_out(results, "stream", "32 in flight, 1,000: deliveries/s, over Node ws", "ws", 8)
    yield _fan_out(results, "crowd", "32 senders, 1,000: deliveries/s, over Node ws", "ws", 8)
    for peer, database in ((SITE, "PostgreSQL"), (SQLITE, "SQLite")):
        alone = [get(f"{peer}-by-{by}", "persisted", "messages_s") for by in ("sender", "room")]
        got = _ratio(
            get(peer, "persisted", "messages_s"), max((a for a in alone if a is not None), default=None)
        )
        yield Target(f"persisted messages/s on {database}, over one transaction a message", 10, got)
    memory = _ratio(get(SITE, "memory-1000", "kb"), get("tutorial", "memory-1000", "kb"))
    yield Target("memory of an idle connection, over the tutorial", 1.5, memory, at_most=True)
    cpu = get(SITE, "idle", "server_cpu")
    yield Target("CPU with 2,000 idle connections", 2, None if cpu is None else cpu * 100, "%", at_most=True)
    theirs = get("ws", "calm-1000", "p99_ms")
    beside = "" if theirs is None else f" (Node ws: {theirs:.1f} ms)"
    yield Target(
        f"p99 at 40 messages/s to 1,000{beside}", 30, get(SITE, "calm-1000", "p99_ms"), "ms", at_most=True
    )
    yield Target(
        "failures among 2,000 that connect at once", 0, get(SITE, "burst", "failed"), "", at_most=True
    )
    back, bare = get(SITE, "storm", "clients_s"), get("bare", "handshakes", "clients_s")
    yield Target("1,000 back and caught up, over bare handshakes", 0.5, _ratio(back, bare))
