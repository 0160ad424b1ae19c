"""What each command takes: fields with their limits. Their messages are shown to people."""

from datetime import timedelta
from typing import Annotated

from django.utils import timezone
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from dashboard.models import COMMENT_MAX
from dashboard.panels import BY_MAX, Label
from project.realtime.texts import Text

from .schemas import Definition, Id

SILENCE_MAX = timedelta(days=366)


def _later(value: AwareDatetime) -> AwareDatetime:
    if not timezone.now() < value < timezone.now() + SILENCE_MAX:
        raise ValueError("Choose a moment in the next twelve months.")
    return value


class CreateRule(Schema):
    """A new rule."""

    definition: Definition


class UpdateRule(Schema):
    """What a rule is to be, altogether. With `version`, only where that is still the newest."""

    rule: Id
    definition: Definition
    version: int | None = None


class OneRule(Schema):
    """A rule, by its id."""

    rule: Id


class OneAlert(Schema):
    """An alert, by its id."""

    alert: Id


class CreateSilence(Schema):
    """Which alerts: of a rule, with these labels, or both. Nobody is told of them until then."""

    rule: Id | None = None
    labels: Annotated[dict[Label, Label], Field(max_length=BY_MAX)] = {}
    until: Annotated[AwareDatetime, AfterValidator(_later)]
    comment: Annotated[str, Text, StringConstraints(max_length=COMMENT_MAX, strip_whitespace=True)] = ""

    @model_validator(mode="after")
    def _something(self) -> "CreateSilence":
        if self.rule is None and not self.labels:
            raise ValueError("Say which alerts: a rule, labels, or both.")
        return self


class OneSilence(Schema):
    """A silence, by its id."""

    silence: Id


class TestRule(Schema):
    """A rule that need not be kept, and the time to try it on, in Unix seconds."""

    definition: Definition
    start: float = Field(alias="from", ge=0, le=2.0**40)
    end: float = Field(alias="to", ge=0, le=2.0**40)
