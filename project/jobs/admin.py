"""The queue as staff see it: what waits, what runs, and what failed for good and can be tried again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from project.jobs import queue
from project.jobs.models import Job, State
from project.looking import preformatted, pretty
from project.pagination import BoundedPaginator

ERROR_SHOWN = 120  # characters of the error's last line, in the list


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    list_display = ("id", "name", "state", "priority", "due_at", "attempts", "last_error", "key")
    list_filter = ("state", "priority", "name")
    search_fields = ("key", "name", "error")
    ordering = ("-pk",)
    show_full_result_count = False
    paginator = BoundedPaginator
    fields = (
        *("name", "state", "priority", "due_at", "attempts", "claimed_until", "key", "arguments", "why"),
        *("created_at", "failed_at"),
    )
    actions = ("try_again",)

    @admin.display(description="arguments")
    def arguments(self, job: Job) -> SafeString:
        return pretty(job.args)

    @admin.display(description="error")
    def why(self, job: Job) -> SafeString:
        return preformatted(job.error)

    @admin.display(description="error")
    def last_error(self, job: Job) -> str:
        return job.error.strip().rpartition("\n")[2][:ERROR_SHOWN]

    @admin.action(description="Try again: failed jobs get all their attempts anew", permissions=["try"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        count = queue.try_again(queryset.values_list("pk", flat=True))
        self.message_user(request, f"{count} failed jobs are tried again.", messages.SUCCESS)

    def has_try_permission(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """What runs cannot be called back."""
        return (obj is None or obj.state != State.RUNNING) and super().has_delete_permission(request, obj)
