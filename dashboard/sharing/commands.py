"""What a client may ask for about links."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from project.accounts.models import User
from project.realtime.commands import command

from . import actions, payloads, requests, schemas


@command("board.share", requests.ShareBoard, reply=schemas.NewShareOut)
def share(actor: User, data: requests.ShareBoard) -> Mapping[str, Any]:
    """Makes a link that shows a board to whoever has it, until it ends."""
    span = (data.frozen.start, data.frozen.end) if data.frozen else None
    made, secret = actions.create(actor, data.board, data.seconds, data.name.strip(), span)
    return payloads.share(made) | {"path": reverse("shared_board", args=[secret])}


@command("board.unshare", requests.UnshareBoard, reply=schemas.ShareOut)
def unshare(actor: User, data: requests.UnshareBoard) -> Mapping[str, Any]:
    """Ends a link, and within a second what is open with it."""
    return payloads.share(actions.revoke(actor, data.share))
