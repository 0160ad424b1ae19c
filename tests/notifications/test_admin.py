"""Staff: what was told and how it reached people, topics, and sending a notice after having looked at it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from time_machine import TimeMachineFixture

from notifications import actions, jobs
from notifications.models import (
    Audience,
    Broadcast,
    Channel,
    Delivery,
    DeliveryState,
    Device,
    Notification,
    Subscription,
    Topic,
)
from project.accounts.models import User
from tests.notifications.test_broadcasting import claimed
from tests.notifications.told import kept, only, tell

MODELS = ("notification", "delivery", "device", "settings", "preference", "mute", "topic", "subscription")


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(User.objects.create(username="staff", is_staff=True, is_superuser=True))
    return client


def url(model: str, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:notifications_{model}_{page}", args=args)


def draft(**more: Any) -> dict[str, Any]:
    fields = {"audience": Audience.EVERYONE, "title": "Maintenance at noon", "priority": 3}
    return fields | {"body": "", "link": "", "people": "", "due": ""} | more


def test_the_timeline_of_a_notification_says_why_it_did_or_did_not_reach_somebody(
    staff: Client, alice: User
) -> None:
    pk = tell(alice, title="Disk full")[alice.pk]
    device = Device.objects.create(user=alice, name="Firefox on Linux", endpoint="https://push.example/1")
    Delivery.objects.create(
        notification_id=pk,
        channel=Channel.PUSH,
        device=device,
        state=DeliveryState.FAILED,
        attempts=3,
        error="the push service answered 503",
        attempted_at=only(alice).created_at,
        finished_at=only(alice).created_at,
    )
    page = staff.get(url("notification", "change", pk)).content.decode()
    for part in (
        "Told: Disk full",
        "push to Firefox on Linux: failed (the push service answered 503)",
        "Will be looked at again, and sent on if it is not seen",
    ):
        assert part in page
    assert "push.example" not in staff.get(url("device", "change", device.pk)).content.decode()


def test_what_staff_withdraw_is_gone_for_its_person_though_it_was_read(staff: Client, alice: User) -> None:
    pk = tell(alice, body="a secret")[alice.pk]
    actions.read(alice.pk, [pk])
    staff.post(url("notification"), {"action": "withdraw", "_selected_action": [pk]})
    assert only(alice).withdrawn_at is not None
    assert kept(alice)[-1]["data"]["withdrawn_at"]
    assert "secret" not in json.dumps(kept(alice))


def test_a_notice_is_shown_with_its_count_before_it_is_sent(
    staff: Client, alice: User, bob: User, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(datetime(2026, 11, 18, 12, tzinfo=UTC))  # no hour of that night comes twice
    staff.cookies["zone"] = "Europe/Vienna"
    later = timezone.localtime(timezone.now() + timedelta(days=1), ZoneInfo("Europe/Vienna"))
    due = f"{later:%Y-%m-%d %H:%M}"
    page = staff.post(url("broadcast", "add"), draft(due=due)).content.decode()
    assert f"{later:%H:%M} on, by your clock" in page
    assert "Maintenance at noon" in page
    assert "Send to 3" in page
    assert not Broadcast.objects.exists()
    staff.post(url("broadcast", "add"), draft(_send="1"))
    assert Broadcast.objects.get().sender.username == "staff"  # type: ignore[union-attr]
    jobs.broadcast(claimed())
    assert only(alice).title == only(bob).title == "Maintenance at noon"
    assert only(alice).kind == "system"


def test_a_notice_can_be_changed_after_it_was_looked_at(staff: Client, alice: User) -> None:
    page = staff.post(url("broadcast", "add"), draft(_change="1")).content.decode()
    assert 'value="Preview"' in page
    assert "Maintenance at noon" in page


@pytest.mark.parametrize("audience", [Audience.TOPIC, Audience.GROUP, Audience.PEOPLE])
def test_a_notice_can_be_for_a_topic_a_group_or_people(
    audience: Audience, staff: Client, alice: User, bob: User
) -> None:
    actions.make_topic("ops")
    actions.follow(alice, "ops")
    alice.groups.add(Group.objects.create(name="admins"))
    chosen = {Audience.TOPIC: "topic", Audience.GROUP: "group", Audience.PEOPLE: "people"}[audience]
    value = {Audience.TOPIC: "ops", Audience.GROUP: "admins", Audience.PEOPLE: "alice"}[audience]
    sent = draft(audience=audience, **{chosen: value})
    assert "Send to 1" in staff.post(url("broadcast", "add"), sent).content.decode()
    staff.post(url("broadcast", "add"), sent | {"_send": "1"})
    jobs.broadcast(claimed())
    assert Notification.objects.get().recipient == alice


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"audience": "topic"}, "Choose a topic."),
        ({"audience": "group"}, "Choose a group."),
        ({"audience": "people"}, "Name somebody."),
        ({"audience": "people", "people": "alice, nobody"}, "Nobody here is called nobody."),
        ({"link": "javascript:alert(1)"}, "A link starts with"),
        ({"due": "2020-01-01 00:00"}, "Choose a moment"),
        ({"title": ""}, "This field is required."),
    ],
)
def test_a_notice_that_is_not_right_is_not_sent(
    more: dict[str, Any], says: str, staff: Client, alice: User
) -> None:
    assert says in staff.post(url("broadcast", "add"), draft(_send="1", **more)).content.decode()
    assert not Broadcast.objects.exists()


def test_topics_are_made_and_described_and_their_followers_get_turns(staff: Client, alice: User) -> None:
    staff.post(url("topic", "add"), {"name": "ops", "description": "What runs"})
    topic = Topic.objects.get(name="ops")
    staff.post(url("topic", "change", topic.pk), {"description": "All that runs"})
    topic.refresh_from_db()
    assert topic.description == "All that runs"
    staff.post(url("subscription", "add"), {"topic": topic.pk, "user": alice.pk, "turn": "1"})
    assert Subscription.objects.get(user=alice, topic=topic).turn == 1


def test_people_who_are_not_staff_see_none_of_it(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(url("broadcast", "add")).status_code == 302


def test_the_list_of_deliveries_says_what_each_was(staff: Client, alice: User) -> None:
    pk = tell(alice)[alice.pk]
    now = only(alice).created_at
    for more in ({"withdraws": True}, {"corrects": True}, {"digest_at": now}, {}):
        Delivery.objects.create(notification_id=pk, channel=Channel.EMAIL, address="a@example.org", **more)
    page = staff.get(url("delivery")).content.decode()
    for what in ("Withdrawal", "Correction to revision 1", "Digest", "Revision 1"):
        assert f">{what} by email<" in page
