"""kill -9 of a real `manage.py work` at every step of reaching out: each person is told once, on both databases."""

import signal
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.daemon import wait_until
from tests.support.installation import Installation
from tests.support.mail_server import MailServer
from tests.support.postgres import Postgres
from tests.support.push_service import Browser, PushService
from tests.support.work import MORTAL, ForkedWork, kill_one_at_each_step

# Claim, end of the job, delivery, its job, the next rung; then claim, sending, delivered, end of the job.
PUSH_STEPS = 2 * 9
# The same, but nothing comes after mail.
MAIL_STEPS = 2 * 8
# Claim, end of the job, delivery, its job; then claim, sending, delivered, end of the job.
CORRECT_STEPS = 2 * 8

DEVICES = """
from project.accounts.actions import issue_token
from project.accounts.authentication import Identity

def by_token(user):
    return Identity(user.pk, "", frozenset(), token_id=issue_token(user, "phone")[0].pk)
"""
TELL = (
    DEVICES
    + """
from datetime import timedelta
from django.utils import timezone
from notifications import actions
from notifications.models import Notification
from project.accounts.models import User
from project.jobs import queue

user = User.objects.create(username={name!r}, email={email!r})
if {subscription!r}:
    actions.add_device(user, by_token(user), **{subscription!r})
now = timezone.now()
for n in range({count}):
    row = Notification.objects.create(
        recipient=user, kind="notice", title=f"note {{n}}", created_at=now - timedelta(minutes=11)
    )
    queue.put("ladder", dict(notification=row.pk, rung={rung}), key=f"ladder.{{row.pk}}", due=now)
"""
)
CORRECT = (
    DEVICES
    + """
from django.utils import timezone
from notifications import actions
from notifications.models import Delivery, Notification, Occurrence
from project.accounts.models import User

user = User.objects.create(username="carol")
device = actions.add_device(user, by_token(user), **{subscription!r})
for n in range({count}):
    row = Notification.objects.create(recipient=user, kind="notice", title=f"note {{n}}", body="wrong")
    key = f"key {{n}}"
    Occurrence.objects.create(recipient=user, notification=row, dedupe_key=key, title=row.title, body="wrong")
    ended = dict(state="delivered", finished_at=timezone.now())
    Delivery.objects.create(notification=row, channel="push", device=device, **ended)
    actions.amend(key, [user.pk], "right")
"""
)
# Claim; what is told no more, what is, sending; delivered, end of the job, the next.
DIGEST_STEPS = 2 * 7

DIGEST = """
from django.utils import timezone
from notifications.models import Notification, Settings
from project.accounts.models import User
from project.jobs import queue

now = timezone.now()
for n in range({count}):
    user = User.objects.create(username=f"dave{{n}}", email=f"dave{{n}}@example.org")
    Settings.objects.create(user=user, digest="daily")
    Notification.objects.create(recipient=user, kind="notice", title=f"note {{n}}", priority=2)
    queue.put("digest", dict(user=user.pk, at=now.isoformat()), key=f"digest.{{user.pk}}", due=now)
"""
LOOK_AT_DIGESTS = """
import json
from django.utils import timezone
from notifications.models import Delivery
from project.jobs.models import Job
rows = Delivery.objects.filter(digest_at__isnull=False)
ahead = Job.objects.filter(name="digest", state="waiting", due_at__gt=timezone.now()).count()
deliveries = list(rows.values_list("notification", "state"))
print(json.dumps(dict(deliveries=deliveries, ahead=ahead, jobs=Job.objects.count())))
"""
LOOK = """
import json
from django.utils import timezone
from notifications.models import Delivery
from project.jobs.models import Job
deliveries = list(Delivery.objects.values_list("notification", "state"))
jobs = Job.objects.exclude(name="ladder", args__rung=1, attempts=0, due_at__gt=timezone.now()).count()
print(json.dumps(dict(deliveries=deliveries, jobs=jobs)))
"""


@pytest.fixture
def push_service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def mail(mail_server: MailServer) -> MailServer:
    mail_server.letters.clear()
    return mail_server


@pytest.fixture(scope="module", params=["postgres", "sqlite"])
def installation(request: pytest.FixtureRequest, mail_server: MailServer) -> Iterator[Installation]:
    """One whose site process is never started. A dead worker's job is taken over after a second."""
    postgres: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgres" else None
    quick = {"JOBS_LEASE_SECONDS": "1", "PUSH_PRIVATE": "1", "EMAIL_URL": mail_server.url}
    installation = Installation(1, postgres, **quick, **MORTAL)
    yield installation
    installation.remove()


