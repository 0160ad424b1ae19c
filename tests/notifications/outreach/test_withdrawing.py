"""What was pushed is taken down where it is not true any more."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications import actions
from notifications.models import Delivery, Notification
from notifications.outreach import http, push
from project.accounts.models import User
from tests.notifications.outreach.conftest import Clock, Reach, browser_of, ladder, states, told
from tests.support.identities import signed_in
from tests.support.jobs import run_due
from tests.support.push_service import Browser, PushService


def test_a_copy_is_taken_back_when_it_is_read(reach: Reach, browser: Browser, alice: User) -> None:
    row = reach()
    assert row.pk in browser.screen
    actions.read(alice.pk, [row.pk])
    run_due()
    assert not browser.screen
    assert browser.received[-1].data == {"withdraw": row.pk, "unread": 0}


def test_a_copy_is_taken_back_once(reach: Reach, browser: Browser, alice: User) -> None:
    row = reach()
    actions.snooze(alice.pk, [row.pk], timezone.now() + timedelta(hours=1))
    run_due()
    actions.read(alice.pk, [row.pk])
    run_due()
    assert browser.pushes == 2


def test_a_device_that_got_nothing_is_not_told_to_take_anything_back(
    reach: Reach, push_service: PushService, alice: User
) -> None:
    row = reach()
    other = browser_of(push_service, alice)
    actions.read(alice.pk, [row.pk])
    run_due()
    assert other.pushes == 0


def test_what_is_unread_again_is_not_taken_back(reach: Reach, browser: Browser, alice: User) -> None:
    row = reach()
    actions.read(alice.pk, [row.pk])
    actions.unread(alice.pk, [row.pk])
    run_due()
    assert row.pk in browser.screen


def test_what_is_read_while_it_is_under_way_is_taken_back_when_it_has_arrived(
    reach: Reach, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_once_it_is_sent(*sent: Any) -> http.Answer:
        answer = http.post(*sent)
        Notification.objects.update(read_at=timezone.now())
        return answer

    monkeypatch.setattr(push, "post", read_once_it_is_sent)
    reach()
    assert browser.pushes == 2
    assert not browser.screen


def test_of_two_for_a_device_that_is_off_it_gets_the_newer(
    reach: Reach, browser: Browser, clock: Clock, alice: User
) -> None:
    browser.online = False
    row = reach(title="one")
    Notification.objects.filter(pk=row.pk).update(title="two", revision=2)
    ladder(row)
    clock.forward(seconds=30)
    run_due()
    browser.come_online()
    assert [message.data["title"] for message in browser.received] == ["two"]


def test_what_was_read_before_a_device_came_online_never_appears(
    reach: Reach, browser: Browser, alice: User
) -> None:
    browser.online = False
    row = reach()
    actions.read(alice.pk, [row.pk])
    run_due()
    browser.come_online()
    assert [message.data for message in browser.received] == [{"withdraw": row.pk, "unread": 0}]


def test_safari_is_not_sent_what_it_could_not_show(alice: User, clock: Clock) -> None:
    device = actions.add_device(
        alice, signed_in(alice), endpoint="https://web.push.apple.com/x", p256dh="", auth=""
    )
    row = told(alice)
    Delivery.objects.create(notification=row, channel="push", device=device, state="delivered")
    actions.read(alice.pk, [row.pk])
    run_due()
    assert not Delivery.objects.filter(withdraws=True).exists()


def test_a_browser_that_somebody_else_uses_now_is_told_nothing_of_before(
    alice: User, bob: User, browser: Browser, clock: Clock
) -> None:
    told(alice)
    clock.forward(seconds=30)
    run_due(only="ladder")
    actions.add_device(bob, signed_in(bob), **browser.subscription())
    run_due()
    assert states() == ["skipped"]
    assert not browser.received


# --- What it carries
