"""Reads scenes.txt, and plays a scene: who says what, answering whom."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from .cast import BOT, Actor

_LINE = re.compile(r"(?P<who>bot|[abc])(?P<optional>\??)(?P<answers>>?): (?P<text>.+)")
_REACTION = re.compile(r" // (?P<emoji>\S+) (?P<count>\d)$")
_SLOT = re.compile(r"\{(@?)(\w+)\}")
LEFT_OUT = 0.4  # of the optional lines

WORDS = {
    "service": (
        "checkout",
        "billing",
        "search",
        "api-gateway",
        "notifier",
        "sessions",
        "importer",
        "reports",
    ),
    "service2": ("thumbnails", "audit-log", "geocoder", "exporter", "scheduler"),
    "host": ("db-2", "db-5", "cache-3", "edge-fra-1", "worker-7", "queue-1", "build-4"),
    "lib": ("pytz", "lxml", "urllib3", "protobuf", "numpy", "cryptography"),
    "queue": ("mail-out", "webhooks", "invoices", "resize"),
    "domain": ("status.example.com", "api.example.com", "shop.example.com"),
    "region": ("fra", "iad", "bom", "gru"),
    "flag": ("new-search", "quiet-hours", "fast-reports", "inline-replies"),
    "dish": ("ramen", "tacos", "dosas", "falafel", "pierogi", "jollof rice", "pizza", "lentil soup"),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
}
NUMBERS = {
    "n": (3, 9),
    "n2": (1, 2),
    "nn": (12, 48),
    "half": (38, 61),
    "pct": (82, 97),
    "fast": (90, 240),
    "ms": (850, 2400),
    "big": (1_200, 48_000),
}


class Said(NamedTuple):
    """One line as it was played. `answers`: it replies to the line before. For `first` and `withdrawn` see slips.py."""

    at: datetime
    actor: Actor
    text: str
    answers: bool = False
    emoji: str = ""
    reactions: int = 0
    first: str = ""
    withdrawn: bool = False


class Line(NamedTuple):
    who: str
    optional: bool
    answers: bool
    choices: tuple[str, ...]
    emoji: str
    reactions: int


@dataclass
class Scene:
    """Some lines, and how often they were played: each time with other words."""

    lines: list[Line] = field(default_factory=list)
    played: int = 0

    def play(self, actors: list[Actor], at: datetime, chance: Random) -> list[Said]:
        """Plays the scene from `at` on with these people as a, b and c.

        The lines of people who are not there fall out, and so does what answers a line that fell out.
        """
        self.played += 1
        roles = dict(zip("abc", actors, strict=False)) | {"bot": BOT}
        slots = _slots(roles, at, chance)
        said: list[Said] = []
        left_out = False
        for line in self.lines:
            absent = line.who not in roles or (line.optional and chance.random() < LEFT_OUT)
            left_out = absent or (line.answers and left_out)
            if left_out:
                continue
            choice = line.choices[self.played % len(line.choices)]
            text = _SLOT.sub(lambda match: slots[match[1] + match[2]], choice).replace("\\n", "\n")
            answers = line.answers and bool(said)
            said.append(Said(at, roles[line.who], text, answers, line.emoji, line.reactions))
            at += _pause(text, chance)
        return said


def read_scenes() -> dict[str, list[Scene]]:
    """All scenes of scenes.txt, by the key of their room."""
    scenes: dict[str, list[Scene]] = defaultdict(list)
    room = ""
    text = (Path(__file__).parent / "scenes.txt").read_text()
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines and lines[0].startswith("@"):
            room = lines.pop(0)[1:]
        if lines:
            scenes[room].append(Scene([_line(line) for line in lines]))
    return scenes


def _line(source: str) -> Line:
    reaction = _REACTION.search(source)
    match = _LINE.fullmatch(_REACTION.sub("", source))
    if match is None:
        raise ValueError(f"scenes.txt: this is not a line of a scene: {source}")
    return Line(
        who=match["who"],
        optional=bool(match["optional"]),
        answers=bool(match["answers"]),
        choices=tuple(choice.strip() for choice in match["text"].split(" || ")),
        emoji=reaction["emoji"] if reaction else "",
        reactions=int(reaction["count"]) if reaction else 0,
    )


def _slots(roles: dict[str, Actor], at: datetime, chance: Random) -> dict[str, str]:
    """What fills the gaps of one scene, the same from its first line to its last."""
    slots = {name: chance.choice(words) for name, words in WORDS.items()}
    slots |= {name: f"{chance.randint(*bounds):,}" for name, bounds in NUMBERS.items()}
    slots |= {
        "version": f"{chance.randint(2, 6)}.{chance.randint(0, 30)}.{chance.randint(0, 9)}",
        "ticket": f"OPS-{chance.randint(1200, 3900)}",
        "pr": f"`!{chance.randint(410, 1890)}`",
        "avail": f"99.{chance.randint(91, 98)}",
        "clock": f"{at - timedelta(minutes=chance.randint(9, 50)):%H:%M}",
        "city": roles["a"].city,
        "cat": roles["a"].cat,
    }
    for letter, actor in roles.items():
        slots |= {letter: actor.first_name, f"@{letter}": f"@{actor.username}"}
    return slots


def _pause(text: str, chance: Random) -> timedelta:
    """The time until somebody else has read this and written an answer."""
    thinking = chance.uniform(90, 420) if chance.random() < 0.1 else chance.uniform(6, 30)
    return timedelta(seconds=thinking + 0.1 * len(text))
