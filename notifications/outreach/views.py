"""Ending mail from a link in it, without signing in."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from project.accounts.models import User

from .. import actions, kinds
from ..models import Channel, Digest
from . import addresses


# Mail programs POST this by themselves (RFC 8058), without a page of ours; the signed address is what allows it.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A page that asks; a POST ends the mail. A mere look, as scanners of mail have, changes nothing."""
    try:
        user_id, what = addresses.unsubscribed(token)
    except (signing.BadSignature, ValueError) as error:
        raise Http404("This link is not whole.") from error
    user = get_object_or_404(User, pk=user_id)
    titles = {kind.name: kind.title for kind in kinds.registered()}
    done = request.method == "POST"
    if done and what == addresses.DIGEST:
        actions.save_settings(user, {"digest": Digest.OFF})
    elif done and what in titles:
        actions.set_preference(user, what, Channel.EMAIL, False)
    title = "digests" if what == addresses.DIGEST else titles.get(what, what)
    return render(request, "notifications/unsubscribe.html", {"what": title, "done": done})
