"""A worker inside the server process, for sites that run no others."""

import asyncio
import threading

from django.conf import settings

from project.jobs.worker import Worker
from project.serving.drain import on_drain
from project.serving.lifecycle import on_start


def work_in_server() -> None:
    """Starts a worker with the server where JOBS_IN_SERVER says so; it finishes what is in hand when that drains."""
    if settings.JOBS_IN_SERVER:
        on_start(_start)


async def _start() -> None:
    worker = Worker(settings.JOBS_THREADS)
    # Not to be waited for at exit: what it has in hand then is taken over when its lease has run out.
    thread = threading.Thread(target=worker.run, name="worker", daemon=True)
    thread.start()

    async def stop() -> None:
        worker.stop()
        await asyncio.to_thread(thread.join)

    on_drain(stop)
