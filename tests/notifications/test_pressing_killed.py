"""kill -9 of the worker once a button's POST has arrived: it is sent again, and can be told to be the same."""

import signal
from collections.abc import Iterator

import pytest

from tests.support.daemon import wait_until
from tests.support.hook import Hook
from tests.support.installation import Installation
from tests.support.postgres import Postgres
from tests.support.work import ForkedWork

PRESS = """
from django.db import transaction
from notifications import actions
from notifications.models import Notification
from project.accounts.actions import issue_token
from project.accounts.models import User

user = User.objects.create(username="alice")
token, _ = issue_token(user, "test")
button = actions.ActionButton("Clean up", post="http://{host}/hook", body="db-2", token=token.pk)
with transaction.atomic():
    actions.notify(actions.Notice(kind="notice", title="Disk full", priority=2, actions=(button,)), [user.pk])
actions.press(user.pk, Notification.objects.get().pk, 0, 1)
"""
LEFT = "from project.jobs.models import Job\nprint(Job.objects.count())"


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.stop()


@pytest.fixture
def place(hook: Hook, postgres: Postgres) -> Iterator[Installation]:
    """A dead worker's job is taken over after a second."""
    installation = Installation(1, postgres, JOBS_LEASE_SECONDS="1", ACTION_HOSTS=hook.host)
    yield installation
    installation.remove()


@pytest.mark.heavy
def test_a_post_whose_answer_was_lost_is_repeated_word_for_word(place: Installation, hook: Hook) -> None:
    place.shell.run(PRESS.format(host=hook.host))
    first = ForkedWork(place.shell)
    hook.on_post = first.kill
    first.start()
    assert first.wait() == -signal.SIGKILL
    hook.on_post = lambda: None
    second = ForkedWork(place.shell)
    second.start()
    wait_until(lambda: place.shell.tell(LEFT) == 0, 30, "the press to be done")
    second.stop()
    assert len(hook.keys) == 2
    assert len(set(hook.keys)) == 1
    assert hook.got[0][1] == hook.got[1][1]
