"""The shape of what this app sends, for replies, reads, and the API description."""

from typing import Any

from ninja import Schema
from pydantic import Field


class RejectedSample(Schema):
    """The place of a sample in what was sent, and why it was not taken."""

    index: int
    reason: str


class Pushed(Schema):
    """What became of samples."""

    accepted: int
    rejected: list[RejectedSample]


class BoardSummary(Schema):
    """A board without its panels. `stream` is where its ticks are."""

    slug: str
    title: str
    version: int
    stream: str
    updated_at: str


class BoardOut(BoardSummary):
    """A board with its panels, see docs/protocol.md."""

    panels: list[dict[str, Any]]


class Boards(Schema):
    """All boards, by title."""

    boards: list[BoardSummary]


class OneBoard(Schema):
    """A board, and the cursor of its stream."""

    board: BoardOut
    cursor: str


class Author(Schema):
    """Who made a version."""

    id: int
    name: str
    avatar: str | None


class Version(Schema):
    """What a board once was. Nobody is the author of what came with the site."""

    version: int
    title: str
    panels: list[dict[str, Any]]
    at: str
    author: Author | None


class Versions(Schema):
    """The versions of a board, the newest first."""

    versions: list[Version]


class LineOut(Schema):
    """One series of a panel. `points` are pairs of a window's start and its value; one without samples is left out."""

    key: str
    labels: dict[str, str]
    name: str
    points: list[Any]


class Shown(Schema):
    """What panels show, by their ids, in windows of `step` seconds that start in `[from, to)`. `more` says how many
    lines there are besides, for those panels that leave some out."""

    step: int
    start: int = Field(alias="from")
    end: int = Field(alias="to")
    panels: dict[str, list[LineOut]]
    more: dict[str, int]


class Snapshot(Shown):
    """The same with the cursor from which on ticks tell the rest."""

    cursor: str


class AnnotationOut(Schema):
    """A message that was pinned to a time. `url` leads to it."""

    id: str
    at: str
    text: str
    author: str
    url: str


class Annotations(Schema):
    """What was said at a time, the oldest first. The cursor is that of the stream that tells when it is different."""

    annotations: list[AnnotationOut]
    cursor: str


class MetricOut(Schema):
    """Something that is measured. `last_at` is in Unix seconds."""

    name: str
    kind: str
    unit: str
    help: str
    series: int
    last_at: float | None


class Metrics(Schema):
    """What is measured."""

    metrics: list[MetricOut]


class SourceOut(Schema):
    """Who sends measurements; `agent` is one of those that share a token. Times are in Unix seconds, `lag` is how far
    the newest sample is behind the clock."""

    source: str
    name: str
    agent: str
    newest_at: float
    received_at: float
    watermark: float
    lag: float
    accepted: int
    late: int
    rejected: int


class Sources(Schema):
    """Who sends measurements."""

    sources: list[SourceOut]
