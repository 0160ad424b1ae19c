"""Rooms, memberships and messages for staff. Every change goes through `actions`, so the rooms see it happen."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString

from project.accounts.models import User
from project.looking import NOTHING, Whether, link
from project.pagination import BoundedPaginator
from project.realtime.errors import CommandError

from . import actions
from .actions import notices
from .models import Kind, Membership, Message, Role, Room

EXCERPT = 80  # characters of a message in the list
NAMED = 50  # people of a room

M = TypeVar("M", bound=Model)


class ThroughActions(admin.ModelAdmin, Generic[M]):
    """Shows why an action refused, instead of failing."""

    paginator = BoundedPaginator
    show_full_result_count = False
    ordering = ("-pk",)
    sortable_by = ()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_say_why(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_say_why(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_say_why(request, super().changelist_view, *args, **kwargs)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        for found in queryset:
            self.delete_model(request, found)

    def _or_say_why(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except CommandError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class RoomForm(forms.ModelForm):
    """A room's name; for a new one also its kind."""

    name = forms.CharField(max_length=Room._meta.get_field("name").max_length)
    kind = forms.ChoiceField(choices=[choice for choice in Kind.choices if choice[0] != Kind.DIRECT])

    class Meta:
        model = Room
        fields = ("name", "kind")


@admin.register(Room)
class RoomAdmin(ThroughActions[Room]):
    """Rooms are never deleted, only archived: links into them keep working."""

    form = RoomForm
    list_display = ("id", "__str__", "kind", "people_count", "archived_at", "created_at", "created_by")
    list_filter = ("kind", ("archived_at", Whether))
    list_select_related = ("created_by",)
    search_fields = ("name",)
    actions = ("archive", "unarchive")

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> tuple[str, ...]:
        fixed = ("kind", "people", "created_by", "created_at", "archived_at")
        if obj is None:
            return ()
        return ("name", *fixed) if obj.is_direct else fixed

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        return super().get_queryset(request).annotate(member_count=Count("memberships"))

    @admin.display(description="people", ordering="member_count")
    def people_count(self, room: Any) -> int:
        return int(room.member_count)

    @admin.display(description="people")
    def people(self, room: Room) -> str:
        members = room.memberships.select_related("user").order_by("pk")[: NAMED + 1]
        names = [f"@{one.user.username}" for one in members]
        return ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        if change:
            actions.rename_room(staff(request), obj.pk, obj.name, as_staff=True)
        else:
            obj.pk = actions.create_room(staff(request), obj.name, Kind(obj.kind)).pk

    def has_delete_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        return False

    @admin.action(description="Archive: keep readable, allow nothing new", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        for room in queryset:
            actions.archive_room(staff(request), room.pk, as_staff=True)
            self.log_change(request, room, "Archived")

    @admin.action(description="Open again", permissions=["change"])
    def unarchive(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        for room in queryset:
            actions.unarchive_room(staff(request), room.pk, as_staff=True)
            self.log_change(request, room, "Opened again")


@admin.register(Membership)
class MembershipAdmin(ThroughActions[Membership]):
    """Who is in which room, as what."""

    fields = ("room", "user", "role")
    list_display = ("id", "room", "user", "role", "involvement", "read_seq", "joined_at")
    list_select_related = ("room", "user")
    list_filter = ("role", "involvement")
    autocomplete_fields = ("room", "user")
    search_fields = ("room__name", "user__username", "user__display_name")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("room", "user") if obj else ()

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if not change:
            obj.pk = actions.invite(staff(request), obj.room_id, obj.user_id, as_staff=True).pk
        actions.set_role(staff(request), obj.room_id, obj.user_id, Role(obj.role), as_staff=True)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        actions.remove(staff(request), obj.room_id, obj.user_id, as_staff=True)


@admin.register(Message)
class MessageAdmin(ThroughActions[Message]):
    """What was said: edited by staff in need, deleted down to a tombstone."""

    fields = ("room", "author", "place", "body", "answers", "created_at", "edited_at", "deleted_at")
    list_display = ("id", "room", "author", "excerpt", "created_at", "edited_at", "deleted_at")
    list_select_related = ("room", "author")
    search_fields = ("pk",)
    search_help_text = "The number of a message, or somebody's username."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).select_related("room", "author", "reply_to")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """Only what an index answers: a search through all texts would read them all."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.isascii() and term.isdigit() and len(term) < 19:
            return queryset.filter(pk=int(term)), False
        return queryset.filter(author__username__iexact=term), False

    def get_readonly_fields(self, request: HttpRequest, obj: Message | None = None) -> list[str]:
        fixed = [str(name) for name in self.fields if name != "body"]
        return [*fixed, "body"] if obj is not None and obj.is_deleted else fixed

    @admin.display(description="in its room")
    def place(self, message: Message) -> SafeString:
        return link(notices.permalink(message.room_id, message.seq), f"Message {message.seq}")

    @admin.display(description="reply to")
    def answers(self, message: Message) -> str:
        if message.reply_to is None:
            return NOTHING
        address = reverse("admin:chat_message_change", args=[message.reply_to_id])
        return link(address, self.excerpt(message.reply_to) or "A message that was deleted")

    @admin.display(description="message")
    def excerpt(self, message: Message) -> str:
        return message.body[:EXCERPT]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Message, form: Any, change: bool) -> None:
        if obj.body.strip():
            actions.edit_message(staff(request), obj.pk, obj.body, as_staff=True)
        else:
            raise CommandError("invalid", "To empty a message, delete it.")

    def delete_model(self, request: HttpRequest, obj: Message) -> None:
        actions.delete_message(staff(request), obj.pk, as_staff=True)


def staff(request: HttpRequest) -> User:
    """Who is signed in to the admin."""
    assert isinstance(request.user, User)
    return request.user
