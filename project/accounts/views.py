"""The settings page, invitation links, and pictures of people."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from . import actions, queries
from .adapter import INVITATION
from .authentication import identify
from .forms import InvitationForm, PictureForm, ProfileForm, TokenForm
from .models import User
from .zones import reader_zone

INVITE_PERMISSION = "accounts.add_invitation"


@login_required
@never_cache
@require_GET
def show_settings(request: HttpRequest) -> HttpResponse:
    """The page with everything about oneself."""
    return _page(request)


@login_required
@require_POST
def profile(request: HttpRequest) -> HttpResponse:
    """Changes name and time zone."""
    user = _person(request)
    form = ProfileForm(request.POST, instance=User.objects.get(pk=user.pk))
    if not form.is_valid():
        return _page(request, profile_form=form)
    actions.change_profile(user, **form.cleaned_data)
    return _done(request, "Your profile is saved.")


@login_required
@require_POST
def picture(request: HttpRequest) -> HttpResponse:
    """Sets the person's picture, or removes it."""
    if "remove" in request.POST:
        actions.set_avatar(_person(request), None)
        return _done(request, "Your picture is removed.")
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, picture_form=form)
    actions.set_avatar(_person(request), form.cleaned_data["picture"])
    return _done(request, "Your new picture is up.")


@login_required
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Signs out one other browser, or all others."""
    user = _person(request)
    one = request.POST.get("session")
    if one:
        session = get_object_or_404(
            user.sessions.exclude(session_key=request.session.session_key), digest=one
        )
        actions.end_session(session)
        return _done(request, "That browser is signed out.", "sessions")
    actions.end_other_sessions(user, request.session.session_key or "")
    return _done(request, "You are signed out everywhere else.", "sessions")


@login_required
@never_cache
@require_POST
def issue_token(request: HttpRequest) -> HttpResponse:
    """Issues a token and shows it, this once: the answer to the POST is the only place that ever has it."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, token_form=form)
    token, secret = actions.issue_token(
        _person(request),
        form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        expires=form.expires(),
    )
    return _page(request, issued_token=token, secret=secret)


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Ends one of the person's tokens."""
    actions.revoke_token(get_object_or_404(_person(request).tokens, pk=token_id))
    return _done(request, "The token is revoked.", "tokens")


@login_required
@never_cache
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Makes an invitation; its link is mailed, or shown this once."""
    user = _person(request)
    if not _may_invite(user):
        return HttpResponseForbidden()
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, invitation_form=form)
    invitation, secret = actions.invite(user, form.cleaned_data["email"])
    link = request.build_absolute_uri(reverse("accept_invitation", args=[secret]))
    if invitation.email:
        context = {"inviter": user, "link": link, "expires": invitation.expires}
        get_adapter().send_mail("account/email/invitation", invitation.email, context)
    return _page(request, invitation=invitation, invitation_link=link)


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Makes the link of one of the person's invitations useless."""
    actions.withdraw_invitation(
        get_object_or_404(_person(request).invitations, pk=invitation_id, used_at=None)
    )
    return _done(request, "The invitation is withdrawn.", "invitations")


@never_cache
@require_safe
def accept_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Where an invitation link leads: to sign-up, or to a page that says why not."""
    invitation = queries.open_invitation(secret)
    if invitation is None or settings.SIGN_UP == "closed":
        return render(request, "accounts/invitation_spent.html", status=404)
    request.session[INVITATION] = invitation.pk
    query = {"email": invitation.email} if invitation.email else None
    return redirect(reverse("account_signup", query=query))


@require_safe
def avatar(request: HttpRequest, user_id: int, name: str) -> HttpResponse:
    """A person's picture, for anyone signed in or with a token. Its address changes with it, so it keeps."""
    if identify({key.lower(): value for key, value in request.headers.items()}) is None:
        return HttpResponseForbidden()
    user = get_object_or_404(User.objects.exclude(avatar=""), pk=user_id)
    if not user.avatar_url == request.path:
        raise Http404
    try:
        with user.avatar.open() as file:
            content = file.read()
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(
        content,
        content_type="image/webp",
        headers={
            "Cache-Control": "private, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    user = _person(request)
    stored = User.objects.get(pk=user.pk)
    context = {
        "zone": reader_zone(request),
        "profile_form": ProfileForm(instance=stored),
        "picture_form": PictureForm(),
        "token_form": TokenForm(),
        "invitation_form": InvitationForm(),
        "sign_ins": queries.sign_ins(user, request.session.session_key),
        "tokens": user.tokens.filter(revoked_at=None),
        "may_invite": _may_invite(user),
        "invitations": queries.open_invitations().filter(inviter=user),
    }
    refused = any(isinstance(value, BaseForm) and value.errors for value in more.values())
    return render(request, "accounts/settings.html", context | more, status=422 if refused else 200)


def _done(request: HttpRequest, message: str, section: str = "") -> HttpResponse:
    messages.success(request, message)
    return redirect(reverse("settings", fragment=section or None))


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _may_invite(user: User) -> bool:
    return settings.SIGN_UP != "closed" and user.has_perm(INVITE_PERMISSION)
