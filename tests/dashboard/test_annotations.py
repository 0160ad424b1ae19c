"""What was said at a time, over HTTP, and that pages hear of it."""

import json
from datetime import UTC, datetime

import pytest
from django.db import transaction

from project.accounts.models import User
from project.between import annotations
from project.between.annotations import Annotation
from project.realtime import log
from tests.dashboard.test_boards import Api, api

__all__ = ["api"]

AT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
SAID = Annotation("message.1", AT, "Deployed", "Ada", "/rooms/1/?at=5")


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> list[User]:
    """One thing was said, at noon; -> who asked for it."""
    asked: list[User] = []

    def source(user: User, start: datetime, end: datetime, limit: int) -> list[Annotation]:
        asked.append(user)
        return [SAID] if start <= AT <= end else []

    monkeypatch.setattr(annotations, "_sources", [source])
    return asked


def test_a_person_reads_what_was_said_in_a_stretch_of_time(api: Api, alice: User, said: list[User]) -> None:
    noon = AT.timestamp()
    answer = api.get("annotations", **{"from": noon - 60, "to": noon + 60})
    assert answer["annotations"] == [
        {
            "id": "message.1",
            "at": "2026-01-01T12:00:00.000Z",
            "text": "Deployed",
            "author": "Ada",
            "url": SAID.url,
        }
    ]
    assert "/alerts.all:" in answer["cursor"]
    assert said == [alice]
    assert api.get("annotations", **{"from": noon + 1, "to": noon + 60})["annotations"] == []


@pytest.mark.parametrize(("start", "end"), [(60, 0), (0, 2**40), (2**40 - 60, 2**40 - 1), (0, "x")])
def test_a_stretch_that_is_none_is_refused_and_any_other_is_answered(
    api: Api, start: int, end: object
) -> None:
    answer = api.get("annotations", **{"from": start, "to": end})
    assert "annotations" in answer or answer["error"]["code"] == "invalid"


def test_a_change_is_told_on_the_stream_of_alerts_in_its_transaction(transactional_db: None) -> None:
    head = log.heads(["alerts.all"])["alerts.all"].head
    with transaction.atomic():
        annotations.changed()
        transaction.set_rollback(True)
    with transaction.atomic():
        annotations.changed()
    (event,) = log.read("alerts.all", head, 10)
    assert (event.type, json.loads(event.item)["data"]) == ("annotation.changed", {})
