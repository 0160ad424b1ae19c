"""Boards, to be looked at."""

from django.contrib import admin

from dashboard.models import Board

from .looking import ToLookAt


@admin.register(Board)
class BoardAdmin(ToLookAt):
    list_display = ("title", "slug", "hidden", "version", "updated_at", "deleted_at")
    list_filter = ("hidden",)
    search_fields = ("title", "slug")
    ordering = ("title",)