@pytest.fixture
def place(installation: Installation) -> Iterator[Installation]:
    """With an empty database."""
    yield installation
    installation.shell.manage("flush", "--no-input")


def look(place: Installation) -> dict[str, Any]:
    return dict(place.shell.tell(LOOK))


def kill_at_every_step(place: Installation, steps: int) -> None:
    """Each worker dies one step later than the one before it. The last one lives, and finishes what they have left."""
    kill_one_at_each_step(place.shell, steps)
    survivor = ForkedWork(place.shell, threads=4)
    survivor.start()
    wait_until(lambda: look(place)["jobs"] == 0, 60, "everything to be done")
    assert survivor.stop() == 0


def told_once(place: Installation, count: int) -> None:
    deliveries = look(place)["deliveries"]
    assert len(deliveries) == len({notification for notification, _ in deliveries}) == count
    assert {state for _, state in deliveries} == {"delivered"}


@pytest.mark.heavy
def test_each_notification_is_on_the_screen_once(place: Installation, push_service: PushService) -> None:
    """One that was sent twice, as nobody knew whether it had arrived, is the same in every respect."""
    browser: Browser = push_service.subscribe()
    subscription = browser.subscription()
    place.shell.run(TELL.format(name="alice", email="", subscription=subscription, count=PUSH_STEPS, rung=0))
    kill_at_every_step(place, PUSH_STEPS)
    told_once(place, PUSH_STEPS)
    assert len(browser.screen) == PUSH_STEPS
    shown = {(m.data["id"], m.data["revision"], m.data["repeated"]) for m in browser.received}
    assert len(shown) == PUSH_STEPS
    assert len({message.headers["topic"] for message in browser.received}) == PUSH_STEPS
    assert not push_service.refused


@pytest.mark.heavy
def test_each_copy_is_corrected_once(place: Installation, push_service: PushService) -> None:
    browser = push_service.subscribe()
    place.shell.run(CORRECT.format(subscription=browser.subscription(), count=CORRECT_STEPS))
    kill_at_every_step(place, CORRECT_STEPS)
    deliveries = Counter(notification for notification, _ in look(place)["deliveries"])
    assert set(deliveries.values()) == {2}
    assert [copy["body"] for copy in browser.screen.values()] == ["right"] * CORRECT_STEPS
    shown = {(m.data["id"], m.data["revision"], m.data["corrects"]) for m in browser.received}
    assert shown == {(pk, 2, True) for pk in browser.screen}


@pytest.mark.heavy
def test_each_letter_is_one_message(place: Installation, mail: MailServer) -> None:
    place.shell.run(
        TELL.format(name="bob", email="bob@example.org", subscription={}, count=MAIL_STEPS, rung=1),
    )
    kill_at_every_step(place, MAIL_STEPS)
    told_once(place, MAIL_STEPS)
    assert sorted(mail.told()) == sorted(f"note {n}" for n in range(MAIL_STEPS))


@pytest.mark.heavy
def test_each_digest_is_one_message_and_the_next_one_comes(place: Installation, mail: MailServer) -> None:
    place.shell.run(DIGEST.format(count=DIGEST_STEPS))
    kill_one_at_each_step(place.shell, DIGEST_STEPS)
    survivor = ForkedWork(place.shell, threads=4)
    survivor.start()
    wait_until(
        lambda: place.shell.tell(LOOK_AT_DIGESTS)["ahead"] == DIGEST_STEPS, 60, "everything to be done"
    )
    survivor.stop()
    found = place.shell.tell(LOOK_AT_DIGESTS)
    assert found["jobs"] == DIGEST_STEPS
    assert len(found["deliveries"]) == len({pk for pk, _ in found["deliveries"]}) == DIGEST_STEPS
    assert {state for _, state in found["deliveries"]} == {"delivered"}
    assert sorted(mail.told()) == sorted(f"Unread: note {n}" for n in range(DIGEST_STEPS))


@pytest.mark.heavy
def test_a_worker_killed_between_the_services_word_and_our_commit_shows_it_once(
    place: Installation, push_service: PushService
) -> None:
    browser = push_service.subscribe()
    place.shell.run(
        TELL.format(name="alice", email="", subscription=browser.subscription(), count=1, rung=0),
    )
    first = ForkedWork(place.shell)
    push_service.on_push = first.kill
    first.start()
    assert first.wait() == -signal.SIGKILL
    push_service.on_push = lambda: None
    second = ForkedWork(place.shell)
    second.start()
    wait_until(lambda: look(place)["jobs"] == 0, 60, "everything to be done")
    second.stop()
    told_once(place, 1)
    assert browser.pushes == 2
    assert len(browser.screen) == 1
