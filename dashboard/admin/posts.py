"""Messages in rooms that tell of alerts, and why some could not be said."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from dashboard.models import Post
from project.between.rooms import rooms
from project.looking import ToLookAt, Whether, labels, link, moment, table

TOLD_SHOWN = 50


@admin.register(Post)
class PostAdmin(ToLookAt):
    list_display = ("at", "in_room", "tells", "said", "error", "ended_at")
    list_filter = (("error", Whether), ("ended_at", Whether))
    search_fields = ("=room", "error")
    ordering = ("-pk",)
    search_help_text = "The number of a room, or a part of an error."
    fields = ("at", "in_room", "said", "error", "ended_at", "told")

    def prepare(self, rows: Sequence[Any]) -> None:
        found = rooms().names({row.room for row in rows})
        for row in rows:
            row.room_name = found.get(row.room, "")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return super().get_queryset(request).annotate(incident_count=Count("incidents"))

    @admin.display(description="Room")
    def in_room(self, row: Post) -> str:
        """Its name; its number where it has none any more."""
        name = row.room_name if hasattr(row, "room_name") else rooms().names([row.room]).get(row.room)
        return name or f"Room {row.room}"

    @admin.display(description="Alerts", ordering="incident_count")
    def tells(self, row: Any) -> int:
        """How many alerts it tells of."""
        return int(row.incident_count)

    @admin.display(description="Message")
    def said(self, row: Post) -> str:
        """The way to it."""
        return link(row.url, "In the room") if row.url else "Not said"

    @admin.display(description="What it tells of")
    def told(self, row: Post) -> SafeString:
        """Each alert, and for how long it fired."""
        incidents = row.incidents.select_related("alert__rule").order_by("pk")[:TOLD_SHOWN]
        rows = (
            (
                link(reverse("admin:dashboard_alert_change", args=[one.alert_id]), one.alert.rule.title),
                labels(one.alert.labels),
                moment(one.fired),
                moment(one.ended) if one.ended else "It lasts",
            )
            for one in incidents
        )
        return table(("Alert", "Labels", "Fired", "Over"), rows)
