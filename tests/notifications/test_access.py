"""Who may follow an inbox."""

from notifications.access import stream_of, verdicts
from project.realtime import streams
from project.realtime.streams import Verdict


def test_an_inbox_is_its_owners_alone() -> None:
    asked = [(3, key) for key in ("3", "4", "03", "999999", "x")]
    assert verdicts([*asked, (4, "4")]) == dict.fromkeys(asked, Verdict.FORBIDDEN) | {
        (3, "3"): Verdict.OK,
        (4, "4"): Verdict.OK,
    }


def test_inboxes_are_streams_that_can_be_followed() -> None:
    kind = streams.kind_of(stream_of(3))
    assert kind is not None
    assert kind.prefix == "inbox"
