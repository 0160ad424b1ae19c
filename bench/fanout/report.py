"""The tables, in Markdown, as they are printed and written."""

from collections.abc import Callable, Iterator

from bench.fanout.measures import BURST, CALM_RATE, SHAPES, STORM
from bench.fanout.peers import PEERS
from bench.fanout.results import Results
from bench.fanout.targets import targets

Row = list[str]


def _number(value: float | None, digits: int = 0) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _time(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f} ms" if value < 100 else f"{value:,.0f} ms"


def _table(head: Row, rows: list[Row]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _rows(results: Results, names: dict[str, str], cells: Callable[[str], Row]) -> list[Row]:
    """A row for each peer that has anything to show."""
    rows = [(name, cells(key)) for key, name in names.items()]
    return [[name, *line] for name, line in rows if any(line)]


def _fan_out(results: Results, receivers: int) -> str:
    get = results.median

    def cells(peer: str) -> Row:
        row = []
        for shape in SHAPES:
            rate = "frames_s" if shape.key == "one" else "deliveries_s"
            measure = f"{shape.key}-{receivers}"
            row.append(_number(get(peer, measure, rate)))
            row.append(" / ".join(filter(None, (_time(get(peer, measure, p)) for p in ("p50_ms", "p99_ms")))))
        memory = _number(get(peer, f"memory-{receivers}", "kb"), 1)
        return [*row, _time(get(peer, f"calm-{receivers}", "p99_ms")), memory]

    head = [f"{receivers:,} receivers"]
    for shape in SHAPES:
        unit = "frames/s" if shape.key == "one" else "deliveries/s"
        head += [f"{shape.title}: {unit}", "p50 / p99"]
    head += [f"p99 at {CALM_RATE} messages/s", "KB a connection"]
    names = {key: kind.name for key, kind in PEERS.items()}
    return _table(head, _rows(results, names, cells))


def _connecting(results: Results) -> str:
    get = results.median

    def cells(peer: str) -> Row:
        cpu = get(peer, "idle", "server_cpu")
        return [
            _number(get(peer, "burst", "seconds"), 2),
            _number(get(peer, "burst", "failed")),
            _number(get(peer, "handshakes", "clients_s")),
            _number(get(peer, "storm", "clients_s")),
            "" if cpu is None else f"{cpu:.2%}",
        ]

    head = [
        "connecting",
        f"{BURST:,} at once: s",
        "failed",
        f"{STORM:,} at once, handshakes/s",
        f"{STORM:,} back with cursors, caught up/s",
        f"CPU, {BURST:,} idle",
    ]
    names = {key: kind.name for key, kind in PEERS.items()} | {
        "bare": "our server, an application that only accepts"
    }
    return _table(head, _rows(results, names, cells))


def _persisted(results: Results) -> str:
    get = results.median

    def cells(peer: str) -> Row:
        return [_number(get(peer, "persisted", "messages_s")), _time(get(peer, "persisted", "p50_ms"))]

    names = {}
    for key in ("watchroom", "watchroom-sqlite"):
        alone = f"{PEERS[key].name}, one transaction a message"
        names |= {
            key: PEERS[key].name,
            f"{key}-by-sender": f"{alone}, side by side",
            f"{key}-by-room": f"{alone}, in turn",
        }
    head = ["10 senders, 8 in flight each, 100 receivers", "persisted messages/s", "p50"]
    return _table(head, _rows(results, names, cells))


def _targets(results: Results) -> str:
    rows = []
    for target in targets(results):
        limit = "at most" if target.at_most else "at least"
        digits = 2 if target.wanted < 2 else 1
        got = "" if target.got is None else f"{target.got:.{digits}f} {target.unit}".strip()
        by_cpu = "" if target.by_cpu is None else f"{target.by_cpu:.{digits}f} {target.unit}"
        wanted = f"{limit} {target.wanted:.3g} {target.unit}".strip()
        rows.append([target.what, wanted, got, by_cpu, target.verdict])
    return _table(["target", "wanted", "got", "by CPU time", ""], rows)


def report(results: Results, receivers: list[int]) -> Iterator[str]:
    """The whole report, a paragraph or a table at a time."""
    for count in sorted(receivers, reverse=True):
        yield _fan_out(results, count)
    yield _connecting(results)
    yield _persisted(results)
    yield _targets(results)
    yield (
        f"{results.deliveries:,} deliveries counted and checked in {results.runs()} measurements; "
        f"the load generator used at most {results.busiest_load:.0%} of its core."
    )
    if results.faults:
        yield "What must not happen and did:\n\n" + "\n".join(f"- {fault}" for fault in results.faults)
