"""How many people do something here, for those who do not know what that is. The chat offers it."""

from collections.abc import Callable
from datetime import datetime

Count = Callable[[datetime], int]
"""How many people have said, read or reacted to something since that moment; bots are left out."""

_offered: list[Count] = []


def offer(count: Count) -> None:
    """Says who counts. Called once, from an app's `ready()`."""
    if _offered:
        raise ValueError("activity is counted already")
    _offered.append(count)


def people_since(moment: datetime) -> int:
    """How many people were active since then, to half a minute; nobody where no app counts them."""
    return _offered[0](moment) if _offered else 0
