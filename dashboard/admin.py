"""What is measured, and how it comes in, as staff see it. Boards are changed on their own pages."""

from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest

from .ingest import scraping
from .models import Board, DeadLetter, Metric, Series, Target


class ReadOnly(admin.ModelAdmin):
    """To be looked at."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Metric)
class MetricAdmin(ReadOnly):
    list_display = ("name", "kind", "unit", "help")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Series)
class SeriesAdmin(ReadOnly):
    list_display = ("metric", "labels", "token", "last_at")
    list_select_related = ("metric", "token")
    search_fields = ("metric__name", "labels")
    ordering = ("-pk",)


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnly):
    list_display = ("at", "sender", "metric", "labels", "value", "measured_at", "reason")
    search_fields = ("metric", "sender")
    ordering = ("-pk",)


@admin.register(Board)
class BoardAdmin(ReadOnly):
    list_display = ("title", "slug", "version", "updated_at", "deleted_at")
    search_fields = ("title", "slug")
    ordering = ("title",)


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin):
    """Addresses that are scraped. Whoever may change them decides what this server fetches, inside its network too."""

    list_display = ("name", "url", "interval", "enabled", "last_at", "error")
    formfield_overrides = {models.URLField: {"assume_scheme": "http"}}
    ordering = ("name",)

    def save_model(self, request: HttpRequest, obj: Target, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if obj.enabled:
                scraping.begin(obj)
