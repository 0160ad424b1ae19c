"""A job in a worker's hands, as its handler sees it."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from project.jobs.models import Job, Priority, State


class LostClaim(Exception):
    """Another worker has this job by now; whatever the handler did must not be committed."""


class Later(Exception):
    """Raised by a handler: try again in `seconds`. Not a failure, unless it goes on for a day."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:g} s")
        self.seconds = seconds


@dataclass
class Running:
    """One attempt at one job. `attempt` counts from 1; `is_last` tells that no other will follow by itself."""

    id: int
    name: str
    args: dict[str, Any]
    attempt: int
    is_last: bool
    claim: str
    priority: int = Priority.NORMAL
    finished: bool = field(default=False, init=False)

    def finish(self) -> None:
        """Ends the job as part of the handler's own transaction: both are committed, or neither.

        Raises LostClaim if this worker was too slow and another has taken the job over: let it through, so that the
        transaction rolls back. Raises RuntimeError outside a transaction.
        """
        if not connection.in_atomic_block:
            raise RuntimeError(f"{self.name} was to be finished outside a transaction")
        deleted, _ = self.row().delete()
        if not deleted:
            raise LostClaim
        self.finished = True

    def row(self) -> Any:
        """The job's row, as long as this attempt still holds it."""
        return Job.objects.filter(pk=self.id, state=State.RUNNING, claim=self.claim)
