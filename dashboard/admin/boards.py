"""Boards, to be looked at, and the links that show them to others, to be ended."""

import time
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from dashboard.models import Board, Share
from dashboard.panels import parsed
from dashboard.rules.explaining import asked
from dashboard.sharing import actions, queries
from project.accounts.models import User
from project.looking import NOTHING, ToLookAt, Whether, link, moment, pretty, table
from project.realtime.errors import CommandError


@admin.register(Board)
class BoardAdmin(ToLookAt):
    list_display = (
        "title",
        "slug",
        "panel_count",
        "rule_count",
        "followed",
        "hidden",
        "version",
        "updated_at",
        "deleted_at",
    )
    list_filter = ("hidden", ("deleted_at", Whether))
    search_fields = ("title", "slug")
    ordering = ("title", "pk")
    fields = (
        "title",
        "page",
        "shows",
        "hidden",
        "followed",
        "version",
        "created_at",
        "updated_at",
        "deleted_at",
        "raw",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Board]:
        rules = Count("rules", filter=Q(rules__deleted_at=None))
        return super().get_queryset(request).annotate(rules_now=rules)

    @admin.display(description="Panels")
    def panel_count(self, row: Board) -> int:
        """How many panels it has."""
        return len(row.panels)

    @admin.display(description="Rules", ordering="rules_now")
    def rule_count(self, row: Any) -> int:
        """How many rules are shown on it."""
        return int(row.rules_now)

    @admin.display(description="Followed", boolean=True)
    def followed(self, row: Board) -> bool:
        """Whether somebody looks at it now."""
        return row.followed_until > time.time()

    @admin.display(description="Where it is changed")
    def page(self, row: Board) -> str:
        """The way to it."""
        is_there = row.deleted_at is None and not row.hidden
        return link(reverse("board", args=[row.slug]), "The board") if is_there else NOTHING

    @admin.display(description="What it shows")
    def shows(self, row: Board) -> SafeString:
        """Its panels, one by one."""
        rows = (
            (
                panel.title or NOTHING,
                panel.type,
                "; ".join(asked(query) for query in panel.queries) or NOTHING,
            )
            for panel in parsed(row.panels)
        )
        return table(("Panel", "Kind", "Of"), rows)

    @admin.display(description="Panels as JSON")
    def raw(self, row: Board) -> SafeString:
        """All of it."""
        return pretty(row.panels)


SHOWN = (
    "board",
    "shows",
    "is_good",
    "created_by",
    "created_at",
    "expires_at",
    "opened_at",
    "revoked_at",
)
"""Of a link, in the list and on its page."""


@admin.register(Share)
class ShareAdmin(ToLookAt):
    """Links that show a board to whoever has them. The link itself is a secret that nobody keeps."""

    list_display = ("__str__", *SHOWN)
    list_filter = (("revoked_at", Whether), ("frozen_to", Whether))
    search_fields = ("name", "board__title", "created_by__username")
    fields = ("name", *SHOWN)
    ordering = ("-pk",)
    actions = ("end",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:
        return super().get_queryset(request).select_related("board", "created_by").defer(*queries.KEPT)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("dashboard.delete_share")

    @admin.display(description="Shows")
    def shows(self, row: Share) -> str:
        """The board as it is, or of which time."""
        return "Live" if row.is_live else f"{moment(row.frozen_from)} to {moment(row.frozen_to)}"

    @admin.display(description="Good", boolean=True)
    def is_good(self, row: Share) -> bool:
        """Whether it opens anything."""
        return row.revoked_at is None and row.expires_at > timezone.now()

    @admin.action(description="End: what is open with it closes within a second", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        assert isinstance(request.user, User)
        ended = 0
        for pk in queryset.values_list("pk", flat=True):
            try:
                share = actions.revoke(request.user, pk)
            except CommandError:
                continue  # it was over already
            self.log_change(request, share, "Ended")
            ended += 1
        self.message_user(request, f"{ended} links are ended.", messages.SUCCESS)
