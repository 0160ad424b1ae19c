"""Migrations that carry rows over do so in a database that has rows."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ConnectionHandler
from pytest_django.plugin import DjangoDbBlocker

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
Migrate = Callable[[str], Any]


@pytest.fixture
def migrate(django_db_blocker: DjangoDbBlocker) -> Iterator[Migrate]:
    """`migrate("0007_posted_incidents")` brings a database in memory there, and returns its models by app and name."""

    def migrate(name: str) -> Any:
        executor = MigrationExecutor(connection)  # anew: it knows what was applied when it was made
        executor.migrate([("dashboard", name)])
        return executor.loader.project_state([("dashboard", name)]).apps.get_model

    with django_db_blocker.unblock():
        real = connections["default"]
        own = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
        connections["default"] = own["default"]
        try:
            yield migrate
        finally:
            own["default"].close()
            connections["default"] = real


def test_messages_and_frozen_links_of_before_are_carried_over(migrate: Migrate) -> None:
    model = migrate("0007_posted_incidents")
    board = model("dashboard", "Board").objects.create(slug="shop", title="Shop", panels=[])
    rule = model("dashboard", "Rule").objects.create(board_id=board.pk, title="Slow", definition={})
    posts = [model("dashboard", "Post").objects.create(room=1, at=MOMENT) for _ in range(3)]

    def alert(digest: str, state: str, incident: int, told: int, post: Any) -> int:
        row = model("dashboard", "Alert").objects.create(
            rule_id=rule.pk, digest=digest, state=state, since=900, mark=900, fired=800, incident=incident
        )
        model("dashboard", "Alert").objects.filter(pk=row.pk).update(told=told, post=post)
        return int(row.pk)

    fires = alert("a", "firing", 2, 2, posts[0].pk)
    over = alert("b", "ok", 1, 1, posts[1].pk)
    alert("c", "firing", 3, 2, posts[1].pk)  # of this incident nobody was told yet
    person = model("accounts", "User").objects.create(username="ada")
    kept = {"title": "Then", "panels": [{"id": "p"}], "data": {"step": 1, "panels": {"p": []}}}
    times = {"expires_at": MOMENT, "created_by_id": person.pk, "board_id": board.pk}
    shares = model("dashboard", "Share").objects
    frozen = shares.create(
        digest="f", frozen=zlib.compress(json.dumps(kept).encode()), frozen_to=9.0, **times
    ).pk
    live = shares.create(digest="l", **times).pk

    model = migrate("0009_frozen_board")
    told = model("dashboard", "PostedIncident").objects.order_by("alert_id")
    assert list(told.values_list("alert_id", "post_id", "incident", "fired", "ended")) == [
        (fires, posts[0].pk, 2, 800, None),
        (over, posts[1].pk, 1, 800, 900),
    ]
    ended = dict(model("dashboard", "Post").objects.values_list("pk", "ended_at"))
    assert ended == {posts[0].pk: None, posts[1].pk: None, posts[2].pk: MOMENT}
    share = model("dashboard", "Share").objects.get(pk=frozen)
    assert json.loads(gzip.decompress(share.frozen)) == {"cursor": ""} | kept["data"]
    assert share.frozen_board == {"title": "Then", "panels": [{"id": "p"}]}
    share = model("dashboard", "Share").objects.get(pk=live)
    assert (bytes(share.frozen), share.frozen_board) == (b"", None)
