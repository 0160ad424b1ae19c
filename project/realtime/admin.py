"""Streams as the admin sees them: where they stand, and what is kept. Nothing here can be changed by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from project.looking import ToLookAt, moment, table
from project.realtime.models import Event, Stream

EVENTS_SHOWN = 20


@admin.register(Stream)
class StreamAdmin(ToLookAt):
    list_display = ("name", "head", "oldest", "size")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "head", "oldest", "size", "newest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stream]:
        return super().get_queryset(request).annotate(kept=F("head") - F("oldest") + 1)

    @admin.display(description="events kept", ordering="kept")
    def size(self, stream: Any) -> int:
        """A log has no holes, so nothing needs to be counted."""
        return int(stream.kept)

    @admin.display(description="newest events")
    def newest(self, stream: Stream) -> SafeString:
        """What sort of thing happened, and not what it says: that is for those who may read the stream."""
        events = Event.objects.filter(stream=stream).order_by("-seq").only("seq", "type", "at")[:EVENTS_SHOWN]
        return table(("Seq", "Type", "At"), ((event.seq, event.type, moment(event.at)) for event in events))
