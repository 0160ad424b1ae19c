"""A pushed copy says what is true: it is corrected in silence, or taken back, and that once."""

from typing import Any

import pytest

from notifications import actions
from notifications.models import Delivery, DeliveryState, Notification
from notifications.outreach import http, push
from project.accounts.models import User
from project.jobs import queue
from tests.notifications.outreach.conftest import Clock, browser_of
from tests.notifications.told import only, tell
from tests.support.jobs import run_due, waiting
from tests.support.push_service import Browser, PushService


@pytest.fixture
def pushed(alice: User, browser: Browser, clock: Clock) -> Notification:
    """One mention, on alice's screen."""
    mention(alice, "a", clock)
    return only(alice)


def mention(user: User, key: str, clock: Clock) -> None:
    tell(
        user, title=f"mention {key}", body=f"says {key}", dedupe_key=key, collapse_key="c", many="{count} new"
    )
    clock.forward(seconds=30)
    run_due()


def amend(user: User, key: str, body: str) -> None:
    actions.amend(key, [user.pk], body)


def shown(browser: Browser) -> list[tuple[str, str]]:
    return [(copy["title"], copy["body"]) for copy in browser.screen.values()]


def silent(browser: Browser) -> list[bool]:
    """Of each push that showed something, whether it was a correction."""
    return [message.data["corrects"] for message in browser.received if "corrects" in message.data]


def test_what_is_edited_is_replaced_on_the_screen_without_a_sound(
    pushed: Notification, browser: Browser, alice: User
) -> None:
    amend(alice, "a", "says something else")
    run_due()
    assert shown(browser) == [("mention a", "says something else")]
    assert silent(browser) == [False, True]
    last = browser.received[-1].data
    assert (last["id"], last["news_seq"]) == (pushed.pk, browser.received[0].data["news_seq"])


def test_what_is_deleted_leaves_what_is_left_on_the_screen(
    pushed: Notification, browser: Browser, alice: User, clock: Clock
) -> None:
    mention(alice, "b", clock)
    assert shown(browser) == [("2 new", "says b")]
    actions.withdraw("b")
    run_due()
    assert shown(browser) == [("mention a", "says a")]
    assert silent(browser) == [False, False, True]
    actions.withdraw("a")
    run_due()
    assert not browser.screen


def test_what_was_seen_is_corrected_as_well(pushed: Notification, browser: Browser, alice: User) -> None:
    actions.seen(alice.pk, pushed.seq)
    amend(alice, "a", "says something else")
    run_due()
    assert shown(browser) == [("mention a", "says something else")]


def test_a_copy_that_has_fallen_behind_does_not_keep_what_was_deleted(
    pushed: Notification, browser: Browser, alice: User
) -> None:
    """Nothing more was pushed, as alice looked at her inbox: her screen still shows the first."""
    tell(alice, title="mention b", body="says b", dedupe_key="b", collapse_key="c", many="{count} new")
    actions.seen(alice.pk, only(alice).seq)
    amend(alice, "a", "something that the newest does not show")
    run_due()
    assert shown(browser) == [("2 new", "says b")]


def test_what_nobody_can_see_is_no_reason_to_push(
    pushed: Notification, browser: Browser, alice: User
) -> None:
    amend(alice, "a", "says a")
    run_due()
    assert browser.pushes == 1


def test_two_edits_at_once_are_one_correction(pushed: Notification, browser: Browser, alice: User) -> None:
    amend(alice, "a", "first")
    run_due(only="copies")
    amend(alice, "a", "second")
    run_due()
    assert shown(browser) == [("mention a", "second")]
    assert browser.pushes == 2


def test_what_is_read_before_its_correction_was_sent_is_taken_back_instead(
    pushed: Notification, browser: Browser, alice: User
) -> None:
    amend(alice, "a", "says something else")
    run_due(only="copies")
    actions.read(alice.pk, [pushed.pk])
    run_due()
    assert [message.data.get("withdraw") for message in browser.received] == [None, pushed.pk]


def test_only_devices_that_show_it_are_corrected(
    pushed: Notification, browser: Browser, push_service: PushService, alice: User
) -> None:
    other = browser_of(push_service, alice)
    amend(alice, "a", "says something else")
    run_due()
    assert (browser.pushes, other.pushes) == (2, 0)


def test_what_is_edited_while_it_is_under_way_is_corrected_when_it_has_arrived(
    alice: User, browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit_once_it_is_sent(*sent: Any) -> http.Answer:
        monkeypatch.setattr(push, "post", http.post)
        answer = http.post(*sent)
        amend(alice, "a", "says something else")
        run_due(only="copies")
        return answer

    monkeypatch.setattr(push, "post", edit_once_it_is_sent)
    mention(alice, "a", clock)
    assert shown(browser) == [("mention a", "says something else")]
    assert silent(browser) == [False, True]


def test_what_may_have_arrived_before_its_worker_died_is_taken_back(
    pushed: Notification, browser: Browser, alice: User
) -> None:
    """Killed between the push service's word and the commit; read before the next worker takes it over."""
    delivery = Delivery.objects.get()
    Delivery.objects.update(state=DeliveryState.SENDING, finished_at=None)
    queue.put("push", {"delivery": delivery.pk})
    Notification.objects.update(read_at=pushed.updated_at)
    run_due()
    assert not browser.screen
    assert not waiting("push")
