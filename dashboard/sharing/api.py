"""Reads about links, for those who have an account."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from dashboard.queries import boards
from project.accounts.api_auth import require_scope
from project.realtime.schemas import REFUSALS

from . import payloads, queries, schemas

router = Router(tags=["boards"])


@router.get(
    "/boards/{slug}/shares",
    response={200: schemas.Shares, **REFUSALS},
    by_alias=True,
    summary="Links to a board",
)
def shares(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The links to a board that are good now, the newest first. Their addresses are known to who has them alone."""
    require_scope(request.auth, "read")  # type: ignore[attr-defined]
    return {"shares": [payloads.share(share) for share in queries.of_board(boards.find(slug))]}
