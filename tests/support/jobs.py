"""Jobs in a test: handlers for its length, and a worker without threads or waiting."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from project.jobs import claims, registry
from project.jobs.models import Job


def run_due(most: int = 1000, *, only: str = "") -> int:
    """Runs what is due now, one after the other, and what that makes due; returns how many attempts that were.

    With `only`, jobs of that name alone.
    """
    names = [only] if only else registry.names()
    with patch.object(registry, "names", lambda: names):
        for done in range(most):
            found = claims.claim(1)
            if not found:
                return done
            claims.run(found[0])
    raise AssertionError(f"more than {most} jobs were due")


@contextmanager
def handler(name: str, work: registry.Work, *, max_attempts: int = 3) -> Iterator[None]:
    """Makes `work` the handler of this name for a while."""
    registry.job(name, max_attempts=max_attempts)(work)
    try:
        yield
    finally:
        del registry._handlers[name]


def waiting(name: str = "") -> list[Job]:
    """What waits, in the order in which it is due."""
    found = Job.objects.filter(state="waiting").order_by("due_at", "pk")
    return list(found.filter(name=name) if name else found)
