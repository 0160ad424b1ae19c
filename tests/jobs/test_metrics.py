"""Where the queue stands, for Prometheus."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY

from project.jobs import metrics, queue
from project.jobs.models import Job, State
from project.jobs.running import Running
from tests.jobs.conftest import Register
from tests.support.jobs import run_due

pytestmark = pytest.mark.django_db


def value(name: str, /, **labels: str) -> float | None:
    metrics.measure()
    return REGISTRY.get_sample_value(name, labels)


def test_the_depth_is_told_by_name_and_state(noted: list[dict]) -> None:
    queue.put_many("note", [({}, None, None)] * 3)
    Job.objects.filter(pk=Job.objects.latest("pk").pk).update(state=State.FAILED)
    assert value("watchroom_jobs", name="note", state="waiting") == 2
    assert value("watchroom_jobs", name="note", state="failed") == 1
    run_due()
    assert value("watchroom_jobs", name="note", state="waiting") is None


def test_the_age_is_that_of_the_oldest_that_is_due() -> None:
    assert value("watchroom_jobs_oldest_due_seconds") == 0
    queue.put("note", {}, due=timezone.now() + timedelta(hours=1))
    assert value("watchroom_jobs_oldest_due_seconds") == 0
    queue.put("note", {}, due=timezone.now() - timedelta(hours=1))
    assert value("watchroom_jobs_oldest_due_seconds") == pytest.approx(3600, abs=60)


def test_outcomes_are_counted_by_name(register: Register) -> None:
    def fail_if_told(running: Running) -> None:
        if running.args["fail"]:
            raise ValueError

    register("counted", fail_if_told, max_attempts=2)
    queue.put_many("counted", [({"fail": fail}, None, None) for fail in (False, True)])
    run_due(3)
    Job.objects.update(due_at=timezone.now())
    run_due(2)
    told = [value(f"watchroom_jobs_{what}_total", name="counted") for what in ("done", "retried", "failed")]
    assert told == [1, 1, 1]
