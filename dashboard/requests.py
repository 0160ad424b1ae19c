"""What each command takes: fields with their limits. Their messages are shown to people."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, Field, StringConstraints

from project.realtime.texts import Text

from .models import AGENT_MAX, SLUG_MAX, TITLE_MAX
from .panels import Panels

SAMPLES_MAX = 1_000  # in one push: with a name and some labels each, about what a frame holds
BATCH_MAX = 100  # characters of a batch's id


def _title(value: str) -> str:
    value = " ".join(value.split())
    if not value:
        raise ValueError("Give the board a title.")
    return value


Title = Annotated[str, StringConstraints(max_length=TITLE_MAX, pattern=r"^[^\x00]*$"), AfterValidator(_title)]
Slug = Annotated[str, StringConstraints(max_length=SLUG_MAX, pattern=r"^[^\x00]*$")]


class Push(Schema):
    """Samples, each looked at by itself. The same `batch` again counts nothing and gets the first answer. `source`
    tells apart those that share a token."""

    samples: list[Any] = Field(max_length=SAMPLES_MAX)
    batch: str = Field("", max_length=BATCH_MAX, pattern=r"^[^\x00]*$")
    source: Annotated[str, Text, StringConstraints(max_length=AGENT_MAX)] = ""


class CreateBoard(Schema):
    """A new board. Without a `slug`, its title makes one."""

    title: Title
    panels: Panels = Field(default_factory=list)
    slug: str = Field("", max_length=SLUG_MAX, pattern=r"^[a-z0-9-]*$")


class UpdateBoard(Schema):
    """What is to change. With `version`, only where that is still the newest."""

    board: Slug
    title: Title | None = None
    panels: Panels | None = None
    version: int | None = None


class OneBoard(Schema):
    """A board, by its slug."""

    board: Slug


class RestoreBoard(Schema):
    """A deleted board, or what one was with this `version`."""

    board: Slug
    version: int | None = None


class Preview(Schema):
    """Panels that are on no board, and what is to be seen of them."""

    panels: Panels
    start: float | None = Field(None, alias="from", ge=0, le=2.0**40)
    end: float | None = Field(None, alias="to", ge=0, le=2.0**40)
    width: int = Field(1_000, ge=1, le=5_000)
