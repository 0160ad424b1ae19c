"""What each command takes."""

from ninja import Schema
from pydantic import Field, model_validator

from dashboard.models import SLUG_MAX, TITLE_MAX

MINUTE = 60
DAY = 86_400
SECONDS_MAX = 366 * DAY  # nobody remembers a link for longer
SPAN_MAX = 6 * 366 * DAY


class Span(Schema):
    """A stretch of time, in Unix seconds."""

    start: float = Field(alias="from", ge=0, le=2.0**40, allow_inf_nan=False)
    end: float = Field(alias="to", ge=0, le=2.0**40, allow_inf_nan=False)

    @model_validator(mode="after")
    def _check(self) -> "Span":
        if not 0 < self.end - self.start <= SPAN_MAX:
            raise ValueError("The end must be after the start, by six years at most.")
        return self


class ShareBoard(Schema):
    """A link to a board, good for so many `seconds`. With `frozen`, it shows what the board shows of that time now."""

    board: str = Field(max_length=SLUG_MAX, pattern=r"^[^\x00]*$")
    seconds: int = Field(7 * DAY, ge=MINUTE, le=SECONDS_MAX)
    name: str = Field("", max_length=TITLE_MAX, pattern=r"^[^\x00]*$")
    frozen: Span | None = None


class UnshareBoard(Schema):
    """A link, by its id."""

    share: int = Field(ge=1, le=2**63 - 1)
