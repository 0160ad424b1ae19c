"""Cursors there and back, and what is not a cursor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project.realtime.errors import HTTP_STATUS, CommandError
from project.realtime.protocol import BadCursor, Cursor, encode, format_cursor, is_stream, parse_cursor

streams = st.from_regex(r"[a-z]{1,10}\.[A-Za-z0-9_-]{1,64}", fullmatch=True)
positions = st.dictionaries(streams, st.integers(0, 10**18 - 1))
epochs = st.from_regex(r"[A-Za-z0-9]{1,32}", fullmatch=True)


@given(epochs, positions)
def test_a_cursor_reads_back_as_it_was_written(epoch: str, positions: dict[str, int]) -> None:
    assert parse_cursor(format_cursor(epoch, positions)) == Cursor(epoch, dict(positions))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Cursor(None, {})),
        ("abc/", Cursor("abc", {})),
        ("room.7", Cursor(None, {"room.7": None})),
        ("room.7:0", Cursor(None, {"room.7": 0})),
        ("abc/room.7:12,inbox.3", Cursor("abc", {"room.7": 12, "inbox.3": None})),
        ("board.main-2_b:1", Cursor(None, {"board.main-2_b": 1})),
    ],
)
def test_every_form_of_a_cursor_is_read(text: str, expected: Cursor) -> None:
    assert parse_cursor(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "room",
        "room.",
        ".7",
        "room.7:",
        "room.7:-1",
        "room.7:1.5",
        "room.7:x",
        "room.7:٣",
        "room.7:" + "9" * 19,
        "room.7 ",
        "room.7,",
        ",room.7",
        "room.7,,room.8",
        "room.7,room.7:1",
        "/room.7",
        "ab c/room.7",
        "a/b/room.7",
        "Room.7",
        "room." + "x" * 65,
        "room.7\n",
        "room.7:1\n",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        parse_cursor(text)


@given(st.text(max_size=40))
def test_no_text_at_all_is_read_wrongly(text: str) -> None:
    try:
        epoch, positions = parse_cursor(text)
    except BadCursor:
        return
    assert all(map(is_stream, positions))
    assert epoch is None or epoch.isalnum()


@pytest.mark.parametrize("name", ["room.7", "board.a-b_C"])
def test_a_stream_has_a_kind_and_a_key(name: str) -> None:
    assert is_stream(name)


@pytest.mark.parametrize("name", ["control", "room.", "room.a.b", "room.7\n", 7, None, ["room.7"]])
def test_nothing_else_is_a_stream(name: object) -> None:
    assert not is_stream(name)


def test_an_item_is_compact_json_in_utf8() -> None:
    assert encode({"a": [1, "é"], "b": None}) == '{"a":[1,"é"],"b":null}'.encode()


def test_an_error_says_its_code_its_fields_and_when_to_come_back() -> None:
    error = CommandError("rate_limited", "Slower.", fields={"body": "too much"}, retry_after=1.5)
    assert error.payload() == {
        "code": "rate_limited",
        "message": "Slower.",
        "fields": {"body": "too much"},
        "retry_after": 1.5,
    }
    assert "retry_after" not in CommandError("invalid", "No.").payload()


def test_an_error_has_a_code_of_the_contract() -> None:
    with pytest.raises(ValueError, match="not an error code"):
        CommandError("teapot", "I am one.")


def test_every_code_has_the_status_of_the_contract() -> None:
    assert HTTP_STATUS == {
        "invalid": 422,
        "unknown_command": 404,
        "unauthenticated": 401,
        "forbidden": 403,
        "not_found": 404,
        "conflict": 409,
        "too_large": 413,
        "rate_limited": 429,
        "unavailable": 503,
        "internal": 500,
    }
