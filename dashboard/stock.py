"""The boards, and the rules, that a site has from its first start. Whoever changes them is not contradicted; boards
that nobody has changed are what they are in this release."""

import json
from pathlib import Path
from typing import Any

from .models import Board
from .panels import Panel, stored
from .rules import stock as rules

THIS_SERVER = "this-server"
THE_TEAM = "the-team"
BOARDS = Path(__file__).with_name("stock_boards")
"""Each as the page of a board says it."""


def make(**_: Any) -> None:
    """Makes those that have never been there, and renews those that are as they came; called after every migration."""
    from . import actions  # once the app registry is ready

    for slug in (THIS_SERVER, THE_TEAM):
        board = json.loads((BOARDS / f"{slug}.json").read_text())
        checked = stored([Panel.model_validate(panel) for panel in board["panels"]])
        if Board.objects.filter(slug=slug).exists():
            actions.renew(slug, board["title"], checked)
        else:
            actions.create(None, board["title"], checked, slug)
    if Board.objects.filter(slug=THIS_SERVER, deleted_at=None).exists():
        rules.make()
