"""Rules, alerts and silences, as staff look at them. They are changed on their own pages, where everybody may."""

from itertools import zip_longest

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.models import Alert, AlertChange, Post, Rule, Silence
from dashboard.rules.events import titles_of
from dashboard.rules.explaining import explanation
from dashboard.rules.machine import FIRES
from dashboard.rules.schemas import parsed

from .looking import ToLookAt, moment

LINK = "\x00"
"""Around the id of a rule, in words that have no such character."""


@admin.register(Rule)
class RuleAdmin(ToLookAt):
    list_display = ("title", "severity", "firing", "board", "enabled", "error", "evaluated_at")
    list_filter = ("severity", "enabled", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("board",)
    search_fields = ("title",)
    ordering = ("title", "pk")
    fields = (
        "title",
        "in_words",
        "board",
        "severity",
        "enabled",
        "error",
        "evaluated_at",
        "definition",
        "version",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rule]:
        rows: QuerySet[Rule] = super().get_queryset(request)
        return rows.annotate(firing_now=Count("alerts", filter=Q(alerts__state__in=FIRES)))

    @admin.display(description="Firing", ordering="firing_now")
    def firing(self, row: Rule) -> int:
        """How many of its alerts fire."""
        return int(row.firing_now)  # type: ignore[attr-defined]

    @admin.display(description="Judged up to", ordering="evaluated")
    def evaluated_at(self, row: Rule) -> object:
        """Up to when its alerts are judged."""
        return moment(row.evaluated)

    @admin.display(description="What it does")
    def in_words(self, row: Rule) -> SafeString:
        """The definition, as people read it, with links to the rules that it is made of."""
        definition = parsed(row.definition)
        titles = titles_of([definition])
        words = explanation(definition, {pk: f"{LINK}{pk}{LINK}" for pk in titles}).split(LINK)
        links = [_link(int(word), titles[int(word)]) for word in words[1::2]]
        return format_html_join("", "{}{}", zip_longest(words[::2], links, fillvalue=""))


def _link(pk: int, title: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:dashboard_rule_change", args=[pk]), title)


class ChangeInline(admin.TabularInline):
    model = AlertChange
    fields = readonly_fields = ("at", "kind", "before", "state", "value", "why", "actor")
    ordering = ("-pk",)
    extra = 0
    can_delete = False
    max_num = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[AlertChange]:
        return super().get_queryset(request).select_related("actor")


@admin.register(Alert)
class AlertAdmin(ToLookAt):
    list_display = ("rule", "labels", "state", "since_at", "why", "acknowledged_by", "silenced")
    list_filter = ("state", "rule__severity", "silenced")
    list_select_related = ("rule", "acknowledged_by")
    search_fields = ("rule__title", "labels")
    ordering = ("-since",)
    fields = (
        *("rule", "labels", "state", "since_at", "value", "why", "incident", "told", "silenced"),
        *("acknowledged_by", "acknowledged_at", "post"),
    )
    inlines = (ChangeInline,)

    @admin.display(description="Since", ordering="since")
    def since_at(self, row: Alert) -> object:
        """When its state began."""
        return moment(row.since)


@admin.register(Silence)
class SilenceAdmin(ToLookAt):
    list_display = ("comment", "rule", "labels", "until", "author", "created_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    list_select_related = ("rule", "author")
    search_fields = ("comment", "rule__title")
    ordering = ("-until",)


@admin.register(Post)
class PostAdmin(ToLookAt):
    """Messages that tell of alerts, and why some could not be said."""

    list_display = ("at", "room", "message", "error", "ended_at")
    list_filter = (("error", admin.EmptyFieldListFilter),)
    ordering = ("-pk",)
