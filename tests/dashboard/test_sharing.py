"""Links to boards: what they show, to whom, and when they end."""

import gzip
import json
import time
from collections import OrderedDict
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard import retention
from dashboard.models import Share
from dashboard.sharing import actions, queries, views
from project.accounts import links
from project.accounts.authentication import identify, recognize_many, still_valid
from project.accounts.models import User
from project.realtime import http_limits, limits
from project.realtime.protocol import COMMAND_BURST_SECONDS
from tests.dashboard.conftest import Push
from tests.dashboard.test_boards import PANEL, Api


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests asked for does not count."""
    monkeypatch.setattr(http_limits, "_buckets", OrderedDict())


@pytest.fixture
def api(alice: User) -> Api:
    return Api(alice)


@pytest.fixture
def slug(api: Api) -> str:
    panel = PANEL | {"id": "p2", "type": "text", "text": "Ask Bob.", "queries": []}
    return str(api.command("board.create", title="My Servers", panels=[PANEL, panel])["data"]["slug"])


def share(api: Api, slug: str, **more: Any) -> dict[str, Any]:
    reply = api.command("board.share", board=slug, **more)
    assert reply["ok"], reply
    return dict(reply["data"])


def secret_of(made: dict[str, Any]) -> str:
    return str(made["path"].split("/")[-2])


def headers_of(made: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {secret_of(made)}"}


def test_a_link_opens_the_board_without_an_account(api: Api, slug: str, push: Push) -> None:
    push({"name": "load", "value": 3, "at": time.time() - 20})
    made = share(api, slug)
    page = Client().get(made["path"])
    assert page.status_code == 200
    assert b"My Servers" in page.content
    data = Client().get(made["path"] + "data", {"from": time.time() - 60}).json()
    assert [value for _, value in data["panels"]["p1"][0]["points"]] == [3]
    assert data["cursor"].rpartition("/")[2].startswith("board.my-servers:")


def test_the_page_says_nothing_of_what_is_measured_and_tells_nobody_its_address(api: Api, slug: str) -> None:
    made = share(api, slug)
    page = Client().get(made["path"])
    assert b'"metric"' not in page.content
    assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert not page.cookies


def test_only_a_digest_of_the_secret_is_kept(api: Api, slug: str) -> None:
    made = share(api, slug, name="For the wall")
    row = Share.objects.get()
    assert secret_of(made) not in str(Share.objects.values().get())
    assert row.digest != secret_of(made)
    listed = api.get(f"boards/{slug}/shares")["shares"]
    assert [(one["id"], one["name"], one["live"]) for one in listed] == [(made["id"], "For the wall", True)]
    assert "path" not in listed[0]


@pytest.mark.parametrize(
    "path",
    ["me", "boards", "metrics", "boards/my-servers", "boards/my-servers/data", "boards/my-servers/shares"],
)
def test_the_secret_opens_nothing_of_the_api(api: Api, slug: str, path: str) -> None:
    made = share(api, slug)
    assert Client(headers=headers_of(made)).get(f"/api/v1/{path}").status_code == 401


def test_the_secret_sends_no_command_and_signs_nobody_in(api: Api, slug: str) -> None:
    made = share(api, slug)
    client = Client(headers=headers_of(made))
    refused = client.post("/api/v1/commands/board.delete", {"board": slug}, content_type="application/json")
    assert refused.status_code == 401
    assert client.get(f"/dashboard/{slug}/").status_code == 302
    assert identify(headers_of(made)) is None


def test_a_visitor_may_follow_the_board_and_nothing_else(api: Api, slug: str) -> None:
    made = share(api, slug)
    (visitor,) = recognize_many([headers_of(made)])
    assert visitor is not None
    assert (visitor.user_id, visitor.only, visitor.scopes) == (0, f"board.{slug}", frozenset())


def test_a_link_ends_when_it_expires_is_revoked_or_its_board_or_maker_goes(
    api: Api, slug: str, alice: User
) -> None:
    def end_time(share_: Share) -> None:
        Share.objects.filter(pk=share_.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    def deactivate(_: Share) -> None:
        User.objects.filter(pk=alice.pk).update(is_active=False)

    ends = [
        end_time,
        lambda one: actions.revoke(alice, one.pk),
        lambda _: api.command("board.delete", board=slug),
        deactivate,
    ]
    for end in ends:
        made = share(api, slug)
        (visitor,) = recognize_many([headers_of(made)])
        assert visitor is not None
        assert still_valid([visitor]) == [True]
        end(Share.objects.get(pk=made["id"]))
        assert recognize_many([headers_of(made)]) == [None]
        assert still_valid([visitor]) == [False]
        assert Client().get(made["path"]).status_code == 404
        assert Client().get(made["path"] + "data").status_code == 404
        User.objects.filter(pk=alice.pk).update(is_active=True)
        api.command("board.restore", board=slug)


def test_a_frozen_link_stays_what_it_was(api: Api, slug: str, push: Push) -> None:
    now = int(time.time())
    push({"name": "load", "value": 3, "at": now - 20})
    made = share(api, slug, frozen={"from": now - 60, "to": now - 5})
    before = Client().get(made["path"] + "data").json()
    assert [value for _, value in before["panels"]["p1"][0]["points"]] == [3]
    push({"name": "load", "value": 9, "at": now - 20})
    api.command("board.update", board=slug, title="Other", panels=[])
    assert Client().get(made["path"] + "data", {"from": 0}).json() == before
    (listed,) = api.get(f"boards/{slug}/shares")["shares"]
    assert (listed["from"], listed["to"], listed["live"]) == (now - 60, now - 5, False)
    page = Client().get(made["path"])
    assert b"My Servers" in page.content
    assert b"Other" not in page.content


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("br, GZIP;q=0.5", "gzip"),
        ("gzip; q=0.0, br", None),
        ("br", None),
        ("", None),
    ],
)
def test_what_is_frozen_is_sent_as_it_is_kept(
    api: Api, slug: str, monkeypatch: pytest.MonkeyPatch, accepted: str, coding: str | None
) -> None:
    now = int(time.time())
    made = share(api, slug, frozen={"from": now - 60, "to": now})
    kept = bytes(Share.objects.get().frozen)
    monkeypatch.setattr(views, "_json", None)
    answer = Client().get(made["path"] + "data", headers={"accept-encoding": accepted})
    assert answer.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer["Vary"]
    assert answer.content == (kept if coding else gzip.decompress(kept))
    assert json.loads(gzip.decompress(kept))["cursor"] == ""


def test_the_page_of_a_frozen_link_does_not_read_what_it_shows(api: Api, slug: str) -> None:
    now = int(time.time())
    made = share(api, slug, frozen={"from": now - 60, "to": now})
    with CaptureQueriesContext(connection) as asked:
        assert Client().get(made["path"]).status_code == 200
    assert not [query for query in asked.captured_queries if '"frozen"' in query["sql"]]


@pytest.mark.parametrize("end", ["", "data"])
def test_one_link_is_used_only_so_often_from_wherever(
    api: Api, slug: str, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(limits.time, "monotonic", lambda: 1_000.0)
    monkeypatch.setattr(http_limits.settings, "LIMIT_COMMANDS_PER_SECOND", 1)
    now = int(time.time())
    for more in ({}, {"frozen": {"from": now - 60, "to": now}}):
        http_limits._buckets.clear()
        path = share(api, slug, **more)["path"] + end
        http_limits._buckets.clear()
        answers = [Client(REMOTE_ADDR=f"10.0.0.{n}").get(path) for n in range(COMMAND_BURST_SECONDS + 1)]
        assert [answer.status_code for answer in answers] == [200] * COMMAND_BURST_SECONDS + [429]
        assert answers[-1]["Retry-After"] == "1"


def test_a_page_and_the_data_that_it_reads_are_one_use_of_a_link(
    api: Api, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.time, "monotonic", lambda: 1_000.0)
    monkeypatch.setattr(http_limits.settings, "LIMIT_COMMANDS_PER_SECOND", 1)
    http_limits._buckets.clear()
    path = share(api, slug)["path"]
    http_limits._buckets.clear()
    for _ in range(COMMAND_BURST_SECONDS):
        assert [Client().get(path + end).status_code for end in ("", "data")] == [200, 200]


def test_a_frozen_link_follows_nothing(api: Api, slug: str) -> None:
    now = int(time.time())
    made = share(api, slug, frozen={"from": now - 60, "to": now})
    assert recognize_many([headers_of(made)]) == [None]


def test_what_is_too_much_to_keep_is_refused(
    api: Api, slug: str, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "FROZEN_BYTES_MAX", 10)
    now = int(time.time())
    reply = api.command("board.share", board=slug, frozen={"from": now - 60, "to": now})
    assert reply["error"]["code"] == "too_large"
    assert not Share.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"seconds": 59},
        {"seconds": 367 * 86_400},
        {"frozen": {"from": 9, "to": 9}},
        {"name": "x\x00"},
        {"board": "no"},
    ],
)
def test_nonsense_is_refused(api: Api, slug: str, wrong: dict[str, Any]) -> None:
    assert not api.command("board.share", **({"board": slug} | wrong))["ok"]


def test_secrets_that_are_wrong_are_tried_only_so_often(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.time, "monotonic", lambda: 1_000.0)
    allowed = settings.LIMIT_COMMANDS_PER_SECOND * COMMAND_BURST_SECONDS
    answers = [Client().get(f"/dashboard/shared/wrs_{n}/").status_code for n in range(allowed + 1)]
    assert set(answers[:-1]) == {404}
    assert answers[-1] == 429


def test_opening_a_link_is_noted_once_a_minute(api: Api, slug: str) -> None:
    made = share(api, slug)
    Client().get(made["path"])
    first = Share.objects.get().opened_at
    assert first is not None
    Client().get(made["path"])
    assert Share.objects.get().opened_at == first


def test_a_link_is_not_mistaken_for_a_token(api: Api, slug: str) -> None:
    made = share(api, slug)
    assert links.is_link(secret_of(made))
    assert not links.is_link("wr_something")
    assert queries.find("") is None


def test_a_link_that_is_over_is_removed_with_what_it_kept(api: Api, slug: str) -> None:
    share(api, slug)
    over = share(api, slug, frozen={"from": 100, "to": 200})["id"]
    Share.objects.filter(pk=over).update(expires_at=timezone.now() - timedelta(seconds=1))
    retention.tend(time.time())
    assert Share.objects.count() == 1
    assert not Share.objects.filter(pk=over).exists()
