"""Frames as bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project.serving.frames import frame, take_text

from .wire import BINARY, CLOSE, PING, encoded

LIMIT = 4096


@pytest.mark.parametrize(
    ("size", "header"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_frame_has_the_shortest_header_that_fits(size: int, header: bytes) -> None:
    assert frame(b"x" * size) == header + b"x" * size


@given(texts=st.lists(st.text(max_size=200), max_size=5), junk=st.binary(max_size=3))
def test_texts_are_taken_one_after_another(texts: list[str], junk: bytes) -> None:
    data = junk + b"".join(encoded(text.encode()) for text in texts)
    at = len(junk)
    for text in texts:
        taken = take_text(data, at, LIMIT)
        assert taken is not None
        assert taken[0] == text
        at = taken[1]
    assert at == len(data)
    assert take_text(data, at, LIMIT) is None


@given(text=st.text(min_size=1, max_size=300), data=st.data())
def test_a_part_of_a_frame_is_not_taken(text: str, data: st.DataObject) -> None:
    whole = encoded(text.encode())
    assert take_text(whole[: data.draw(st.integers(0, len(whole) - 1))], 0, LIMIT) is None


@pytest.mark.parametrize(
    "doubtful",
    [
        encoded(b"x", masked=False),
        encoded(b"x", fin=False),
        encoded(b"x", BINARY),
        encoded(b"x", 0),
        encoded(b"", PING),
        encoded(b"\x03\xe8", CLOSE),
        encoded(b"\xff"),
        encoded("\ud800".encode("utf-8", "surrogatepass")),
        encoded(b"x" * (LIMIT + 1)),
        encoded(b"x" * 70_000),
        b"\xc1" + encoded(b"x")[1:],
        b"\x81\xfe\x00\x01" + encoded(b"x")[2:],
    ],
    ids=[
        "unmasked", "begun", "binary", "continued", "ping", "close", "no UTF-8", "half a surrogate pair",
        "over the limit", "long", "compressed", "length not as short as it could be",
    ],
)  # fmt: skip
def test_whatever_is_in_doubt_is_left_to_the_full_parser(doubtful: bytes) -> None:
    assert take_text(doubtful, 0, LIMIT) is None
