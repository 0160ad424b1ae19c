"""What a client may ask for: each a schema and a call into `actions`."""

from collections.abc import Mapping
from typing import Any

from project.accounts.authentication import Identity
from project.accounts.models import User
from project.realtime.commands import command

from . import actions, events, queries, requests, schemas

Reply = Mapping[str, Any]


def _left(user_id: int, unread: int) -> Reply:
    """How many still wait, and as of which seq of the inbox at the latest everybody is told so."""
    return {"unread": unread, "seq": queries.position(user_id)}


@command("notification.read", requests.Read, reply=schemas.Left)
def read(actor: User, data: requests.Read) -> Reply:
    """Marks notifications read, on all your devices; with `up_to`, those that did not change after that seq."""
    return _left(actor.pk, actions.read(actor.pk, data.ids, data.up_to))


@command("notification.read_all", requests.ReadAll, reply=schemas.ReadAllOut)
def read_all(actor: User, data: requests.ReadAll) -> Reply:
    """Marks everything read that waits, or that waited as of your inbox's seq `up_to`."""
    unread, read_at = actions.read_all(actor.pk, data.up_to)
    return {**_left(actor.pk, unread), "read_at": events.moment(read_at)}


@command("notification.unread_all", requests.UnreadAll, reply=schemas.Left)
def unread_all(actor: User, data: requests.UnreadAll) -> Reply:
    """Takes `notification.read_all` back: what was read at that moment waits again, unless it was acknowledged."""
    return _left(actor.pk, actions.unread_all(actor.pk, data.read_at))


@command("notification.unread", requests.Some, reply=schemas.Left)
def unread(actor: User, data: requests.Some) -> Reply:
    """Makes notifications wait again, no longer read or acknowledged."""
    return _left(actor.pk, actions.unread(actor.pk, data.ids))


@command("notification.snooze", requests.Snooze, reply=schemas.Left)
def snooze(actor: User, data: requests.Snooze) -> Reply:
    """Puts notifications off until a moment; null makes them wait again."""
    return _left(actor.pk, actions.snooze(actor.pk, data.ids, data.until))


@command("notification.acknowledge", requests.Some, reply=schemas.Left)
def acknowledge(actor: User, data: requests.Some) -> Reply:
    """Says that you take care of it: it is read, and nobody else is called."""
    return _left(actor.pk, actions.acknowledge(actor.pk, data.ids))


@command(events.ACT, requests.Press, reply=schemas.Pressed)
def press(actor: User, data: requests.Press) -> Reply:
    """Presses a button that has this site POST something, and acknowledges the notification. `conflict` where it has
    changed since the revision that you have seen."""
    actions.press(actor.pk, data.notification, data.action, data.revision)
    return {"notification": data.notification, "action": data.action}


@command("notification.seen", requests.Seen, reply=schemas.SeenUpTo)
def seen(actor: User, data: requests.Seen) -> Reply:
    """Says that you have looked at your inbox as far as its stream's `seq`. Never moves back."""
    return {"seq": actions.seen(actor.pk, data.seq)}


@command("notification.mute", requests.OneSource, reply=schemas.Muted)
def mute(actor: User, data: requests.OneSource) -> Reply:
    """Tells you nothing more from a source, such as `room.7` or `topic.deploys`."""
    actions.mute(actor, data.source, queries.source_name(actor.pk, data.source))
    return {"source": data.source, "muted": True}


@command("notification.unmute", requests.OneSource, reply=schemas.Muted)
def unmute(actor: User, data: requests.OneSource) -> Reply:
    """Tells you of a source again."""
    actions.unmute(actor, data.source)
    return {"source": data.source, "muted": False}


@command("topic.follow", requests.OneTopic, reply=schemas.Following)
def follow(actor: User, data: requests.OneTopic) -> Reply:
    """Follows a topic: what programs send to it, you are told."""
    return {"topic": actions.follow(actor, data.topic).topic.name, "follows": True}


@command("topic.unfollow", requests.OneTopic, reply=schemas.Following)
def unfollow(actor: User, data: requests.OneTopic) -> Reply:
    """Follows a topic no longer."""
    actions.unfollow(actor, data.topic)
    return {"topic": data.topic.lower(), "follows": False}


@command("notification.settings", requests.SaveSettings, reply=schemas.SettingsOut)
def save_settings(actor: User, data: requests.SaveSettings) -> Reply:
    """Changes what is given of your quiet hours, digest and sound; returns all of it."""
    return queries.shown(actions.save_settings(actor, data.wishes()))


@command("notification.prefer", requests.Prefer, reply=schemas.Preferred)
def prefer(actor: User, data: requests.Prefer) -> Reply:
    """Says whether one kind of notification may use one channel."""
    actions.set_preference(actor, data.kind, data.channel, data.wanted)
    return {"kind": data.kind, "channel": str(data.channel), "wanted": data.wanted}


@command("device.add", requests.AddDevice, reply=schemas.DeviceOut, with_identity=True)
def add_device(actor: User, data: requests.AddDevice, identity: Identity) -> Reply:
    """Lets this browser be reached by web push, for as long as it is signed in."""
    keys = {"p256dh": data.p256dh, "auth": data.auth}
    device = actions.add_device(actor, identity, endpoint=data.endpoint, name=data.name, **keys)
    return {"id": device.pk, "name": device.name}


@command("device.renew", requests.OneDevice, reply=schemas.DeviceOut, with_identity=True)
def renew_device(actor: User, data: requests.OneDevice, identity: Identity) -> Reply:
    """Says that this browser of yours has signed in anew, and goes on taking push."""
    device = actions.renew_device(actor, identity, data.endpoint)
    return {"id": device.pk, "name": device.name}


@command("device.remove", requests.OneDevice)
def remove_device(actor: User, data: requests.OneDevice) -> Reply:
    """Pushes nothing more to this browser."""
    actions.remove_device(actor, data.endpoint)
    return {}
