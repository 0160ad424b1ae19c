"""Rules, alerts and silences, as staff look at them. They are changed on their own pages, where everybody may."""

from itertools import zip_longest

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from dashboard.models import Alert, AlertChange, Rule, Silence
from dashboard.rules import events
from dashboard.rules.explaining import explanation, number
from dashboard.rules.machine import FIRES
from dashboard.rules.schemas import parsed
from project.accounts.models import User
from project.between.rooms import rooms
from project.looking import NOTHING, ToLookAt, Whether, labels, link, moment, pretty, table

LINK = "\x00"
"""Around the id of a rule, in words that have no such character."""
CHANGES_SHOWN = 50


@admin.register(Rule)
class RuleAdmin(ToLookAt):
    list_display = ("title", "severity", "firing", "board", "enabled", "error", "evaluated_at", "version")
    list_filter = ("severity", "enabled", ("deleted_at", Whether))
    list_select_related = ("board",)
    search_fields = ("title", "board__title")
    ordering = ("title", "pk")
    fields = (
        *("title", "page", "in_words", "told", "board", "severity", "enabled", "error", "evaluated_at"),
        *("version", "updated_at", "deleted_at", "raw"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rule]:
        rows: QuerySet[Rule] = super().get_queryset(request)
        return rows.annotate(firing_now=Count("alerts", filter=Q(alerts__state__in=FIRES)))

    @admin.display(description="Firing", ordering="firing_now")
    def firing(self, row: Rule) -> int:
        """How many of its alerts fire."""
        return int(row.firing_now)  # type: ignore[attr-defined]

    @admin.display(description="Judged up to", ordering="evaluated")
    def evaluated_at(self, row: Rule) -> str:
        """Up to when its alerts are judged."""
        return moment(row.evaluated)

    @admin.display(description="Where it is changed")
    def page(self, row: Rule) -> str:
        """The way to its editor."""
        return link(reverse("rule", args=[row.pk]), "Its editor") if row.deleted_at is None else NOTHING

    @admin.display(description="What it does")
    def in_words(self, row: Rule) -> SafeString:
        """The definition, as people read it, with links to the rules that it is made of."""
        definition = parsed(row.definition)
        titles = events.titles_of([definition])
        words = explanation(definition, {pk: f"{LINK}{pk}{LINK}" for pk in titles}).split(LINK)
        links = [
            link(reverse("admin:dashboard_rule_change", args=[word]), titles[int(word)])
            for word in words[1::2]
        ]
        return format_html_join("", "{}{}", zip_longest(words[::2], links, fillvalue=""))

    @admin.display(description="Whom it tells")
    def told(self, row: Rule) -> str:
        """Its followers and its room, by their names."""
        followers, room = row.definition["followers"], row.definition["room"]
        people = User.objects.filter(pk__in=followers["people"]).order_by("username")
        found = [f"@{user.username}" for user in people] + [f"topic {name}" for name in followers["topics"]]
        return (
            ", ".join([*found, *(f"room {name}" for name in rooms().names([room] if room else []).values())])
            or NOTHING
        )

    @admin.display(description="Definition")
    def raw(self, row: Rule) -> SafeString:
        """All of it."""
        return pretty(row.definition)


@admin.register(Alert)
class AlertAdmin(ToLookAt):
    list_display = ("rule", "about", "state", "severity", "since_at", "why", "acknowledged_by", "silenced")
    list_filter = ("state", "rule__severity", "silenced")
    search_fields = ("rule__title", "labels")
    ordering = ("-since", "-pk")
    fields = (
        *("rule", "about", "page", "state", "since_at", "seen", "why", "silenced"),
        *("acknowledged_by", "acknowledged_at", "incidents", "message", "history"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return super().get_queryset(request).select_related("rule", "acknowledged_by", "post")

    @admin.display(description="Labels", ordering="labels")
    def about(self, row: Alert) -> str:
        """What tells it apart from others of its rule."""
        return labels(row.labels)

    @admin.display(description="Severity", ordering="rule__severity")
    def severity(self, row: Alert) -> str:
        """How bad it is."""
        return row.rule.get_severity_display()

    @admin.display(description="Since", ordering="since")
    def since_at(self, row: Alert) -> str:
        """When its state began."""
        return moment(row.since)

    @admin.display(description="Value")
    def seen(self, row: Alert) -> str:
        """What was seen when its state began."""
        return NOTHING if row.value is None else number(row.value)

    @admin.display(description="Where it is shown")
    def page(self, row: Alert) -> SafeString:
        """The way to it."""
        return link(events.url(row.pk), "The page of alerts")

    @admin.display(description="Incidents")
    def incidents(self, row: Alert) -> str:
        """How often it has fired, and whether people know of the last time."""
        if not row.incident:
            return NOTHING
        told = (
            "people were told of the last one"
            if row.told == row.incident
            else "nobody was told of the last one"
        )
        return f"{row.incident}, the last one since {moment(row.fired)}; {told}"

    @admin.display(description="Message in its room")
    def message(self, row: Alert) -> str:
        """The way to what tells of it, or why nothing does."""
        if row.post is None:
            return NOTHING
        return link(row.post.url, "The message") if row.post.url else row.post.error or "is being said"

    @admin.display(description="What happened last")
    def history(self, row: Alert) -> SafeString:
        """The newest changes; the page of alerts has all of them."""
        changes = (
            AlertChange.objects.filter(alert=row).select_related("actor").order_by("-pk")[:CHANGES_SHOWN]
        )
        rows = (
            (moment(one.at), one.get_kind_display(), one.get_state_display(), one.why, one.actor or NOTHING)
            for one in changes
        )
        return table(("At", "What", "State", "Why", "Who"), rows)


@admin.register(Silence)
class SilenceAdmin(ToLookAt):
    list_display = (
        "__str__",
        "rule",
        "about",
        "holds",
        "until",
        "author",
        "created_at",
        "ended_at",
        "ended_by",
    )
    list_filter = (("ended_at", Whether),)
    list_select_related = ("rule", "author", "ended_by")
    search_fields = ("comment", "rule__title", "author__username")
    ordering = ("-until", "-pk")
    fields = ("comment", "rule", "about", "holds", "until", "author", "created_at", "ended_at", "ended_by")

    @admin.display(description="Labels")
    def about(self, row: Silence) -> str:
        """What tells apart the alerts that it is about."""
        return labels(row.labels)

    @admin.display(description="Holds", boolean=True)
    def holds(self, row: Silence) -> bool:
        """Whether nobody is told now."""
        return row.ended_at is None and row.until > timezone.now()
