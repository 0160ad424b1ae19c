"""What programs have told the demo team: topics that they follow, and some days of notices."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from notifications import actions
from notifications.actions import ActionButton, Notice
from project.accounts.models import User

from .cast import BOT

SITE = "https://ci.example.com"
TOPICS = {
    "deploys": "What goes out, and what is rolled back",
    "alerts": "What needs somebody now",
    "billing": "Invoices, failed payments, refunds",
}
CALLED = ("chidi", "priya", "maya")  # who is called for what is urgent, in this order


class Told(NamedTuple):
    """A notice, so many hours old."""

    hours: float
    topic: str
    title: str
    body: str = ""
    priority: int = 3
    button: str = ""
    collapse: str = ""
    many: str = ""
    read_by: tuple[str, ...] = ()


NOTICES = (
    Told(
        71, "billing", "Invoice run finished", "1,204 invoices, 3 without an address.", 2, read_by=("maya",)
    ),
    Told(52, "deploys", "checkout 4.18.2 is live", "14 changes, no migrations.", read_by=("maya", "tomas")),
    Told(
        47,
        "alerts",
        "Certificate of status.example.com ends in 9 days",
        priority=4,
        read_by=("chidi", "maya"),
    ),
    Told(
        28, "billing", "Payment failed: Northwind", "The card was declined twice.", button="Open the invoice"
    ),
    Told(26, "deploys", "search 2.3.0 was rolled back", "Latency doubled in fra.", 4, "See the build"),
    Told(9, "billing", "Refund needs a second pair of eyes", "€ 1,180 to Contoso.", button="Review"),
    Told(5.2, "deploys", "thumbnails 1.9.4 is live", collapse="live", many="{count} services are live"),
    Told(4.8, "deploys", "importer 3.1.0 is live", collapse="live", many="{count} services are live"),
    Told(3.9, "deploys", "sessions 5.0.1 is live", collapse="live", many="{count} services are live"),
    Told(1.4, "alerts", "Disk of db-2 is 91 % full", "It grows by 2 % an hour.", 4, "Show the graph"),
    Told(
        0.3,
        "alerts",
        "Checkout answers with errors",
        "4.1 % of requests for six minutes.",
        5,
        "Show the graph",
    ),
)


def tell_notices(users: Mapping[str, User], now: datetime) -> None:
    """Makes the topics, lets everyone follow them, and tells the notices. In the caller's transaction."""
    people = [user for user in users.values() if not user.is_bot]
    for name, description in TOPICS.items():
        actions.make_topic(name, description)
        for user in people:
            follows = actions.follow(user, name)
            if name == "alerts" and user.username in CALLED:
                actions.set_turn(follows.pk, CALLED.index(user.username) + 1)
    for number, told in enumerate(NOTICES):
        reached = actions.notify(
            _notice(told, number, users[BOT.username], now), [user.pk for user in people]
        )
        for username in told.read_by:
            actions.read(users[username].pk, [reached[users[username].pk]])


def _notice(told: Told, number: int, bot: User, now: datetime) -> Notice:
    buttons = (ActionButton(told.button, url=f"{SITE}/{told.topic}/{number}"),) if told.button else ()
    return Notice(
        kind="notice",
        title=told.title,
        body=told.body,
        priority=told.priority,
        actor_id=bot.pk,
        source=f"topic.{told.topic}",
        source_name=told.topic,
        link=f"{SITE}/{told.topic}/{number}",
        collapse_key=f"topic.{told.topic}:{told.collapse}" if told.collapse else "",
        many=told.many,
        actions=buttons,
        at=now - timedelta(hours=told.hours),
    )
