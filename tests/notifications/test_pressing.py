"""Buttons that POST: signed, to allowed hosts only, tried again, and never followed elsewhere."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
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


class Hook(ThreadingHTTPServer):
    """The other side: keeps what it was sent, and answers as it is told."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.got: list[tuple[str, bytes]] = []
        self.host = f"127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.headers["Watchroom-Signature"], body))
        self.send_response(self.server.status)
        self.send_header("Location", f"http://{self.server.host}/elsewhere")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def hook(settings: Settings) -> Iterator[Hook]:
    server = Hook()
    settings.ACTION_HOSTS = [server.host]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def token(robot: User) -> tuple[ApiToken, str]:
    return issue_token(robot, "test")


def button(hook: Hook, token: ApiToken) -> ActionButton:
    return ActionButton("Clean up", post=f"http://{hook.host}/hook", body="db-2", token=token.pk)


def running() -> Running:
    job = Job.objects.get(name="act")
    return Running(job.pk, job.name, job.args, attempt=1, is_last=False, claim="")


def test_a_pressed_button_is_acknowledged_and_posted_with_a_signature_that_its_sender_can_check(
    hook: Hook, token: tuple[ApiToken, str], alice: User
) -> None:
    tell(alice, actions=(button(hook, token[0]),))
    actions.press(alice.pk, only(alice).pk, 0)
    assert only(alice).acknowledged_at is not None
    jobs.act(running())
    ((signature, body),) = hook.got
    at, signed = (part.partition("=")[2] for part in signature.split(","))
    key = hashlib.sha256(token[1].encode()).hexdigest()
    assert hmac.new(key.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest() == signed
    said = json.loads(body)
    assert (said["data"], said["label"], said["user"]["username"]) == ("db-2", "Clean up", "alice")


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_tried_again_and_not_sent_elsewhere(
    status: int, hook: Hook, token: tuple[ApiToken, str], alice: User
) -> None:
    hook.status = status
    tell(alice, actions=(button(hook, token[0]),))
    actions.press(alice.pk, only(alice).pk, 0)
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
    actions.press(alice.pk, only(alice).pk, 0)
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
            actions.press(user.pk, pk, action)
        assert caught.value.code == "not_found"
    assert not Job.objects.filter(name="act").exists()
