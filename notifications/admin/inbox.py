"""What people were told, and how it reached them."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from .. import actions, kinds
from ..models import Delivery, Device, Notification
from ..timeline import moments_of, what_is
from .looking import ToLookAt


@admin.register(Notification)
class NotificationAdmin(ToLookAt):
    """What people were told, each with the timeline of how it reached them."""

    list_display = ("id", "recipient", "title", "state", "of_kind", "priority", "created_at")
    list_filter = ("kind", "priority")
    list_select_related = ("recipient",)
    search_fields = ("recipient__username",)
    search_help_text = "Somebody's username, or the number of a notification."
    fields = (
        *("recipient", "title", "body", "timeline", "of_kind", "priority", "source", "source_name", "link"),
        *("actor", "count", "revision", "seq", "collapse_key", "created_at", "updated_at"),
    )
    readonly_fields = fields
    actions = ("withdraw",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Notification], search_term: str
    ) -> tuple[QuerySet[Notification], bool]:
        """Only what an index answers."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.isascii() and term.isdigit() and len(term) < 19:
            return queryset.filter(pk=int(term)), False
        return queryset.filter(recipient__username__iexact=term), False

    @admin.display(description="kind", ordering="kind")
    def of_kind(self, row: Notification) -> str:
        known = {kind.name: kind.title for kind in kinds.registered()}
        return known.get(row.kind, row.kind)

    @admin.display(description="state")
    def state(self, row: Notification) -> str:
        states = {
            "withdrawn": row.withdrawn_at,
            "acknowledged": row.acknowledged_at,
            "read": row.read_at,
            "snoozed": row.snoozed_until,
        }
        return next((name for name, at in states.items() if at), "waits")

    @admin.display(description="timeline")
    def timeline(self, row: Notification) -> SafeString:
        moments = [
            (date_format(localtime(moment.at), "j M Y, H:i:s"), moment.what) for moment in moments_of(row)
        ]
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{} · {}</li>", moments))

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_notification")

    @admin.action(description="Withdraw: take back, with what it says", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        with transaction.atomic():
            count = actions.withdraw_notifications(list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"{count} notifications are withdrawn.", messages.SUCCESS)


@admin.register(Delivery)
class DeliveryAdmin(ToLookAt):
    """Pushes and mails, with what went wrong."""

    list_display = ("id", "notification", "person", "what", "to", "state", "attempts", "error", "created_at")
    list_filter = ("state", "channel")
    list_select_related = ("notification__recipient", "device")
    fields = (
        *("notification", "person", "what", "to", "state", "attempts", "error"),
        *("created_at", "attempted_at", "finished_at", "digest_at"),
    )

    @admin.display(description="whom")
    def person(self, delivery: Delivery) -> str:
        return str(delivery.notification.recipient)

    search_fields = ("address", "error")

    @admin.display(description="what")
    def what(self, delivery: Delivery) -> str:
        return what_is(delivery)

    @admin.display(description="to")
    def to(self, delivery: Delivery) -> str:
        return delivery.address or str(delivery.device or "a device that is gone")


@admin.register(Device)
class DeviceAdmin(ToLookAt):
    """Browsers that take push. Where they are reached is a secret, and is not shown."""

    list_display = ("id", "user", "name", "created_at", "last_seen")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    fields = ("user", "name", "created_at", "last_seen")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("notifications.delete_device")

    def delete_model(self, request: HttpRequest, obj: Device) -> None:
        actions.remove_device(obj.user, obj.endpoint)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        for device in queryset.select_related("user"):
            self.delete_model(request, device)
