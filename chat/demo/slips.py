"""Small human mistakes: typing errors that were corrected, and messages that were taken back."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from .scenes import Said

MISTYPED, WITHDRAWN = 0.025, 0.008  # of all lines
TAKEN_BACK = (
    "wrong window, sorry",
    "ignore me, that was the old graph",
    "asdf",
    "never mind, found it",
    "@room sorry",
)


def with_slips(lines: Sequence[Said], chance: Random) -> list[Said]:
    """The lines with some of them mistyped at first, and some more that will be withdrawn."""
    slipped: list[Said] = []
    for index, said in enumerate(lines):
        answered = index + 1 < len(lines) and lines[index + 1].answers
        if said.actor.is_bot:
            slipped.append(said)
        elif chance.random() < WITHDRAWN and not answered:
            at = said.at + timedelta(seconds=3)
            slipped += [said, Said(at, said.actor, chance.choice(TAKEN_BACK), withdrawn=True)]
        elif chance.random() < MISTYPED and "`" not in said.text:
            slipped.append(said._replace(first=_mistyped(said.text, chance)))
        else:
            slipped.append(said)
    return slipped


def _mistyped(text: str, chance: Random) -> str:
    """Two letters swapped inside one of the longer words, as fast fingers do."""
    words = text.split(" ")
    longer = [index for index, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not longer:
        return ""
    index = chance.choice(longer)
    word = words[index]
    at = chance.randrange(1, len(word) - 2)
    words[index] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    mistyped = " ".join(words)
    return mistyped if mistyped != text else ""
