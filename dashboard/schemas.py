"""The shape of what this app sends, for replies, reads, and the API description."""

from ninja import Schema


class RejectedSample(Schema):
    """The place of a sample in what was sent, and why it was not taken."""

    index: int
    reason: str


class Pushed(Schema):
    """What became of samples."""

    accepted: int
    rejected: list[RejectedSample]
