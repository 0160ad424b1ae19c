"""Lists for looking only."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from project.pagination import BoundedPaginator


class ToLookAt(admin.ModelAdmin):
    """Rows that staff can look at and not change by hand."""

    paginator = BoundedPaginator
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def moment(at: float) -> datetime | None:
    """Unix seconds as the admin shows times; 0 is never."""
    return datetime.fromtimestamp(at, UTC) if at else None
