"""Buttons that POST: signed, to allowed hosts only, tried again, and never followed elsewhere."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest
from pytest_django import Settings

from notifications import actions, jobs
from notifications.actions import ActionButton
from notifications.actions.pressing import NotTaken
from project.accounts.actions import issue_token, revoke_token
from project.accounts.models import ApiToken, User
from project.jobs.models import Job
from project.jobs.running import Running
from project.realtime.errors import CommandError
from tests.notifications.told import only, tell
from tests.support.hook import Hook


@pytest.fixture
def hook(settings: Settings) -> Iterator[Hook]:
    server = Hook()
    settings.ACTION_HOSTS = [server.host]
    yield server
    server.stop()


@pytest.fixture
def token(robot: User) -> tuple[ApiToken, str]:
    return issue_token(robot, "test")


def button(hook: Hook, token: ApiToken) -> ActionButton:
    return ActionButton("Clean up", post=f"http://{hook.host}/hook", body="db-2", token=token.pk)


def press(user: User) -> None:
    """The first button, as it is now."""
    row = only(user)
    actions.press(user.pk, row.pk, 0, row.revision)


def running() -> Running:
    job = Job.objects.get(name="act")
    return Running(job.pk, job.name, job.args, attempt=1, is_last=False, claim="")


def test_a_pressed_button_is_acknowledged_and_posted_with_a_signature_that_its_sender_can_check(
    hook: Hook, token: tuple[ApiToken, str], alice: User
) -> None:
    tell(alice, actions=(button(hook, token[0]),))
    press(alice)
    assert only(alice).acknowledged_at is not None
    jobs.act(running())
    ((signature, body),) = hook.got
    at, signed = (part.partition("=")[2] for part in signature.split(","))
    key = hashlib.sha256(token[1].encode()).hexdigest()
    assert hmac.new(key.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest() == signed
    said = json.loads(body)
    assert said["delivery"] == hook.keys[0]
    assert (said["data"], said["label"], said["user"]["username"]) == ("db-2", "Clean up", "alice")


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_tried_again_and_not_sent_elsewhere(
    status: int, hook: Hook, token: tuple[ApiToken, str], alice: User
) -> None:
    hook.status = status
    tell(alice, actions=(button(hook, token[0]),))
    press(alice)
    for _ in range(2):
        with pytest.raises(HTTPError):
            jobs.act(running())
    deliveries = [json.loads(body)["delivery"] for _, body in hook.got]
    assert len(deliveries) == 2
    assert len(set(deliveries)) == 1


def test_nothing_is_posted_for_a_token_that_was_revoked_or_a_host_that_is_no_longer_allowed(
    hook: Hook, token: tuple[ApiToken, str], alice: User, settings: Settings
) -> None:
    tell(alice, actions=(button(hook, token[0]),))
    press(alice)
    settings.ACTION_HOSTS = []
    with pytest.raises(NotTaken):
        jobs.act(running())
    settings.ACTION_HOSTS = [hook.host]
    revoke_token(token[0])
    with pytest.raises(NotTaken):
        jobs.act(running())
    assert hook.got == []


def test_only_its_own_person_can_press_a_button_and_only_one_that_posts(
    hook: Hook, token: tuple[ApiToken, str], alice: User, bob: User
) -> None:
    tell(alice, actions=(button(hook, token[0]), ActionButton("Open", url="/")))
    pk = only(alice).pk
    for user, action in ((bob, 0), (alice, 1), (alice, 2)):
        with pytest.raises(CommandError) as caught:
            actions.press(user.pk, pk, action, 1)
        assert caught.value.code == "not_found"
    assert not Job.objects.filter(name="act").exists()


def grow(hook: Hook, token: ApiToken, user: User) -> None:
    """One more of the same, with a button of its own."""
    for place in ("db-1", "db-2"):
        action = ActionButton("Clean up", post=f"http://{hook.host}/hook", body=place, token=token.pk)
        tell(user, title=f"{place} is full", dedupe_key=place, collapse_key="disks", actions=(action,))


def test_a_button_that_was_swapped_under_the_finger_is_not_pressed(
    hook: Hook, token: tuple[ApiToken, str], alice: User
) -> None:
    grow(hook, token[0], alice)
    row = only(alice)
    with pytest.raises(CommandError) as caught:
        actions.press(alice.pk, row.pk, 0, row.revision - 1)
    assert caught.value.code == "conflict"
    assert only(alice).acknowledged_at is None
    assert not Job.objects.filter(name="act").exists()


def test_what_was_pressed_is_posted_whatever_the_notification_says_by_then(
    hook: Hook, token: tuple[ApiToken, str], alice: User
) -> None:
    grow(hook, token[0], alice)
    press(alice)
    actions.withdraw("db-2")
    jobs.act(running())
    said = json.loads(hook.got[0][1])
    assert (said["data"], said["title"]) == ("db-2", "db-2 is full")


def test_two_presses_are_two_deliveries(hook: Hook, token: tuple[ApiToken, str], alice: User) -> None:
    tell(alice, actions=(button(hook, token[0]),))
    for _ in range(2):
        press(alice)
        jobs.act(running())
        Job.objects.filter(name="act").delete()
    assert len(set(hook.keys)) == 2
