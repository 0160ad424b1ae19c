"""Boards over HTTP and commands: made, read, changed, taken away and brought back."""

import json
from typing import Any

import pytest
from django.test import Client

from dashboard import access
from dashboard.models import Board
from project.accounts.actions import issue_token
from project.accounts.models import User
from project.realtime import log
from project.realtime.streams import Verdict
from tests.dashboard.conftest import Push

PANEL = {
    "id": "p1",
    "type": "line",
    "title": "Load",
    "w": 6,
    "h": 4,
    "queries": [{"metric": "load", "fn": "avg"}],
}


class Api:
    """Somebody's token at work."""

    def __init__(self, user: User, *scopes: str) -> None:
        _, secret = issue_token(user, "test", scopes=scopes or ("read", "write", "metrics"))
        self._client = Client(headers={"authorization": f"Bearer {secret}"})

    def get(self, path: str, **query: Any) -> Any:
        return self._client.get(f"/api/v1/{path}", query).json()

    def post(self, path: str, **data: Any) -> Any:
        return self._client.post(f"/api/v1/{path}", data, content_type="application/json").json()

    def command(self, name: str, /, **data: Any) -> Any:
        return self.post(f"commands/{name}", **data)


@pytest.fixture
def api(alice: User) -> Api:
    return Api(alice)


@pytest.fixture
def board(api: Api) -> dict[str, Any]:
    return dict(api.command("board.create", title="My Servers", panels=[PANEL])["data"])


def events(slug: str) -> list[tuple[str, Any]]:
    found = log.read(access.stream_of(slug), 0, 100)
    return [(event.type, json.loads(event.item)["data"]) for event in found]


def test_a_board_is_made_and_read(api: Api, board: dict[str, Any]) -> None:
    assert (board["slug"], board["version"], board["panels"]) == ("my-servers", 1, [PANEL])
    read = api.get("boards/my-servers")
    assert read["board"] == board
    assert read["cursor"].endswith("/board.my-servers:1")
    assert [one["slug"] for one in api.get("boards")["boards"]] == ["my-servers"]
    assert [type for type, _ in events("my-servers")] == ["board.changed"]


def test_two_boards_of_one_title_have_slugs_of_their_own(api: Api, board: dict[str, Any]) -> None:
    assert api.command("board.create", title="My Servers")["data"]["slug"] == "my-servers-2"
    assert api.command("board.create", title="Preview")["data"]["slug"] == "preview-2"
    assert api.command("board.create", title="X", slug="my-servers")["error"]["code"] == "conflict"
    assert api.command("board.create", title="X", slug="preview")["error"]["code"] == "conflict"


@pytest.mark.parametrize(
    "panel",
    [
        PANEL | {"type": "pie"},
        PANEL | {"w": 13},
        PANEL | {"colour": "red"},
        PANEL | {"id": "a b"},
        PANEL | {"title": "a\x00"},
        PANEL | {"min": 2, "max": 1},
        PANEL | {"queries": [{"metric": "load", "fn": "median"}]},
        PANEL | {"queries": [{"metric": "load", "window": 0}]},
    ],
)
def test_a_panel_that_means_nothing_is_refused(api: Api, panel: dict[str, Any]) -> None:
    assert api.command("board.create", title="X", panels=[panel])["error"]["code"] == "invalid"
    assert not Board.objects.exists()


def test_two_panels_cannot_have_one_id(api: Api) -> None:
    assert api.command("board.create", title="X", panels=[PANEL, PANEL])["error"]["code"] == "invalid"


def test_a_change_keeps_what_was_and_two_at_once_do_not_undo_each_other(
    api: Api, board: dict[str, Any]
) -> None:
    changed = api.command("board.update", board="my-servers", title="Servers", version=1)
    assert (changed["data"]["version"], changed["data"]["panels"]) == (2, [PANEL])
    refused = api.command("board.update", board="my-servers", panels=[], version=1)
    assert refused["error"]["code"] == "conflict"
    versions = api.get("boards/my-servers/versions")["versions"]
    assert [(one["version"], one["title"], one["author"]["name"]) for one in versions] == [
        (2, "Servers", "Alice A."),
        (1, "My Servers", "Alice A."),
    ]


def test_an_old_version_can_be_had_again(api: Api, board: dict[str, Any]) -> None:
    api.command("board.update", board="my-servers", title="Servers", panels=[])
    restored = api.command("board.restore", board="my-servers", version=1)["data"]
    assert (restored["version"], restored["title"], restored["panels"]) == (3, "My Servers", [PANEL])
    assert api.command("board.restore", board="my-servers", version=9)["error"]["code"] == "not_found"


def test_a_deleted_board_is_gone_for_everybody_and_can_come_back(
    api: Api, board: dict[str, Any], alice: User
) -> None:
    api.command("board.delete", board="my-servers")
    question = (alice.pk, "my-servers")
    assert access.verdicts([question]) == {question: Verdict.NOT_FOUND}
    assert api.get("boards/my-servers")["error"]["code"] == "not_found"
    assert api.get("boards/my-servers/data")["error"]["code"] == "not_found"
    assert api.command("board.update", board="my-servers", title="X")["error"]["code"] == "not_found"
    assert api.command("board.restore", board="my-servers")["data"]["version"] == 2
    assert access.verdicts([question]) == {question: Verdict.OK}
    assert [data["deleted"] for _, data in events("my-servers")] == [False, True, False]


def test_what_a_board_shows_comes_with_the_cursor_to_go_on_from(
    api: Api, board: dict[str, Any], push: Push
) -> None:
    push({"name": "load", "value": 2.0}, {"name": "load", "value": 4.0})
    Board.objects.update(ticked=0)
    found = api.get("boards/my-servers/data", width=500)
    assert found["cursor"].endswith("/board.my-servers:1")
    assert (found["step"], found["from"] % 10) == (10, 0)
    assert Board.objects.get().followed_until > 0


def test_panels_on_no_board_can_be_tried(api: Api, push: Push) -> None:
    push({"name": "load", "value": 2.0, "at": 1.0})
    wanted = {"panels": [PANEL], "from": 1_000, "to": 1_060, "width": 100}
    assert api.post("boards/preview", **wanted)["panels"] == {"p1": []}
    assert api.post("boards/preview", **wanted | {"to": 900})["error"]["code"] == "invalid"


@pytest.mark.parametrize("query", [{"from": 5, "to": 5}, {"from": "nan"}, {"to": 1e15}, {"width": 0}])
def test_a_range_that_means_nothing_is_refused(
    api: Api, board: dict[str, Any], query: dict[str, Any]
) -> None:
    assert api.get("boards/my-servers/data", **query)["error"]["code"] == "invalid"


def test_what_is_measured_can_be_found(api: Api, push: Push) -> None:
    push(
        {"name": "load", "value": 1, "labels": {"host": "a"}}, {"name": "hits", "kind": "counter", "value": 1}
    )
    found = api.get("metrics", q="lo")["metrics"]
    assert [(one["name"], one["kind"], one["series"]) for one in found] == [("load", "gauge", 1)]


def test_measurements_over_http_need_their_scope(alice: User) -> None:
    sample = {"name": "load", "value": 1}
    refused = Api(alice, "read", "write").command("metrics.push", samples=[sample])
    assert refused["error"]["code"] == "forbidden"
    answer = Api(alice, "metrics").command("metrics.push", samples=[sample, {}])
    assert answer["data"] == {"accepted": 1, "rejected": [{"index": 1, "reason": "name"}]}


def test_reading_boards_needs_its_scope(alice: User) -> None:
    assert Api(alice, "metrics").get("boards")["error"]["code"] == "forbidden"
