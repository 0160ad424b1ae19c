"""What replies and reads look like."""

from ninja import Schema
from pydantic import Field

from dashboard.schemas import Author


class ShareOut(Schema):
    """A link to a board. `from` and `to` (Unix seconds) are null where it shows the board live."""

    id: int
    board: str
    name: str
    live: bool
    start: float | None = Field(alias="from")
    end: float | None = Field(alias="to")
    created_by: Author
    created_at: str
    expires_at: str
    opened_at: str | None


class NewShareOut(ShareOut):
    """The same with its address, which is told this once."""

    path: str


class Shares(Schema):
    """A board's links that are good now."""

    shares: list[ShareOut]
