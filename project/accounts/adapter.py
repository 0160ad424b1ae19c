"""Who may sign up, and how allauth makes a person here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from . import actions, queries
from .models import Invitation, User
from .zones import reader_zone

INVITATION = "invitation"
"""Where the session keeps the id of the invitation somebody came with."""

NO_MATCH = "That name and password do not match."


class AccountAdapter(DefaultAccountAdapter):
    """allauth's, with SIGN_UP: `open` to anyone, by `invite`, or `closed`."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": NO_MATCH,
        "email_password_mismatch": NO_MATCH,
        "enter_current_password": "That is not your current password.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
        "email_taken": "Somebody here has this address already.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        if settings.SIGN_UP == "open":
            return True
        return settings.SIGN_UP == "invite" and self._invitation(request) is not None

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Saves the new person and uses up their invitation, both or neither."""
        user.display_name = form.cleaned_data.get("display_name", "")
        user.time_zone = reader_zone(request).key
        try:
            with transaction.atomic():
                super().save_user(request, user, form, commit)
                invitation = self._invitation(request)
                if invitation is not None:
                    actions.use_invitation(invitation.pk, user)
                elif settings.SIGN_UP == "invite":
                    raise actions.InvitationSpent
        except actions.InvitationSpent:
            raise ImmediateHttpResponse(redirect("account_signup")) from None
        request.session.pop(INVITATION, None)
        return user

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings")

    def _invitation(self, request: HttpRequest) -> Invitation | None:
        found = request.session.get(INVITATION)
        return queries.open_invitations().filter(pk=found).first() if found else None
