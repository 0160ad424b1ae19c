"""What people want to hear of, and where."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from project.pagination import BoundedPaginator

from .. import actions
from ..models import Mute, Preference, Settings, Subscription, Topic
from .looking import ToLookAt


@admin.register(Settings)
class SettingsAdmin(ToLookAt):
    list_display = ("user", "quiet_from", "quiet_until", "digest", "digest_at", "seen_seq")
    list_select_related = ("user",)
    search_fields = ("user__username",)


@admin.register(Preference)
class PreferenceAdmin(ToLookAt):
    list_display = ("user", "kind", "channel", "wanted")
    list_select_related = ("user",)
    list_filter = ("kind", "channel")
    search_fields = ("user__username",)


@admin.register(Mute)
class MuteAdmin(ToLookAt):
    list_display = ("user", "source", "source_name", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "source")


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    """What people can follow. Its name is in the addresses that programs use, so it stays."""

    list_display = ("name", "description", "followers", "created_at")
    search_fields = ("name", "description")
    fields = ("name", "description")

    def get_readonly_fields(self, request: HttpRequest, obj: Topic | None = None) -> tuple[str, ...]:
        return ("name",) if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return super().get_queryset(request).annotate(follower_count=Count("subscriptions"))

    @admin.display(description="followers", ordering="follower_count")
    def followers(self, topic: Any) -> int:
        return int(topic.follower_count)

    def save_model(self, request: HttpRequest, obj: Topic, form: Any, change: bool) -> None:
        if change:
            actions.describe_topic(obj.pk, obj.description)
        else:
            obj.pk = actions.make_topic(obj.name, obj.description).pk


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    """Who follows what, and who is called when something urgent is not acknowledged."""

    list_display = ("topic", "user", "turn", "created_at")
    list_select_related = ("topic", "user")
    list_filter = ("topic",)
    autocomplete_fields = ("user",)
    search_fields = ("user__username", "topic__name")
    fields = ("topic", "user", "turn")
    paginator = BoundedPaginator
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Subscription | None = None) -> tuple[str, ...]:
        return ("topic", "user") if obj else ()

    def save_model(self, request: HttpRequest, obj: Subscription, form: Any, change: bool) -> None:
        if not change:
            obj.pk = actions.follow(obj.user, obj.topic.name).pk
        actions.set_turn(obj.pk, obj.turn)

    def delete_model(self, request: HttpRequest, obj: Subscription) -> None:
        actions.unfollow(obj.user, obj.topic.name)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        for row in queryset.select_related("user", "topic"):
            self.delete_model(request, row)
