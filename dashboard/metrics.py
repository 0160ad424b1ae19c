"""What a process counts of its boards, for `/metrics`."""

from django.db.models import Count
from prometheus_client import Counter, Gauge

from project.realtime.metrics import before_scrape

from .models import Alert, Severity, State

TICKS = Counter(
    "watchroom_board_ticks", "Ticks that this process appended to boards, revised ones among them."
)
RULES = Counter("watchroom_rules_evaluated", "Times that this process has evaluated a rule.")
RULE_SECONDS = Counter("watchroom_rules_seconds", "Seconds that this process has spent on evaluating rules.")
FIRING = Gauge("watchroom_alerts_firing", "Alerts that fire or are recovering.", ["severity"])
LEADS = Gauge("watchroom_ticker_leads", "1 in the process that closes windows.")


def measure() -> None:
    """Asks the database which alerts fire."""
    rows = Alert.objects.filter(state__in=(State.FIRING, State.RECOVERING)).values_list("rule__severity")
    found = dict(rows.annotate(Count("pk")).order_by())
    for severity in Severity.values:
        FIRING.labels(severity).set(found.get(severity, 0))


before_scrape(measure)
