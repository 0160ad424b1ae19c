"""What a rule may say: its schema, which every rule is checked against before it is kept."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from dashboard.models import SLUG_MAX, TITLE_MAX
from dashboard.panels import BY_MAX, Finite, Label, Query, Strict
from project.accounts.models import time_zones
from project.realtime.texts import Text

STEP = 10
"""Seconds. Rules look at whole multiples of it, so that a minute of one series is six rows."""
DAY = 86_400
OVER_MAX = 3_600
CHANGE_MAX = 6 * DAY
"""What is compared has to be there still, in windows of ten seconds."""
WEEKS_MAX = 4
"""What is usual is read in windows of a minute, which are kept for a month."""
USUAL_OVER_MAX = 900
"""Four values of an hour at least."""
DESCRIPTION_MAX = 1_000
FOLLOWERS_MAX = 200
REFERENCES_MAX = 20

Severity = Literal["info", "warning", "critical"]
Policy = Literal["ok", "keep", "alert"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _whole(step: int) -> AfterValidator:
    def check(value: int) -> int:
        if value % step:
            raise ValueError(f"Must be a whole multiple of {step} seconds.")
        return value

    return AfterValidator(check)


def _title(value: str) -> str:
    value = " ".join(value.split())
    if not value:
        raise ValueError("Give the rule a title.")
    return value


def _zone(value: str) -> str:
    if value not in time_zones():
        raise ValueError("Not a time zone. Use a name like Europe/Vienna.")
    return value


Steps = Annotated[int, _whole(STEP)]
Over = Annotated[int, Field(ge=STEP, le=OVER_MAX), _whole(STEP)]
Id = Annotated[int, Field(ge=1, lt=2**63)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
TopicName = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9_-]+$")]


class Asking(Strict):
    """A query, answered for the `over` seconds that end with each evaluation. The rule's `group_by` puts it together:
    a `by` of its own would say the same in a second place."""

    query: Query
    over: Over = 60


class Bounded(Asking):
    """Beyond a bound, and back only where `recover` is crossed."""

    above: Finite | None = None
    below: Finite | None = None
    recover: Finite | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> "Bounded":
        if (self.above is None) == (self.below is None):
            raise ValueError("Say either `above` or `below`.")
        if self.recover is not None and self.above is not None and self.recover > self.above:
            raise ValueError("What is too high recovers below the bound.")
        if self.recover is not None and self.below is not None and self.recover < self.below:
            raise ValueError("What is too low recovers above the bound.")
        return self


class Threshold(Bounded):
    """The value is above or below a bound."""

    kind: Literal["threshold"]


class Change(Bounded):
    """The value differs from what it was `window` seconds earlier, by more than a bound; `percent`: of what it was."""

    kind: Literal["change"]
    window: Annotated[int, Field(ge=STEP, le=CHANGE_MAX), _whole(STEP)] = 600
    percent: bool = False


class NoData(Asking):
    """Nothing was measured for `over` seconds, of what was measured within the last day."""

    kind: Literal["no_data"]
    over: Annotated[int, Field(ge=STEP, le=DAY), _whole(STEP)] = 60


class Anomaly(Asking):
    """The value is unusual: more than `deviations` away from the median of the same hour of the past weeks, and by
    `least` at least. See `anomaly`."""

    kind: Literal["anomaly"]
    over: Annotated[int, Field(ge=60, le=USUAL_OVER_MAX), _whole(60)] = 300
    deviations: Annotated[float, Field(ge=1, le=100)] = 5.0
    recover: Annotated[float, Field(ge=0, le=100)] | None = None
    direction: Literal["both", "above", "below"] = "both"
    weeks: Annotated[int, Field(ge=2, le=WEEKS_MAX)] = WEEKS_MAX
    least: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0

    @model_validator(mode="after")
    def _nearer(self) -> "Anomaly":
        if self.recover is not None and self.recover > self.deviations:
            raise ValueError("What is unusual recovers with fewer deviations.")
        return self


References = Annotated[list[Id], Field(max_length=REFERENCES_MAX)]


class Composite(Strict):
    """Every rule in `all` fires, one in `any` at least (if there are some), and none in `none`."""

    kind: Literal["composite"]
    all: References = Field(default_factory=list)
    any: References = Field(default_factory=list)
    none: References = Field(default_factory=list)

    @model_validator(mode="after")
    def _something(self) -> "Composite":
        if not self.all and not self.any:
            raise ValueError("Name a rule that has to fire, in `all` or `any`.")
        if len(self.references) != len(self.all) + len(self.any) + len(self.none):
            raise ValueError("Name each rule once.")
        return self

    @property
    def references(self) -> set[int]:
        """The rules it is made of."""
        return {*self.all, *self.any, *self.none}


Condition = Annotated[Threshold | Change | NoData | Anomaly | Composite, Field(discriminator="kind")]


class MuteTime(Strict):
    """Each week, on these days, from one time to another; `until` is on the next day where it is not after `start`."""

    days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    start: Clock = Field(alias="from")
    until: Clock
    zone: Annotated[str, Text, StringConstraints(max_length=64), AfterValidator(_zone)] = "UTC"


class Followers(Strict):
    """Who is told: those who follow these topics, and these people."""

    topics: Annotated[list[TopicName], Field(max_length=10)] = []
    people: Annotated[list[Id], Field(max_length=FOLLOWERS_MAX)] = []


class Definition(Strict):
    """A whole rule. Times are in seconds."""

    title: Annotated[str, Text, StringConstraints(max_length=TITLE_MAX), AfterValidator(_title)]
    description: Annotated[str, Text, StringConstraints(max_length=DESCRIPTION_MAX)] = ""
    board: Annotated[str, Text, StringConstraints(max_length=SLUG_MAX)] = "this-server"
    severity: Severity = "warning"
    enabled: bool = True
    condition: Condition
    group_by: Annotated[list[Label], Field(max_length=BY_MAX)] = []
    every: Annotated[int, Field(ge=STEP, le=OVER_MAX), _whole(STEP)] = STEP
    holds_for: Annotated[int, Field(ge=0, le=DAY)] = Field(0, alias="for")
    keep_firing: Annotated[int, Field(ge=0, le=DAY)] = 0
    no_data: Policy = "keep"
    on_error: Policy = "keep"
    mute_times: Annotated[list[MuteTime], Field(max_length=20)] = []
    followers: Followers = Field(default_factory=Followers)
    room: Id | None = None
    group: Literal["board", "rule"] = "board"
    group_wait: Annotated[int, Field(ge=0, le=600)] = 10

    @model_validator(mode="after")
    def _one_grouping(self) -> "Definition":
        if len(set(self.group_by)) != len(self.group_by):
            raise ValueError("Name each label once in `group_by`.")
        query = getattr(self.condition, "query", None)
        if query is not None:
            if query.by and query.by != self.group_by:
                raise ValueError("The rule's `group_by` puts the query together: leave out its `by`.")
            if query.ratio_to is not None and query.ratio_to.by not in ([], self.group_by):
                raise ValueError("A ratio is to the same `group_by`, or to the whole.")
        return self

    def stored(self) -> dict[str, Any]:
        """As JSON, complete: what a rule did must not change with the defaults."""
        return self.model_dump(by_alias=True, mode="json")


def parsed(definition: dict[str, Any]) -> Definition:
    """A rule as it was stored; it was checked then."""
    return Definition.model_validate(definition)
