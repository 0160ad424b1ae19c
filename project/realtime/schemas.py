"""What the HTTP API says beside its data, for the API description."""

from ninja import Schema

from project.realtime.errors import HTTP_STATUS


class ErrorOut(Schema):
    """Why a request was refused. `retry_after` is in seconds."""

    code: str
    message: str
    fields: dict[str, str] = {}
    retry_after: float | None = None


class Refusal(Schema):
    """The body of every response that is not a success."""

    ok: bool = False
    error: ErrorOut


REFUSALS = dict.fromkeys(sorted(set(HTTP_STATUS.values())), Refusal)
"""Response schemas of every status that an operation may refuse with."""
