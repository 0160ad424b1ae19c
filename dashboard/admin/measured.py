"""What is measured: metrics with how many series they have, series that can be merged or dropped, and their cost."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from dashboard import costs
from dashboard.actions import series as actions
from dashboard.models import Metric, Series
from dashboard.queries.labels import labels_of
from project.looking import NOTHING, ToLookAt, labels, moment, table

SHOWN = 20
"""Of what a question is about."""
VALUES_SHOWN = 5
"""Of a label, to recognise it by."""


class Droppable(ToLookAt):
    """Rows that go together with everything that was measured of them."""

    def has_drop_permission(self, request: HttpRequest) -> bool:
        return super(ToLookAt, self).has_delete_permission(request)

    def asked(
        self, request: HttpRequest, rows: QuerySet[Any], sentence: str, action: str, do: Callable[[], str]
    ) -> HttpResponse | None:
        """Asks first; once that is answered, does it and says what was done."""
        if "_sure" in request.POST:
            self.message_user(request, do(), messages.SUCCESS)
            return None
        context = self.admin_site.each_context(request) | {
            "title": "Are you sure?",
            "opts": self.opts,
            "sentence": sentence,
            "action": action,
            "rows": rows[:SHOWN],
            "more": max(0, rows.count() - SHOWN),
            "ids": list(rows.values_list("pk", flat=True)),
        }
        return TemplateResponse(request, "admin/dashboard/sure.html", context)


@admin.register(Metric)
class MetricAdmin(Droppable):
    list_display = ("name", "sort", "series_count", "newest", "unit", "help")
    list_filter = ("kind",)
    search_fields = ("name", "help")
    ordering = ("name",)
    fields = ("name", "kind", "unit", "help", "created_at", "series_count", "cardinality")
    readonly_fields = fields
    actions = ("drop",)
    change_list_template = "admin/dashboard/metrics.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Metric]:
        return super().get_queryset(request).annotate(n=Count("series"), newest=Max("series__last_at"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.costs)
        return [path("costs/", view, name="dashboard_metric_costs"), *super().get_urls()]

    @admin.display(description="kind", ordering="kind")
    def sort(self, metric: Metric) -> str:
        return metric.get_kind_display().partition(":")[0]

    @admin.display(description="series", ordering="n")
    def series_count(self, metric: Any) -> str:
        most = settings.LIMIT_SERIES_PER_METRIC
        return f"{metric.n:,} of {most:,}" if most else f"{metric.n:,}"

    @admin.display(description="last measured", ordering="newest")
    def newest(self, metric: Any) -> str:
        return moment(metric.newest or 0)

    @admin.display(description="values of each label")
    def cardinality(self, metric: Metric) -> SafeString:
        values: dict[str, set[str]] = defaultdict(set)
        for one in labels_of(metric):
            for name, value in one.items():
                values[name].add(value)
        most = sorted(values.items(), key=lambda one: (-len(one[1]), one[0]))
        rows = ((name, f"{len(some):,}", ", ".join(sorted(some)[:VALUES_SHOWN])) for name, some in most)
        return table(("Label", "Values", "Such as"), rows)

    @admin.action(description="Drop, with everything that was measured", permissions=["drop"])
    def drop(self, request: HttpRequest, queryset: QuerySet[Metric]) -> HttpResponse | None:
        def do() -> str:
            count = actions.drop_metrics(list(queryset.values_list("pk", flat=True)))
            return f"{count} metrics are gone."

        sentence = (
            "These metrics go, with all their series and everything that was measured. It cannot be undone."
        )
        return self.asked(request, queryset.order_by("name"), sentence, "drop", do)

    def costs(self, request: HttpRequest) -> HttpResponse:
        """How long each resolution is kept, and what that takes on disk."""
        if not self.has_view_permission(request):
            return redirect("admin:index")
        found = costs.of_all_tiers()
        context = self.admin_site.each_context(request) | {
            "title": "What keeping measurements costs",
            "opts": self.opts,
            "costs": found,
            "computed": sum(cost.computed for cost in found),
            "on_disk": sum(cost.on_disk or 0 for cost in found) or None,
            "a_series": sum(cost.a_series for cost in found),
            "series": Series.objects.count(),
            "database": costs.file_size(),
        }
        return TemplateResponse(request, "admin/dashboard/costs.html", context)


@admin.register(Series)
class SeriesAdmin(Droppable):
    list_display = ("metric", "of", "newest", "sender", "created_at")
    list_filter = ("metric__kind",)
    search_fields = ("metric__name", "labels")
    fields = ("metric", "of", "newest", "sender", "created_at")
    ordering = ("-pk",)
    actions = ("merge", "drop")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:
        return super().get_queryset(request).select_related("metric", "token", "user")

    @admin.display(description="labels", ordering="labels")
    def of(self, series: Series) -> str:
        return labels(series.labels)

    @admin.display(description="first sent by")
    def sender(self, series: Series) -> str:
        if series.token:
            return f"token {series.token}"
        return f"@{series.user}" if series.user else NOTHING

    @admin.display(description="last measured", ordering="last_at")
    def newest(self, series: Series) -> str:
        return moment(series.last_at)

    @admin.action(description="Merge into the one that was measured last", permissions=["drop"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Series]) -> HttpResponse | None:
        rows = queryset.order_by("-last_at", "-pk")
        if len({row.metric_id for row in rows}) != 1 or len(rows) < 2:
            self.message_user(request, "Choose two or more series of one metric.", messages.ERROR)
            return None
        keep, *gone = rows

        def do() -> str:
            actions.merge_later(keep.pk, [row.pk for row in gone])
            return f"{len(gone)} series are being merged into {labels(keep.labels)}, in the background."

        sentence = (
            f"Everything that was measured is added to {labels(keep.labels)}, window by window, and the others go. It"
            " cannot be undone. Who goes on sending one of the others makes it anew."
        )
        return self.asked(request, rows, sentence, "merge", do)

    @admin.action(description="Drop, with everything that was measured", permissions=["drop"])
    def drop(self, request: HttpRequest, queryset: QuerySet[Series]) -> HttpResponse | None:
        def do() -> str:
            return f"{actions.drop(list(queryset.values_list('pk', flat=True)))} series are gone."

        sentence = "These series go, with everything that was measured. It cannot be undone."
        return self.asked(request, queryset.order_by("pk"), sentence, "drop", do)
