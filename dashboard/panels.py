"""What a board's panels may be: their schema, which every board is checked against before it is kept."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from project.realtime.texts import Text

from .models import NAME_MAX, TITLE_MAX

PANELS_MAX = 60  # on a board: a long page; each is drawn every second
QUERIES_MAX = 10  # in a panel
BY_MAX = 10
LABEL_MAX = 200  # characters of a label's name or value
WINDOW_MAX = 6 * 3_600  # seconds that a moving average or a session looks back
TEXT_MAX = 5_000

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
Function = Literal[
    "rate",
    "increase",
    "avg",
    "sum",
    "min",
    "max",
    "p50",
    "p90",
    "p95",
    "p99",
    "count",
    "last",
    "moving_avg",
    "sessions",
]
Type = Literal["line", "area", "stacked", "stat", "gauge", "heatmap", "table", "status", "text"]


Short = Annotated[str, Text, StringConstraints(max_length=TITLE_MAX)]
Label = Annotated[str, Text, StringConstraints(max_length=LABEL_MAX)]
Name = Annotated[str, Text, StringConstraints(max_length=NAME_MAX)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Strict(Schema):
    """Refuses fields that mean nothing, so that a slip is noticed."""

    model_config = ConfigDict(extra="forbid")


class Selection(Strict):
    """A metric, of it the series with these labels, put together by `by`, as a function of time.

    `window` is how far a moving average looks back, or how long a pause ends a session, in seconds.
    """

    metric: Name
    where: dict[Label, Label] = Field(default_factory=dict, max_length=BY_MAX)
    fn: Function = "avg"
    by: list[Label] = Field(default_factory=list, max_length=BY_MAX)
    window: int = Field(60, ge=1, le=WINDOW_MAX)
    legend: Short = ""

    def is_of(self, labels: Mapping[str, str]) -> bool:
        """Whether it is about a series with these labels; one that is empty is none."""
        return all(labels.get(name, "") == value for name, value in self.where.items())


class Query(Selection):
    """What one panel asks, perhaps in relation to something else."""

    ratio_to: Selection | None = None

    @property
    def sides(self) -> Sequence[Selection]:
        """What is asked, and what it is divided by, where that is so."""
        return (self,) if self.ratio_to is None else (self, self.ratio_to)


class Threshold(Strict):
    """From this value on, a state."""

    value: Finite
    state: Literal["ok", "warn", "critical"]


class Panel(Strict):
    """A chart, a number, a list or a text, `w` of twelve columns wide and `h` rows high."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    type: Type
    title: Short = ""
    unit: Annotated[str, Text, StringConstraints(max_length=32)] = ""
    w: int = Field(6, ge=1, le=12)
    h: int = Field(5, ge=1, le=24)
    queries: list[Query] = Field(default_factory=list, max_length=QUERIES_MAX)
    min: Finite | None = None
    max: Finite | None = None
    thresholds: list[Threshold] = Field(default_factory=list, max_length=10)
    text: Annotated[str, Text, StringConstraints(max_length=TEXT_MAX)] = ""

    @model_validator(mode="after")
    def _in_order(self) -> "Panel":
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError("The largest value must be above the smallest.")
        return self


def _distinct(panels: list[Panel]) -> list[Panel]:
    if len({panel.id for panel in panels}) != len(panels):
        raise ValueError("Two panels have the same id.")
    return panels


Panels = Annotated[list[Panel], Field(max_length=PANELS_MAX), AfterValidator(_distinct)]


def stored(panels: list[Panel]) -> list[dict[str, object]]:
    """As JSON, without what was left out but for the size, which every page needs."""
    return [panel.model_dump(exclude_unset=True) | {"w": panel.w, "h": panel.h} for panel in panels]


def parsed(panels: list[dict[str, object]]) -> list[Panel]:
    """Panels as they were stored; they were checked then."""
    return [Panel.model_validate(panel) for panel in panels]
