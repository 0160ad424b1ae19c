"""What is to be told, before anybody is told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from .. import kinds
from ..models import ACTIONS_MAX, BODY_MAX, KEY_MAX, LINK_MAX, TITLE_MAX


@dataclass(frozen=True)
class ActionButton:
    """A button on a notification: it opens `url`, or has this site POST `body` to `post`.

    `token` is the API token whose digest signs the POST.
    """

    label: str
    url: str = ""
    post: str = ""
    body: str = ""
    token: int = 0


@dataclass(frozen=True)
class Notice:
    """Something to tell. Title and body are clipped to what fits; everything else must fit.

    The same `dedupe_key` again is the same thing. What shares a `collapse_key` while unread is one notification, whose
    title is then `many`, with {count}. Without a priority it has its kind's. `source` is what can be muted; `position`
    orders things within it. `at` is for what happened earlier, which is told without reaching out to anybody.

    Raises KeyError for a kind that nobody has registered, ValueError for a key or a link that is too long.
    """

    kind: str
    title: str
    body: str = ""
    link: str = ""
    priority: int = 0
    actor_id: int | None = None
    source: str = ""
    source_name: str = ""
    position: int = 0
    dedupe_key: str = ""
    collapse_key: str = ""
    many: str = ""
    actions: tuple[ActionButton, ...] = ()
    expires_at: datetime | None = None
    at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", clipped(self.title, TITLE_MAX))
        object.__setattr__(self, "body", clipped(self.body, BODY_MAX))
        object.__setattr__(self, "priority", self.priority or kinds.find(self.kind).priority)
        if max(len(self.dedupe_key), len(self.collapse_key)) > KEY_MAX or len(self.link) > LINK_MAX:
            raise ValueError("a key or the link of a notice is too long")
        if len(self.actions) > ACTIONS_MAX:
            raise ValueError(f"a notice can have {ACTIONS_MAX} actions")

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def stored(self) -> dict[str, Any]:
        """As JSON can hold it."""
        moments = {name: moment.isoformat() if moment else None for name, moment in self._moments().items()}
        return asdict(self) | {"actions": self.buttons()} | moments

    def _moments(self) -> dict[str, datetime | None]:
        return {"expires_at": self.expires_at, "at": self.at}

    @classmethod
    def restored(cls, data: Mapping[str, Any]) -> "Notice":
        """What `stored` has kept."""
        moments = {name: parse_datetime(data[name]) if data[name] else None for name in ("expires_at", "at")}
        actions = tuple(ActionButton(**action) for action in data["actions"])
        return cls(**{**data, "actions": actions, **moments})

    def buttons(self) -> list[dict[str, Any]]:
        """The actions as JSON can hold them."""
        return [asdict(action) for action in self.actions]


def clipped(text: str, most: int) -> str:
    """The text, ending in an ellipsis where it is longer than `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def titled(one: str, many: str, count: int) -> str:
    """The title of a notification that stands for so many."""
    return clipped(many.replace("{count}", str(count)), TITLE_MAX) if many and count > 1 else one
