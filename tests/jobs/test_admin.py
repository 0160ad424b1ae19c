"""Dead letters are visible with their error and can be tried again; nothing else is changed by hand."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from project.accounts.actions import create_user
from project.jobs import queue
from project.jobs.models import Job, State
from tests.support.jobs import waiting

LIST = "admin:jobs_job_changelist"


@pytest.fixture
def staff(db: None, settings: Settings) -> Client:
    settings.SECURE_SSL_REDIRECT = False
    client = Client()
    client.force_login(create_user("root", staff=True))
    return client


@pytest.fixture
def dead(db: None) -> Job:
    return Job.objects.create(
        name="push", key="delivery.1", args={"delivery": 1}, state=State.FAILED, attempts=8,
        error="Traceback\nValueError: no such host\n", failed_at=timezone.now(),
    )  # fmt: skip


def try_again(staff: Client, job: Job) -> None:
    data = {"action": "try_again", "_selected_action": [job.pk]}
    assert staff.post(reverse(LIST), data).status_code == 302


def test_a_dead_letter_shows_why(staff: Client, dead: Job) -> None:
    page = staff.get(reverse(LIST), {"state": "failed"}).content.decode()
    assert "delivery.1" in page
    assert "ValueError: no such host" in page


def test_a_dead_letter_is_tried_again_with_all_its_attempts(staff: Client, dead: Job) -> None:
    try_again(staff, dead)
    (job,) = waiting()
    assert (job.key, job.args, job.attempts, job.error) == ("delivery.1", {"delivery": 1}, 0, "")
    assert Job.objects.count() == 1


def test_a_dead_letter_whose_key_waits_already_goes(staff: Client, dead: Job) -> None:
    queue.put("push", {"delivery": 1}, key=dead.key)
    try_again(staff, dead)
    assert len(waiting()) == Job.objects.count() == 1


def test_what_waits_is_not_touched_by_trying_again(staff: Client) -> None:
    queue.put("push", {"delivery": 1})
    (job,) = waiting()
    try_again(staff, job)
    assert waiting() == [job]


def test_what_runs_cannot_be_deleted(staff: Client, dead: Job) -> None:
    Job.objects.update(state=State.RUNNING)
    assert staff.post(reverse("admin:jobs_job_delete", args=[dead.pk]), {"post": "yes"}).status_code == 403
    Job.objects.update(state=State.FAILED)
    assert staff.post(reverse("admin:jobs_job_delete", args=[dead.pk]), {"post": "yes"}).status_code == 302
