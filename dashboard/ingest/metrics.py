"""What a process counts of the measurements it takes in, for `/metrics`."""

from prometheus_client import Counter

from .points import Result

ACCEPTED = Counter("watchroom_samples_accepted", "Samples taken in, by the way they came.", ["source"])
REJECTED = Counter("watchroom_samples_rejected", "Samples refused, by reason.", ["reason"])


def count(source: str, result: Result) -> None:
    """Counts what became of a push."""
    ACCEPTED.labels(source).inc(result.accepted)
    for one in result.rejected:
        REJECTED.labels(one.reason).inc()


for _source in ("push", "otlp", "scrape", "own"):
    ACCEPTED.labels(_source)
