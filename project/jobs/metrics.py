"""What the queue tells Prometheus: what this process did, and where the whole queue stands."""

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import Counter, Gauge

from project.jobs.models import Job, State
from project.realtime.metrics import before_scrape

DONE = Counter("watchroom_jobs_done", "Jobs this process finished.", ["name"])
RETRIED = Counter(
    "watchroom_jobs_retried", "Attempts in this process that failed and will be repeated.", ["name"]
)
FAILED = Counter("watchroom_jobs_failed", "Jobs this process gave up.", ["name"])
DEPTH = Gauge("watchroom_jobs", "Jobs in the queue.", ["name", "state"])
OLDEST = Gauge("watchroom_jobs_oldest_due_seconds", "How long the oldest job that is due has been waiting.")


def measure() -> None:
    """Asks the database where the queue stands."""
    DEPTH.clear()
    for name, state, count in Job.objects.values_list("name", "state").annotate(count=Count("pk")).order_by():
        DEPTH.labels(name, state).set(count)
    oldest = Job.objects.filter(state=State.WAITING).aggregate(oldest=Min("due_at"))["oldest"]
    OLDEST.set(max((timezone.now() - oldest).total_seconds(), 0) if oldest else 0)


before_scrape(measure)
