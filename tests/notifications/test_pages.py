"""The pages: what they show, what they hand to the browser, and where they lead."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from notifications import actions
from notifications.models import Device, Notification, Settings
from project.accounts.models import User
from tests.notifications.told import only, tell
from tests.support.identities import signed_in

PAGES = ("/notifications/", "/notifications/preferences/", "/notifications/1/open/")


@pytest.fixture
def as_alice(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def data_of(page: Any, name: str) -> dict[str, Any]:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', page.content.decode())
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def seen(page: Any, what: str) -> list[str]:
    """The texts of all elements with this class that are drawn, not only kept as a template."""
    drawn = re.sub(r"<template.*?</template>", "", page.content.decode(), flags=re.DOTALL)
    return [text.strip() for text in re.findall(rf'class="{what}"[^>]*>([^<]*)<', drawn)]


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_sent_to_sign_in(client: Client, db: None, path: str) -> None:
    assert client.get(path)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/settings/", "/rooms/", *PAGES[:2]])
def test_every_page_hands_over_what_its_bell_shows(as_alice: Client, alice: User, path: str) -> None:
    tell(alice)
    page = as_alice.get(path)
    bell = data_of(page, "bell-data")
    assert (bell["user"], bell["unread"], bell["seq"]) == (alice.pk, 1, 1)
    assert seen(page, "bell-said")[0] == ", 1 unread"


def test_a_page_for_strangers_has_no_bell(client: Client, db: None) -> None:
    assert "bell-data" not in client.get("/accounts/login/").content.decode()


def test_days_are_the_readers_and_sources_stand_together(as_alice: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Asia/Tokyo")
    for hour, source in ((12, "a"), (14, "b"), (16, "a"), (17, "b")):
        (pk,) = tell(alice, title=f"At {hour}", source=f"topic.{source}", source_name=source).values()
        Notification.objects.filter(pk=pk).update(updated_at=datetime(2020, 3, 2, hour, tzinfo=UTC))
    page = as_alice.get("/notifications/")
    assert seen(page, "day-name") == ["Tuesday, 3 March 2020", "Monday, 2 March 2020"]
    assert seen(page, "source-name") == ["b", "a", "b", "a"]
    assert seen(page, "note-title") == ["At 17", "At 16", "At 14", "At 12"]


def test_a_browser_elsewhere_has_its_own_days(as_alice: Client, alice: User) -> None:
    (pk,) = tell(alice, title="Late").values()
    Notification.objects.filter(pk=pk).update(updated_at=datetime(2020, 3, 2, 20, tzinfo=UTC))
    for told, day in (("Asia/Tokyo", "Tuesday, 3 March 2020"), ("../etc/passwd", "Monday, 2 March 2020")):
        as_alice.cookies["zone"] = told
        assert seen(as_alice.get("/notifications/"), "day-name") == [day]


def test_the_address_says_what_is_shown(as_alice: Client, alice: User) -> None:
    for title, priority in (("Disk full", 5), ("Disk half full", 3), ("Deployed", 5)):
        tell(alice, title=title, priority=priority)
    read = Notification.objects.get(title="Deployed")
    actions.read(alice.pk, [read.pk])
    later = Notification.objects.get(title="Disk half full")
    actions.snooze(alice.pk, [later.pk], timezone.now() + timedelta(hours=1))

    def shown(query: str) -> list[str]:
        return seen(as_alice.get(f"/notifications/{query}"), "note-title")

    assert shown("") == ["Disk full"]
    assert shown("?show=snoozed") == ["Disk half full"]
    assert shown("?show=all") == ["Deployed", "Disk full"]
    assert shown("?show=all&q=disk&priority=4") == ["Disk full"]
    assert shown("?show=nonsense&priority=99") == ["Disk full"]
    assert shown("?kind=mention") == []


def test_what_notifications_say_cannot_become_markup(as_alice: Client, alice: User) -> None:
    tell(alice, title="<script>alert(1)</script>", body="</script><b>")
    page = as_alice.get("/notifications/").content.decode()
    assert "<script>alert" not in page
    assert "</script><b>" not in page


def test_the_way_to_its_place_reads_a_notification_and_says_that_the_inbox_was_seen(
    as_alice: Client, alice: User
) -> None:
    tell(alice, link="/rooms/7/?at=5")
    row = only(alice)
    assert as_alice.get(f"/notifications/{row.pk}/open/")["Location"] == "/rooms/7/?at=5"
    row.refresh_from_db()
    assert row.read_at
    assert Settings.objects.get(user=alice).seen_seq >= 1


def test_a_browser_that_looks_ahead_reads_nothing(as_alice: Client, alice: User) -> None:
    tell(alice, link="/rooms/7/")
    as_alice.get(f"/notifications/{only(alice).pk}/open/", headers={"Sec-Purpose": "prefetch"})
    assert only(alice).read_at is None


def test_a_notification_without_a_place_is_shown_in_the_inbox(as_alice: Client, alice: User) -> None:
    tell(alice)
    pk = only(alice).pk
    assert as_alice.get(f"/notifications/{pk}/open/")["Location"] == f"/notifications/?show=all#note-{pk}"


def test_nobody_opens_what_others_were_told(as_alice: Client, alice: User, bob: User) -> None:
    tell(bob, link="/rooms/7/")
    assert as_alice.get(f"/notifications/{only(bob).pk}/open/").status_code == 404
    assert only(bob).read_at is None


def test_preferences_show_what_was_chosen(as_alice: Client, alice: User, bob: User) -> None:
    actions.make_topic("deploys", "What goes out.")
    actions.follow(alice, "deploys")
    actions.mute(alice, "room.7", "#ops")
    actions.set_preference(alice, "mention", "email", wanted=False)
    for user in (alice, bob):
        keys = {"p256dh": "x" * 20, "auth": "y" * 10}
        actions.add_device(
            user, signed_in(user), endpoint=f"https://push.example.org/{user.pk}", name=f"Of {user}", **keys
        )
    page = as_alice.get("/notifications/preferences/").content.decode()
    assert re.search(r'data-topic="deploys" checked', page)
    assert 'data-unmute="room.7"' in page
    assert re.search(r'data-kind="mention" data-channel="email"[^>]*by email">', page)
    assert re.search(r'data-kind="mention" data-channel="push"[^>]* checked>', page)
    assert "Of alice" in page
    assert "Of bob" not in page
    assert Device.objects.count() == 2


def test_the_service_worker_is_served_from_the_root(client: Client) -> None:
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"] == "text/javascript"
    assert b"showNotification" in answer.content
