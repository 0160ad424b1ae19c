"""A job with an effect that can be counted: links of a chain, each put by the one before."""

from django.db import transaction

from project.jobs import queue
from project.jobs.registry import job
from project.jobs.running import Running
from project.realtime import log

CHAIN = 2  # links


@job("link", max_attempts=1000)
def link(running: Running) -> None:
    """Notes its number on its chain's stream, and puts the next link."""
    chain, n = running.args["chain"], running.args["n"]
    with transaction.atomic():
        log.append(f"lab.chain{chain}", "lab.noted", {"n": n})
        if n < CHAIN:
            queue.put("link", {"chain": chain, "n": n + 1})
        running.finish()
