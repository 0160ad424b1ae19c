"""What each command takes: fields with their limits. Their messages are shown to people."""

from typing import Any

from ninja import Schema
from pydantic import Field

SAMPLES_MAX = 1_000  # in one push: with a name and some labels each, about what a frame holds
BATCH_MAX = 100  # characters of a batch's id


class Push(Schema):
    """Samples, each looked at by itself. The same `batch` again counts nothing and gets the first answer."""

    samples: list[Any] = Field(max_length=SAMPLES_MAX)
    batch: str = Field("", max_length=BATCH_MAX, pattern=r"^[^\x00]*$")
