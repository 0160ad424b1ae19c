"""Notices from outside: from whom, to whom, and at once or in the background."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from project.accounts.models import User
from project.realtime.errors import CommandError

from .. import queries
from ..incoming import Incoming
from ..models import Audience, Topic
from .broadcasting import INLINE_MAX, broadcast
from .notices import ActionButton, Notice
from .pressing import may_post_to
from .telling import notify
from .wishes import topic_named
from .withdrawing import leave_out, withdraw

Told = dict[str, Any]


@transaction.atomic
def send_to_topic(sender: User, token_id: int, name: str, sent: Incoming) -> Told:
    """Tells those who follow a topic. Raises CommandError: `not_found`, `invalid`."""
    topic = topic_named(name)
    notice = _notice(sender, token_id, sent, topic.source, topic.name)
    people = _followers(topic)
    count = people.count()
    if sent.delay or count > INLINE_MAX:
        row = broadcast(Audience.TOPIC, notice, key=topic.name, sender=sender, due=sent.delay)
        return {"people": count, "broadcast": row.pk}
    return {"people": len(notify(notice, list(people.values_list("pk", flat=True))))}


@transaction.atomic
def send_to_people(sender: User, token_id: int, usernames: Sequence[str], sent: Incoming) -> Told:
    """Tells people by their usernames. Raises CommandError: `not_found`, `invalid`."""
    people = _people(usernames)
    notice = _notice(sender, token_id, sent, source_of(sender), sender.name)
    if sent.delay:
        row = broadcast(Audience.PEOPLE, notice, people=people, sender=sender, due=sent.delay)
        return {"people": len(people), "broadcast": row.pk}
    reached = notify(notice, people)
    only = next(iter(reached.values())) if len(reached) == 1 else None
    return {"people": len(reached), "notification": only}


@transaction.atomic
def take_back(sender: User, target: str, dedupe_key: str) -> int:
    """Takes back what was sent to a topic, or by this sender to somebody, under a key; from how many people. What waits
    for its time is not told any more."""
    if target.startswith("@"):
        key, people = f"{source_of(sender)}:{dedupe_key}", _people([target[1:]])
        leave_out(Q(dedupe_key=key), people)
        return withdraw(key, people)
    return withdraw(f"{topic_named(target).source}:{dedupe_key}")


def source_of(sender: User) -> str:
    """What to mute in order to hear nothing more that somebody's programs send to people."""
    return f"from.{sender.pk}"


def _notice(sender: User, token_id: int, sent: Incoming, source: str, source_name: str) -> Notice:
    """The keys of one source have nothing to do with those of another, or with our own."""
    return Notice(
        kind="notice",
        title=sent.title,
        many=sent.many,
        body=sent.body,
        link=sent.link,
        priority=sent.priority,
        # People are told by their own programs too; as the actor they would not be.
        actor_id=sender.pk if sender.is_bot else None,
        source=source,
        source_name=source_name,
        dedupe_key=f"{source}:{sent.dedupe_key}" if sent.dedupe_key else "",
        collapse_key=f"{source}:{sent.collapse_key}" if sent.collapse_key else "",
        actions=tuple(_buttons(token_id, sent)),
        expires_at=sent.expires,
    )


def _buttons(token_id: int, sent: Incoming) -> Iterable[ActionButton]:
    for action in sent.actions:
        if action.post and not token_id:
            raise CommandError("invalid", "A button that POSTs is signed by a token: send one.")
        if action.post and not may_post_to(action.post):
            message = "This site's operator has not put that host into ACTION_HOSTS."
            raise CommandError("invalid", message, fields={"actions": message})
        yield ActionButton(action.label, action.url, action.post, action.data, token_id if action.post else 0)


def _people(usernames: Sequence[str]) -> list[int]:
    wanted = {name.removeprefix("@").lower() for name in usernames}
    reachable = queries.reachable(User.objects.all()).annotate(lower=Lower("username"))
    people = dict(reachable.filter(lower__in=wanted).values_list("lower", "pk"))
    if unknown := sorted(wanted - people.keys()):
        message = f"Nobody who can be told is called {', '.join(unknown)[:200]}."
        raise CommandError("not_found", message, fields={"people": message})
    return sorted(people.values())


def _followers(topic: Topic) -> QuerySet[User]:
    return queries.reachable(User.objects.filter(topic_subscriptions__topic=topic))
