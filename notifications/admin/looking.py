"""Lists for looking only."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from project.pagination import BoundedPaginator


class ToLookAt(admin.ModelAdmin):
    """Rows that staff can look at and not change by hand."""

    paginator = BoundedPaginator
    show_full_result_count = False
    ordering = ("-pk",)
    sortable_by = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
