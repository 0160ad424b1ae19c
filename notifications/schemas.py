"""The shape of what this app sends, for replies, reads, and the API description."""

from ninja import Schema

from .models import Channel, Digest


class Person(Schema):
    """Somebody, as others see them. `avatar` is a path on this site."""

    id: int
    name: str
    avatar: str | None


class Button(Schema):
    """A button: it opens `url`, or is pressed by `command` with `notification`, `action` and the `revision` that
    was seen."""

    label: str
    url: str | None = None
    command: str | None = None
    action: int | None = None


class NotificationOut(Schema):
    """A notification. `seq` is that of the inbox stream's last event about it, `news_seq` that of the last one that
    told something new."""

    id: int
    seq: int
    news_seq: int
    kind: str
    priority: int
    title: str
    body: str
    link: str
    source: str
    source_name: str
    actor: Person | None
    actions: list[Button]
    count: int
    revision: int
    created_at: str
    updated_at: str
    expires_at: str | None
    snoozed_until: str | None
    read_at: str | None
    acknowledged_at: str | None
    withdrawn_at: str | None


class Unread(Schema):
    """How many notifications wait."""

    unread: int


class Left(Unread):
    """How many notifications still wait. The inbox's stream has told of the change once it is at `seq`."""

    seq: int


class ReadAllOut(Left):
    """`read_at` is by what to take it back; null where nothing waited."""

    read_at: str | None


class Notifications(Unread):
    """Notifications, the one that changed last first."""

    notifications: list[NotificationOut]
    has_more: bool
    cursor: str


class OneNotification(Schema):
    """One notification."""

    notification: NotificationOut
    cursor: str


class SeenUpTo(Schema):
    """How far the inbox was looked at."""

    seq: int


class Pressed(Schema):
    """Which button was pressed."""

    notification: int
    action: int


class Muted(Schema):
    """Whether a source is muted now."""

    source: str
    muted: bool


class Following(Schema):
    """Whether you follow a topic now."""

    topic: str
    follows: bool


class SettingsOut(Schema):
    """What you want in general; times are in your own time zone."""

    quiet_from: str | None
    quiet_until: str | None
    digest: Digest
    digest_at: str
    sound: bool


class Preferred(Schema):
    """Whether a kind may use a channel."""

    kind: str
    channel: Channel
    wanted: bool


class DeviceOut(Schema):
    """A browser that takes push."""

    id: int
    name: str


class Told(Schema):
    """What became of a notice: whom it reached, or how many it is on its way to."""

    ok: bool = True
    people: int
    notification: int | None = None
    broadcast: int | None = None
