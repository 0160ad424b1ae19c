"""For whoever runs the site: is it alive, is it ready, what does it do."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import cache

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from project.realtime.database import in_database
from project.realtime.hub import Hub
from project.realtime.metrics import measure
from project.realtime.process import hub_of_this_process

READY_SECONDS = 3.0
"""A check that takes longer than this has failed; load balancers ask every few seconds."""


@require_safe
async def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing of what it needs."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
async def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this process can do its work, with each thing it needs: 200, or 503."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            hub: Hub | None = await hub_of_this_process()
    except Exception:
        hub = None
    found = {
        "database": await _check(_database),
        "migrations": await _check(_migrations),
        "layer": "ok" if hub and hub.layer.up else "down",
        "server": "draining" if hub and hub.draining else "ok",
    }
    ready = all(state == "ok" for state in found.values())
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503)


@require_safe
async def metrics(request: HttpRequest) -> HttpResponse:
    """This process's counters in Prometheus' text format. While the database is away, without what it would tell."""
    with suppress(Exception):
        async with asyncio.timeout(READY_SECONDS):
            await in_database(measure)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


async def _check(question: Callable[[], str]) -> str:
    try:
        async with asyncio.timeout(READY_SECONDS):
            return await in_database(question)
    except Exception:
        return "down"


def _database() -> str:
    with connection.cursor() as sql:
        sql.execute("SELECT 1")
    return "ok"


@cache
def _migrations() -> str:
    """Asked until it is so: a process never sees its migrations undone."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise LookupError("migrations are pending")
    return "ok"
