"""What this process counts of reaching out, for `/metrics`."""

from prometheus_client import Counter

from ..models import Channel, Delivery

DELIVERIES = Counter(
    "watchroom_deliveries", "Messages to devices and addresses, by how they ended.", ["channel", "outcome"]
)
DIGESTS = Counter("watchroom_digests", "Digests sent.")


def ended(row: Delivery) -> None:
    """Counts one that is delivered, failed or not needed any more."""
    DELIVERIES.labels(str(row.channel), str(row.state)).inc()


for _channel in Channel.values:
    for _outcome in ("delivered", "failed", "skipped"):
        DELIVERIES.labels(_channel, _outcome)
