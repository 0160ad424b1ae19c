"""Streams as the admin sees them: where they stand, and what is kept. Nothing here can be changed by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest

from project.realtime.models import Stream


@admin.register(Stream)
class StreamAdmin(admin.ModelAdmin):
    list_display = ("name", "head", "oldest", "size")
    search_fields = ("name",)
    ordering = ("name",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stream]:
        return super().get_queryset(request).annotate(kept=F("head") - F("oldest") + 1)

    @admin.display(description="events kept", ordering="kept")
    def size(self, stream: Any) -> int:
        """A log has no holes, so nothing needs to be counted."""
        return int(stream.kept)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Stream | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Stream | None = None) -> bool:
        return False
