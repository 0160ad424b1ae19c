"""How measurements come in: who sends them, who is asked for them, and what came too late."""

import time
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest

from dashboard.ingest import scraping
from dashboard.ingest.checks import REASONS
from dashboard.ingest.sources import sender_of
from dashboard.models import DeadLetter, Source, Target
from dashboard.queries.sources import names_of
from dashboard.tiers import WATERMARK_SECONDS
from project.looking import ToLookAt, labels, moment


@admin.register(Source)
class SourceAdmin(ToLookAt):
    """Who sends measurements, and how far each has come."""

    list_display = ("key", "called", "agent", "lag", "watermark", "received", "accepted", "late", "rejected")
    search_fields = ("key", "agent")
    ordering = ("-received_at", "-pk")
    fields = list_display

    def prepare(self, rows: Sequence[Any]) -> None:
        found = names_of([row.key for row in rows])
        for row in rows:
            row.called = found.get(sender_of(row.key), "")

    @admin.display(description="name")
    def called(self, row: Any) -> str:
        return row.called if hasattr(row, "called") else names_of([row.key]).get(sender_of(row.key), "")

    @admin.display(description="behind the clock", ordering="newest_at")
    def lag(self, row: Source) -> str:
        return f"{max(0.0, time.time() - row.newest_at):,.0f} s"

    @admin.display(description="has sent everything up to", ordering="newest_at")
    def watermark(self, row: Source) -> str:
        return moment(row.newest_at and row.newest_at - WATERMARK_SECONDS)

    @admin.display(description="last push", ordering="received_at")
    def received(self, row: Source) -> str:
        return moment(row.received_at)


@admin.register(DeadLetter)
class DeadLetterAdmin(ToLookAt):
    """Samples that were not taken and are kept to be looked at."""

    list_display = ("at", "metric", "of", "value", "measured", "sender", "why")
    search_fields = ("metric", "labels", "sender")
    date_hierarchy = "at"
    ordering = ("-pk",)
    fields = list_display

    @admin.display(description="labels")
    def of(self, row: DeadLetter) -> str:
        return labels(row.labels)

    @admin.display(description="measured at", ordering="measured_at")
    def measured(self, row: DeadLetter) -> str:
        return moment(row.measured_at)

    @admin.display(description="reason", ordering="reason")
    def why(self, row: DeadLetter) -> str:
        return REASONS.get(row.reason, row.reason)


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin):
    """Addresses that are scraped. Whoever may change them decides what this server fetches, inside its network too."""

    list_display = ("name", "url", "interval", "enabled", "last_at", "error")
    list_filter = ("enabled",)
    search_fields = ("name", "url")
    readonly_fields = ("last_at", "error")
    formfield_overrides = {
        models.URLField: {"assume_scheme": "http"},
        models.PositiveIntegerField: {"min_value": 1},
    }
    ordering = ("name",)

    def save_model(self, request: HttpRequest, obj: Target, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if obj.enabled:
                scraping.begin(obj)
