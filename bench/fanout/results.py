"""What was measured: several runs of each measure of each peer, and their medians."""

from collections import defaultdict
from statistics import median

from bench.fanout.load import Result, faults


class Results:
    """Filled run by run; read by the report."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, str], list[Result]] = defaultdict(list)
        self.faults: list[str] = []  # sentences: what was lost, doubled or refused, and where
        self.deliveries = 0
        self.busiest_load = 0.0  # the load generator's largest share of its core

    def add(self, peer: str, measure: str, result: Result) -> None:
        """Keep one run's result, with its rates; note what must not have happened."""
        seconds = result.get("seconds", 0)
        if "deliveries" in result:
            for name in ("messages", "deliveries", "frames"):
                result[f"{name}_s"] = result[name] / seconds
            self.deliveries += result["deliveries"]
            if result["deliveries"] and "server_cpu" in result:
                result["us_a_delivery"] = result["server_cpu"] / result["deliveries_s"] * 1e6
        if "ready" in result:
            result["clients_s"] = result["ready"] / seconds
        self.busiest_load = max(self.busiest_load, result.get("cpu", 0))
        if found := faults(result):
            self.faults.append(f"{peer}, {measure}: " + ", ".join(f"{n} {what}" for what, n in found.items()))
        self._runs[peer, measure].append(result)

    def median(self, peer: str, measure: str, field: str) -> float | None:
        """The median of a field over the runs; None when it was not measured."""
        values = [run[field] for run in self._runs.get((peer, measure), ()) if field in run]
        return median(values) if values else None

    def runs(self) -> int:
        return sum(len(runs) for runs in self._runs.values())
