"""What programs send: as JSON, or as a text with headers. Its limits, and how times and priorities are written."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from project.realtime.texts import Text

from .models import ACTIONS_MAX, BODY_MAX, LINK_MAX, TITLE_MAX, Priority

KEY_MAX = 100  # characters of a sender's key; what tells senders apart is put before it
PEOPLE_MAX = 100  # people named in one notice; for more there are topics
DATA_MAX = 1_000  # characters that a button sends back
DELAY_MAX = timedelta(days=30)
PRIORITIES = {
    "min": Priority.QUIET,
    "quiet": Priority.QUIET,
    "low": Priority.LOW,
    "default": Priority.NORMAL,
    "normal": Priority.NORMAL,
    "high": Priority.HIGH,
    "max": Priority.URGENT,
    "urgent": Priority.URGENT,
}
_SPAN = re.compile(r"(\d{1,7})\s*([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_ACTION = re.compile(r"(?P<label>.+?),?\s+(?P<url>https?://\S+)")


def _priority(value: object) -> object:
    return PRIORITIES.get(value.lower(), value) if isinstance(value, str) else value


def _moment(value: object) -> object:
    """A moment, or a time from now such as 90, "30m", "2h", "1d"."""
    now = timezone.now()
    match = _SPAN.fullmatch(str(value))
    span = timedelta(seconds=int(match[1]) * _SECONDS[match[2]]) if match else timedelta(0)
    at = now + min(span, 2 * DELAY_MAX) if match else None
    at = at or (parse_datetime(value) if isinstance(value, str) else None)
    if at is None or at.tzinfo is None:
        raise ValueError("Write a time from now, such as 30m or 2h, or a moment with its offset.")
    if not now - timedelta(minutes=1) <= at <= now + DELAY_MAX:
        raise ValueError("Choose a moment in the next thirty days.")
    return at


def link(value: str) -> str:
    """The link, where it leads somewhere harmless. Raises ValueError."""
    value = value.strip()
    address = urlsplit(value)
    # Browsers leave tabs and line ends out, and go elsewhere.
    if not value.isprintable() or " " in address.netloc:
        raise ValueError("A link has no line ends or tabs in it, and no spaces in its host.")
    inside = value.startswith("/") and not value.startswith(("//", "/\\"))
    if value and not inside and not (address.scheme in ("http", "https") and address.hostname):
        raise ValueError("A link starts with https://, http://, or / for a page of this site.")
    return value


Key = Annotated[str, Text, Field(max_length=KEY_MAX)]
Link = Annotated[str, Text, Field(max_length=LINK_MAX), AfterValidator(link)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Name = Annotated[str, Text, Field(min_length=1, max_length=150)]


class Action(Schema):
    """A button: it opens `url`, or has this site POST `data` to `post`, signed."""

    label: Annotated[str, Text, Field(min_length=1, max_length=40)]
    url: Link = ""
    post: Link = ""
    data: Annotated[str, Text, Field(max_length=DATA_MAX)] = ""

    @model_validator(mode="after")
    def _either(self) -> "Action":
        if bool(self.url) == bool(self.post):
            raise ValueError("An action has either a `url` or a `post`.")
        return self


class Incoming(Schema):
    """A notice. Without a title, the first line of the body is it."""

    title: Annotated[str, Text, Field(max_length=TITLE_MAX)] = ""
    body: Annotated[str, Text, Field(max_length=BODY_MAX)] = ""
    priority: Annotated[int, BeforeValidator(_priority), Field(ge=1, le=5)] = int(Priority.NORMAL)
    link: Link = ""
    actions: Annotated[list[Action], Field(max_length=ACTIONS_MAX)] = []
    dedupe_key: Key = ""
    collapse_key: Key = ""
    many: Annotated[str, Text, Field(max_length=TITLE_MAX)] = Field(
        "", description="The title for several with one `collapse_key`, with {count}."
    )
    delay: Moment | None = None
    expires: Moment | None = None

    @model_validator(mode="after")
    def _titled(self) -> "Incoming":
        if not self.title.strip():
            self.title, _, self.body = self.body.strip().partition("\n")
        if not self.title.strip():
            raise ValueError("Say something: a title or a body.")
        return self

    @model_validator(mode="after")
    def _in_time(self) -> "Incoming":
        if self.delay and self.expires and self.expires <= self.delay:
            raise ValueError("It would be over before it is told: `expires` counts from now too.")
        return self


class Addressed(Incoming):
    """A notice, and whom it is for: a topic, or people by their usernames."""

    topic: Name | None = None
    person: Name | None = None
    people: Annotated[list[Name], Field(max_length=PEOPLE_MAX)] = []

    @model_validator(mode="after")
    def _one_target(self) -> "Addressed":
        if (self.topic is not None) == bool(self.usernames):
            raise ValueError("Say whom it is for: a `topic`, a `person`, or `people`.")
        return self

    @property
    def usernames(self) -> list[str]:
        """The people it is for."""
        return [*self.people, *([self.person] if self.person else [])]


def from_text(body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an Incoming, from a text as the body and headers such as Title, Priority, Link.

    The text is clipped to what fits: a long log is better told in part than not at all.
    """
    text = body.decode(errors="replace").replace("\x00", "").strip()
    fields = {name: _header(headers[header]) for header, name in HEADERS.items() if header in headers}
    title = fields.get("title", "")
    first, _, rest = text.partition("\n")
    if not title.strip():
        title, text = first, rest if len(first) <= TITLE_MAX else text
    said = {"title": _clip(title, TITLE_MAX), "body": _clip(text, BODY_MAX)}
    actions = _actions(_header(headers.get("Actions", "")))
    return fields | said | ({"actions": actions} if actions else {})


HEADERS = {
    "Title": "title",
    "Priority": "priority",
    "Link": "link",
    "Dedupe-Key": "dedupe_key",
    "Collapse-Key": "collapse_key",
    "Many": "many",
    "Delay": "delay",
    "Expires": "expires",
}


def _actions(text: str) -> list[dict[str, str]]:
    """`Open https://a.example; Details https://b.example`"""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    found = [_ACTION.fullmatch(part) for part in parts]
    return [match.groupdict() if match else {"label": part} for match, part in zip(found, parts, strict=True)]


def _header(value: str) -> str:
    """Header values are bytes that arrive as Latin-1; people write UTF-8."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _clip(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
