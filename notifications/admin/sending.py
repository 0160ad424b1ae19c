"""Sending a notice to many, for staff: written, looked at with the number of people it is for, and only then sent."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from project.accounts.models import User
from project.looking import table

from .. import actions, queries
from ..incoming import DELAY_MAX, link
from ..models import BODY_MAX, LINK_MAX, TITLE_MAX, Audience, Broadcast, Priority, Topic
from .looking import ToLookAt

PEOPLE_MAX = 2_000  # characters of usernames typed by hand


class NoticeForm(forms.Form):
    """A notice, and whom it is for."""

    audience = forms.ChoiceField(choices=Audience.choices, label="For")
    topic = forms.ModelChoiceField(Topic.objects.order_by("name"), required=False, to_field_name="name")
    group = forms.ModelChoiceField(Group.objects.order_by("name"), required=False, to_field_name="name")
    people = forms.CharField(
        max_length=PEOPLE_MAX,
        required=False,
        help_text="Usernames, with spaces or commas between them.",
        widget=AdminTextInputWidget,
    )
    title = forms.CharField(max_length=TITLE_MAX, widget=AdminTextInputWidget)
    body = forms.CharField(max_length=BODY_MAX, required=False, widget=AdminTextareaWidget(attrs={"rows": 4}))
    link = forms.CharField(
        max_length=LINK_MAX,
        required=False,
        help_text="Where a press leads: an address, or a path on this site such as /rooms/.",
        widget=AdminTextInputWidget,
    )
    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int, initial=Priority.NORMAL)
    due = forms.DateTimeField(
        required=False, label="Not before", help_text="As in 2026-12-24 18:00, by your clock. Empty: now."
    )

    def clean_link(self) -> str:
        try:
            return link(self.cleaned_data["link"])
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due and not timezone.now() - DELAY_MAX <= due <= timezone.now() + DELAY_MAX:
            raise ValidationError("Choose a moment in the next thirty days.")
        return due

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("audience") == Audience.TOPIC and not data.get("topic"):
            self.add_error("topic", "Choose a topic.")
        if data.get("audience") == Audience.GROUP and not data.get("group"):
            self.add_error("group", "Choose a group.")
        if data.get("audience") == Audience.PEOPLE:
            self._find_people(data)
        return data

    def _find_people(self, data: dict[str, Any]) -> None:
        names = set(data.get("people", "").replace(",", " ").split())
        found = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
        if unknown := sorted(names - found.keys()):
            self.add_error("people", f"Nobody here is called {', '.join(unknown)}.")
        elif not names:
            self.add_error("people", "Name somebody.")
        data["ids"] = sorted(found.values())

    @property
    def key(self) -> str:
        """The name of the topic or the group it is for."""
        chosen = {Audience.TOPIC: "topic", Audience.GROUP: "group"}.get(self.cleaned_data["audience"])
        return str(self.cleaned_data[chosen].name) if chosen else ""

    def count(self) -> int:
        """How many people it would reach now; some may have muted it."""
        data = self.cleaned_data
        return queries.audience(data["audience"], self.key, data.get("ids", ())).count()

    def send(self, sender: User) -> Broadcast:
        """Puts it on its way."""
        data = self.cleaned_data
        notice = actions.Notice(
            kind="system",
            title=data["title"],
            body=data["body"],
            link=data["link"],
            priority=data["priority"],
            source=data["topic"].source if data["audience"] == Audience.TOPIC else "site.notices",
            source_name=data["topic"].name if data["audience"] == Audience.TOPIC else "This site",
        )
        return actions.broadcast(
            Audience(data["audience"]),
            notice,
            key=self.key,
            people=data.get("ids", ()),
            sender=sender,
            due=data["due"],
        )


@admin.register(Broadcast)
class BroadcastAdmin(ToLookAt):
    """Notices to many, and how far they have come. Adding one is sending one."""

    list_display = ("id", "__str__", "reached", "finished_at", "audience", "audience_key", "sender", "due_at")
    list_select_related = ("sender",)
    list_filter = ("audience",)
    fields = (
        *("audience", "audience_key", "says", "sender", "created_at", "due_at"),
        *("reached", "done_up_to", "finished_at"),
    )
    readonly_fields = fields

    @admin.display(description="notice")
    def says(self, row: Broadcast) -> SafeString:
        return table(("Field", "What it says"), ((name, said) for name, said in row.notice.items() if said))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.add_broadcast")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, then the preview, then the sending."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NoticeForm(request.POST or None)
        ready = request.method == "POST" and form.is_valid() and "_change" not in request.POST
        if ready and "_send" in request.POST:
            return self._send(request, form)
        context = self.admin_site.each_context(request) | {
            "title": "Is this right?" if ready else "Send a notice",
            "opts": self.opts,
            "form": form,
            "preview": form.cleaned_data if ready else None,
            "count": form.count() if ready else 0,
        }
        return TemplateResponse(request, "admin/notifications/send.html", context)

    def _send(self, request: HttpRequest, form: NoticeForm) -> HttpResponse:
        assert isinstance(request.user, User)
        row = form.send(request.user)
        self.log_addition(request, row, f"Sent to {row.get_audience_display().lower()}")
        self.message_user(request, "The notice is on its way.", messages.SUCCESS)
        return redirect("admin:notifications_broadcast_changelist")
