"""What each command takes: fields with their limits. Their messages are shown to people."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from project.realtime.texts import Text

from .emoji import is_emoji
from .models import BODY_MAX, NAME_MAX, Involvement, Kind, Role

FIRST_YEAR, LAST_YEAR = 1971, 2100  # of a pin: a slip is refused before it is kept
INVITED_MAX = 100  # people brought in by one command; each gets news in an inbox of their own


def _body(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if not value.strip():
        raise ValueError("Write something first.")
    return value


def _name(value: str) -> str:
    value = " ".join(value.split())
    if not value:
        raise ValueError("Give the room a name.")
    return value


def _emoji(value: str) -> str:
    if not is_emoji(value):
        raise ValueError("This is not one emoji.")
    return value


def _sensible(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.astimezone(UTC).year < LAST_YEAR:
        raise ValueError("No chart shows that time.")
    return value


Id = Annotated[int, Field(ge=1, lt=2**63)]
Body = Annotated[str, Field(min_length=1, max_length=BODY_MAX), Text, AfterValidator(_body)]
Name = Annotated[str, Field(max_length=NAME_MAX), Text, AfterValidator(_name)]
Emoji = Annotated[str, Field(max_length=16), AfterValidator(_emoji)]


Moment = Annotated[AwareDatetime, AfterValidator(_sensible)]


class InRoom(Schema):
    room: Id


class CreateRoom(Schema):
    kind: Kind
    name: Annotated[str, Field(max_length=NAME_MAX), Text] = Field(
        "", description="Needed unless the room is direct."
    )
    members: Annotated[list[Id], Field(max_length=INVITED_MAX)] = []

    @model_validator(mode="after")
    def _named(self) -> "CreateRoom":
        self.name = "" if self.kind == Kind.DIRECT else _name(self.name)
        return self


class RenameRoom(InRoom):
    name: Name


class PersonInRoom(InRoom):
    user: Id


class SetRole(PersonInRoom):
    role: Role


class SetInvolvement(InRoom):
    involvement: Involvement


class SendMessage(InRoom):
    body: Body
    client_id: UUID = Field(description="Made by the client. Sending it again returns the first result.")
    reply_to: Id | None = None


class OneMessage(Schema):
    message: Id


class EditMessage(OneMessage):
    body: Body


class OneReaction(OneMessage):
    emoji: Emoji


class PinMessage(OneMessage):
    at: Moment | None = Field(None, description="When the message was sent, if left out.")


class ReadUpTo(InRoom):
    seq: Annotated[int, Field(ge=0, lt=2**63)]
