"""How a link looks on the wire."""

from typing import Any

from dashboard.models import Share
from project.realtime.log import timestamp


def share(share: Share) -> dict[str, Any]:
    """Everything but the secret, which nobody knows."""
    author = share.created_by
    return {
        "id": share.pk,
        "board": share.board.slug,
        "name": share.name,
        "live": share.is_live,
        "from": share.frozen_from,
        "to": share.frozen_to,
        "created_by": {"id": author.pk, "name": author.name, "avatar": author.avatar_url},
        "created_at": timestamp(share.created_at),
        "expires_at": timestamp(share.expires_at),
        "opened_at": timestamp(share.opened_at) if share.opened_at else None,
    }
