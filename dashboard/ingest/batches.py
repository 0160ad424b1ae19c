"""Batches that were taken in. The same again counts nothing, and gets the first answer."""

import json
from collections.abc import Iterable, Sequence

from django.db import connection
from django.utils import timezone

from dashboard import store
from dashboard.models import Batch

from .points import Push, Rejection, Result


def claim(pushes: Sequence[Push]) -> list[Result | None]:
    """For each push what became of its batch, if that is known; else None, and it is this transaction's from now on,
    whatever others try. A second one of the same batch among these brings nothing: its answer is that of the first."""
    wanted = {(push.sender.key, push.batch) for push in pushes if push.batch}
    if not wanted:
        return [None] * len(pushes)
    mine = _insert(sorted(wanted))  # one order everywhere, so that nobody waits in a circle
    before = _results(wanted - mine)
    found: list[Result | None] = []
    for push in pushes:
        name = (push.sender.key, push.batch)
        if name in mine:
            mine.discard(name)
            found.append(None)
        else:
            found.append(before.get(name, Result(0, [])) if push.batch else None)
    return found


def remember(results: Iterable[tuple[Push, Result]]) -> None:
    """Keeps what became of the batches that are this transaction's."""
    rows = [
        [push.sender.key, push.batch, json.dumps(result.payload(), separators=(",", ":"))]
        for push, result in results
        if push.batch
    ]
    if rows:
        with connection.cursor() as sql:
            sql.execute(
                f"UPDATE dashboard_batch SET result = v.value ->> 2 FROM {store.json_rows()}"  # noqa: S608
                " WHERE dashboard_batch.sender = v.value ->> 0 AND dashboard_batch.key = v.value ->> 1",
                [json.dumps(rows)],
            )


def _insert(names: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of them that were not there."""
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO dashboard_batch (sender, key, result, at)"  # noqa: S608
            " SELECT v.value ->> 0, v.value ->> 1, '', %s"
            f" FROM {store.json_rows()} WHERE true ON CONFLICT DO NOTHING RETURNING sender, key",
            [connection.ops.adapt_datetimefield_value(timezone.now()), json.dumps(names)],
        )
        return {(sender, key) for sender, key in sql.fetchall()}


def _results(names: set[tuple[str, str]]) -> dict[tuple[str, str], Result]:
    rows = Batch.objects.filter(
        sender__in={sender for sender, _ in names}, key__in={key for _, key in names}
    ).values_list("sender", "key", "result")
    found = {}
    for sender, key, text in rows if names else ():
        said = json.loads(text)
        rejected = [Rejection(**one) for one in said["rejected"]]
        found[sender, key] = Result(said["accepted"], rejected)
    return found
