"""What each command takes: fields with their limits. Their messages are shown to people."""

from datetime import datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from project.realtime.texts import Text

from .models import Channel, Digest

BULK_MAX = 500  # notifications in one command: each changed one is an event
SNOOZE_MAX = timedelta(days=366)


def _later(value: datetime) -> datetime:
    if not timezone.now() < value < timezone.now() + SNOOZE_MAX:
        raise ValueError("Choose a moment in the next twelve months.")
    return value


def _endpoint(value: str) -> str:
    address = urlsplit(value)
    schemes = ("https", "http") if settings.PUSH_PRIVATE else ("https",)
    if not address.hostname or address.scheme not in schemes:
        raise ValueError("A push service has an address that starts with https://.")
    return value


Id = Annotated[int, Field(ge=1, lt=2**63)]
Seq = Annotated[int, Field(ge=0, lt=2**63)]
Source = Annotated[str, Field(max_length=100, pattern=r"^[a-z]+\.[A-Za-z0-9_-]+$")]
TopicName = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_-]+$")]
Moment = Annotated[AwareDatetime, AfterValidator(_later)]
Key = Annotated[str, Field(min_length=8, max_length=100, pattern=r"^[A-Za-z0-9_=+/-]+$")]


class Nothing(Schema):
    pass


class Some(Schema):
    notification: Id | None = None
    notifications: Annotated[list[Id], Field(max_length=BULK_MAX)] = []

    @model_validator(mode="after")
    def _any(self) -> "Some":
        if not self.ids:
            raise ValueError("Say which: `notification` or `notifications`.")
        return self

    @property
    def ids(self) -> list[int]:
        """All that are named."""
        return sorted({*self.notifications, *([self.notification] if self.notification else [])})


class Read(Some):
    up_to: Seq | None = None


class ReadAll(Schema):
    up_to: Seq | None = None


class UnreadAll(Schema):
    read_at: AwareDatetime


class Snooze(Some):
    until: Moment | None


class Press(Schema):
    notification: Id
    action: Annotated[int, Field(ge=0, le=2)]
    revision: Annotated[int, Field(ge=1, lt=2**31)]


class Seen(Schema):
    seq: Seq


class OneSource(Schema):
    source: Source


class OneTopic(Schema):
    topic: TopicName


class SaveSettings(Schema):
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest: Digest | None = None
    digest_at: time | None = None
    sound: bool | None = None

    @model_validator(mode="after")
    def _both(self) -> "SaveSettings":
        given = self.wishes()
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            raise ValueError("Quiet hours need a beginning and an end.")
        return self

    def wishes(self) -> dict[str, object]:
        """What was given; only quiet hours can be given as nothing, which ends them."""
        given = self.model_dump(exclude_unset=True)
        return {key: value for key, value in given.items() if value is not None or key.startswith("quiet")}


class Prefer(Schema):
    kind: Annotated[str, Text, Field(max_length=32)]
    channel: Channel
    wanted: bool


class OneDevice(Schema):
    endpoint: Annotated[str, Text, Field(max_length=1_000), AfterValidator(_endpoint)]


class AddDevice(OneDevice):
    p256dh: Key
    auth: Annotated[Key, Field(max_length=40)]
    name: Annotated[str, Text, Field(max_length=120)] = ""
