"""The pages: the inbox, what somebody wants, the way from a notification to its place, and the service worker."""

from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from project.accounts.devices import describe
from project.accounts.models import User
from project.accounts.zones import reader_zone

from . import actions, layout, preferences, queries
from .context import bell_of

WORKER = "notifications/service_worker.js"


@login_required
@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What somebody was told, by day and source, narrowed down as the query says."""
    user = _person(request)
    bell = bell_of(request, user)  # first: its position must not be ahead of what the page shows
    filters = layout.filters_of(request.GET)
    shown = layout.inbox(user, filters, bell, reader_zone(request))
    return render(request, "notifications/inbox.html", {"bell": bell} | shown)


@login_required
@never_cache
@require_safe
def show_preferences(request: HttpRequest) -> HttpResponse:
    """What somebody wants to hear of, where and when."""
    user = _person(request)
    this_browser = describe(request.headers.get("User-Agent", ""))
    shown = preferences.page(user, this_browser) | {"zone": reader_zone(request)}
    return render(request, "notifications/preferences.html", shown)


@login_required
@never_cache
@require_safe
def open_notification(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Marks a notification read and goes to the exact place it leads to, from wherever it was pressed."""
    user = _person(request)
    row = get_object_or_404(queries.inbox(user.pk), pk=notification_id)
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):  # nobody has pressed anything yet
        actions.seen(user.pk, row.seq)
        actions.read(user.pk, [row.pk], up_to=row.seq)
    if not row.link:
        return redirect(reverse("notifications", query={"show": "all"}, fragment=f"note-{row.pk}"))
    return HttpResponseRedirect(row.link)


@never_cache
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker: served from the root, because it may only look after what lies below its own address."""
    found = finders.find(WORKER)
    if not found:
        raise Http404
    return HttpResponse(Path(found).read_bytes(), content_type="text/javascript")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
