"""What a command answers when it cannot do what was asked."""

from collections.abc import Mapping
from typing import Any

HTTP_STATUS = {
    "invalid": 422,
    "unknown_command": 404,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "too_large": 413,
    "rate_limited": 429,
    "unavailable": 503,
    "internal": 500,
}
"""Every error code of the wire contract, and the HTTP status that says the same."""


class CommandError(Exception):
    """A refusal that the client is told about. `code` is a key of HTTP_STATUS, `retry_after` is in seconds."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        if code not in HTTP_STATUS:
            raise ValueError(f"{code!r} is not an error code of the contract")
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = dict(fields or {})
        self.retry_after = retry_after

    def payload(self) -> dict[str, Any]:
        """The `error` object of a reply."""
        payload: dict[str, Any] = {"code": self.code, "message": self.message, "fields": self.fields}
        if self.retry_after is not None:
            payload["retry_after"] = round(self.retry_after, 3)
        return payload

    @property
    def status(self) -> int:
        """The HTTP status for this code."""
        return HTTP_STATUS[self.code]
