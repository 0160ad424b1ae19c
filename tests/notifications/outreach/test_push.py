"""Push, with a push service that checks VAPID and decrypts."""

from datetime import timedelta

import aiohttp
import pytest
from django.utils import timezone
from django.utils.http import http_date

from notifications import actions
from notifications.models import Delivery, Device, Settings
from notifications.outreach.push import PAYLOAD_MAX, payload_of, wait_of
from project.accounts.models import User
from project.jobs import queue
from project.jobs.models import Job
from tests.notifications.outreach.conftest import Clock, Reach, browser_of, states, told
from tests.support.identities import signed_in
from tests.support.jobs import run_due, waiting
from tests.support.push_service import Browser, PushService


def test_it_arrives_and_says_what_the_inbox_says(reach: Reach, browser: Browser) -> None:
    row = reach(title="Disk full", body="On db-1, naïvely ☃", link="/rooms/1/?at=7", kind="notice")
    (message,) = browser.received
    shown = {
        name: message.data[name] for name in ("id", "title", "body", "link", "revision", "count", "unread")
    }
    assert shown == {
        "id": row.pk, "title": "Disk full", "body": "On db-1, naïvely ☃", "link": "/rooms/1/?at=7",
        "revision": 1, "count": 1, "unread": 1,
    }  # fmt: skip
    assert states() == ["delivered"]


def test_the_service_is_told_how_urgent_it_is_and_how_long_to_keep_it(reach: Reach, browser: Browser) -> None:
    row = reach(priority=4, expires_at=timezone.now() + timedelta(seconds=630))
    headers = browser.received[0].headers
    told = [headers[name] for name in ("urgency", "ttl", "topic")]
    assert told == ["high", "600", f"notification-{row.pk}"]


def test_every_browser_gets_its_own(
    reach: Reach, browser: Browser, push_service: PushService, alice: User
) -> None:
    other = browser_of(push_service, alice)
    reach()
    assert len(browser.received) == len(other.received) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_removed(reach: Reach, push_service: PushService, status: int) -> None:
    push_service.answers = [(status, {})]
    reach()
    assert not Device.objects.exists()
    assert states() == ["failed"]
    assert not waiting("push")


def test_a_busy_service_is_asked_again_when_it_says(
    reach: Reach, push_service: PushService, browser: Browser, clock: Clock
) -> None:
    push_service.answers = [(429, {"Retry-After": "120"})]
    reach()
    (job,) = waiting("push")
    assert job.due_at - timezone.now() == timedelta(seconds=120)
    assert job.attempts == 0
    clock.forward(seconds=120)
    run_due()
    assert len(browser.received) == 1
    assert states()[0] == "delivered"


def test_a_service_that_is_busy_for_days_is_given_up(
    reach: Reach, push_service: PushService, clock: Clock
) -> None:
    push_service.answers = [(429, {"Retry-After": "3600"})] * 50
    reach()
    for _ in range(45):
        clock.forward(hours=1)
        run_due(only="push")
    assert states() == ["failed"]
    assert Job.objects.get(name="push").state == "failed"


def test_a_broken_service_is_tried_again_with_a_pause(
    reach: Reach, push_service: PushService, browser: Browser, clock: Clock
) -> None:
    push_service.answers = [(500, {}), (502, {})]
    reach()
    assert Delivery.objects.get().error.startswith("HTTP 500")
    for _ in range(2):
        clock.forward(seconds=60)
        run_due()
    assert len(browser.received) == 1
    assert Delivery.objects.order_by("pk")[0].attempts == 3


def test_a_service_that_is_away_all_day_leaves_a_dead_letter_that_can_be_repeated(
    alice: User, clock: Clock, push_service: PushService, browser: Browser
) -> None:
    push_service.answers = [(500, {})] * 12
    row = told(alice)
    for _ in range(14):
        clock.forward(hours=1.5)
        run_due()
    assert Delivery.objects.order_by("pk")[0].state == "failed"
    failed = Job.objects.get(state="failed")
    assert (failed.name, failed.attempts) == ("push", 12)
    queue.try_again([failed.pk])
    run_due()
    assert row.pk in browser.screen


@pytest.mark.parametrize("status", [301, 400, 403, 413])
def test_what_no_attempt_would_change_is_not_repeated(
    reach: Reach, push_service: PushService, status: int
) -> None:
    push_service.answers = [(status, {"Location": "http://127.0.0.1:1/"})]
    reach()
    assert states() == ["failed"]
    assert not waiting("push")


def test_a_service_that_cannot_be_reached_is_tried_again(alice: User, clock: Clock) -> None:
    service = PushService()
    subscription = service.subscribe().subscription()
    service.stop()
    actions.add_device(alice, signed_in(alice), **subscription)
    told(alice)
    clock.forward(seconds=30)
    run_due()
    assert waiting("push")
    assert aiohttp.ClientConnectorError.__name__ in Delivery.objects.get().error


@pytest.mark.parametrize(
    "keys", [{"p256dh": ""}, {"p256dh": "AAAA"}, {"auth": "!"}, {"endpoint": "http://[::1"}]
)
def test_a_device_with_a_broken_subscription_fails_once(
    alice: User, clock: Clock, push_service: PushService, keys: dict[str, str]
) -> None:
    actions.add_device(alice, signed_in(alice), **push_service.subscribe().subscription() | keys)
    told(alice)
    clock.forward(seconds=30)
    run_due()
    assert states() == ["failed"]
    assert not waiting("push")


# --- Seen meanwhile


def test_what_was_seen_while_it_waited_to_be_sent_is_not_sent(
    alice: User, browser: Browser, clock: Clock
) -> None:
    row = told(alice)
    clock.forward(seconds=30)
    run_due(only="ladder")
    Settings.objects.create(user=alice, seen_seq=row.seq)
    run_due()
    assert states() == ["skipped"]
    assert not browser.received


@pytest.mark.parametrize("character", ["x", "☃", "\x01"])
def test_the_longest_that_can_be_told_fits_into_a_push(alice: User, character: str) -> None:
    buttons = [{"label": character * 40, "url": "https://example.org/" + "x" * 900, "post": ""}] * 3
    row = told(
        alice,
        title=character * 200,
        body=character * 2000,
        link="/" + "x" * 900,
        actions=buttons,
        begin=False,
    )
    assert len(payload_of(Delivery(notification=row, channel="push"))) <= PAYLOAD_MAX


def test_a_long_body_is_cut_and_says_so(alice: User) -> None:
    row = told(alice, body="☃" * 2000, begin=False)
    payload = payload_of(Delivery(notification=row, channel="push")).decode()
    assert "☃…" in payload


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30), ("0", 1), ("99999", 3600), ("soon", 60), ("", 60), ("-5", 1), ("nan", 1)],
)
def test_retry_after_is_believed_within_bounds(header: str, seconds: float) -> None:
    assert wait_of(header) == seconds


def test_retry_after_may_be_a_date(clock: Clock) -> None:
    assert wait_of(http_date((timezone.now() + timedelta(seconds=90)).timestamp())) == 90
