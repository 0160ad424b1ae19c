"""What commands refuse to take, in words for people."""

import uuid
from typing import Any

import pytest
from pydantic import ValidationError

from chat import requests

ID = str(uuid.uuid4())


def complaint(schema: Any, data: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        schema.model_validate(data)
    (error,) = caught.value.errors()
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"


def message(**fields: Any) -> dict[str, Any]:
    return {"room": 1, "body": "Hi", "client_id": ID, **fields}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"body": ""}, "body: String should have at least 1 character"),
        ({"body": " \n "}, "body: Value error, Write something first."),
        ({"body": "x" * 10_001}, "body: String should have at most 10000 characters"),
        ({"body": "a\x00b"}, "body: Value error, A text may not contain a NUL character."),
        ({"body": 5}, "body: Input should be a valid string"),
        ({"room": 0}, "room: Input should be greater than or equal to 1"),
        ({"room": 2**63}, "room: Input should be less than 9223372036854775808"),
        ({"reply_to": -1}, "reply_to: Input should be greater than or equal to 1"),
    ],
)
def test_a_message_that_cannot_be_is_refused_with_the_field(fields: dict[str, Any], expected: str) -> None:
    assert complaint(requests.SendMessage, message(**fields)) == expected


def test_a_client_id_must_be_a_uuid() -> None:
    said = complaint(requests.SendMessage, message(client_id="c1"))
    assert said.startswith("client_id: Input should be a valid UUID")


def test_the_longest_message_is_taken_and_line_ends_are_made_one() -> None:
    assert requests.SendMessage.model_validate(message(body="x" * 10_000))
    assert requests.SendMessage.model_validate(message(body="a\r\nb\rc")).body == "a\nb\nc"


@pytest.mark.parametrize("name", ["", "   "])
def test_a_room_needs_a_name_unless_it_is_direct(name: str) -> None:
    assert complaint(requests.CreateRoom, {"kind": "open", "name": name}).endswith("Give the room a name.")
    assert requests.CreateRoom.model_validate({"kind": "direct", "name": name, "members": [2]}).name == ""


def test_a_name_is_one_line_without_spaces_around() -> None:
    assert requests.RenameRoom.model_validate({"room": 1, "name": " a \n b "}).name == "a b"


def test_a_reaction_is_one_emoji() -> None:
    assert requests.OneReaction.model_validate({"message": 1, "emoji": "👍"})
    said = complaint(requests.OneReaction, {"message": 1, "emoji": "ok"})
    assert said == "emoji: Value error, This is not one emoji."
