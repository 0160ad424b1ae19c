"""What a process counts of its boards, for `/metrics`."""

from prometheus_client import Counter, Gauge

TICKS = Counter(
    "watchroom_board_ticks", "Ticks that this process appended to boards, revised ones among them."
)
LEADS = Gauge("watchroom_ticker_leads", "1 in the process that closes windows.")
