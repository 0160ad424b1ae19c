"""The admin's pages for people, tokens and invitations. Changes go through actions.py."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from project.looking import Whether
from project.pagination import BoundedPaginator

from .actions import end_all_sessions, invite, issue_token, revoke_token, set_active
from .models import ApiToken, Invitation, User
from .scopes import SCOPES

apps.get_app_config(
    "account"
).verbose_name = "Email"  # allauth's own name for it, Accounts, says nothing beside ours

# The site's own sign-in has the rate limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People and bots. Switching `active` off ends their connections at once."""

    list_display = ("username", "display_name", "email", "is_active", "is_staff", "is_bot", "last_login")
    list_filter = ("is_active", "is_staff", "is_bot")
    search_fields = ("username", "display_name", "email")
    readonly_fields = ("last_login", "date_joined")
    show_full_result_count = False
    paginator = BoundedPaginator
    actions = ("deactivate", "activate", "sign_out")
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "email", "time_zone", "is_bot")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "display_name", "usable_password", "password1", "password2", "is_bot"),
            },
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People are deactivated. What they said stays, and no log would know what went with them."""
        return False

    @admin.action(description="Deactivate: sign out everywhere, keep what they wrote", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=True):
            if user == request.user:
                continue  # nobody locks themselves out by a slip
            set_active(user, False)
            self.log_change(request, user, "Deactivated")
        self.message_user(request, "Deactivated. Their connections end within a second.")

    @admin.action(description="Activate again", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=False):
            set_active(user, True)
            self.log_change(request, user, "Activated")
        self.message_user(request, "They may sign in again.")

    @admin.action(description="Sign out everywhere; tokens stay", permissions=["change"])
    def sign_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            end_all_sessions(user)
            self.log_change(request, user, "Signed out everywhere")
        self.message_user(request, "Signed out.")


class IssueTokenForm(forms.ModelForm):
    """A token to be issued for somebody."""

    scopes = forms.MultipleChoiceField(
        choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple, initial=list(SCOPES)
    )

    class Meta:
        model = ApiToken
        fields = ("user", "name", "scopes", "expires")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "expires" not in self.fields:  # it is to be looked at
            return
        for part, widget in zip(("date", "time"), self.fields["expires"].widget.widgets, strict=True):
            widget.attrs["aria-label"] = f"Expires, {part}"  # Django has text beside these two, and no label


@admin.register(ApiToken)
class TokenAdmin(admin.ModelAdmin):
    """API tokens: issued here and shown once, revoked, never changed."""

    form = IssueTokenForm
    list_display = ("prefix", "name", "user", "may", "created", "last_used", "expires", "revoked_at")
    list_filter = (("revoked_at", Whether),)
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    autocomplete_fields = ("user",)
    show_full_result_count = False
    paginator = BoundedPaginator
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        shown = ("prefix", "name", "user", "may", "created", "last_used", "expires", "revoked_at")
        return shown if obj else ("user", "name", "scopes", "expires")

    @admin.display(description="scopes")
    def may(self, token: ApiToken) -> str:
        """What it may be used for."""
        return ", ".join(token.scopes)

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        token, request.issued_secret = issue_token(  # type: ignore[attr-defined]
            obj.user, obj.name, scopes=obj.scopes, expires=obj.expires
        )
        obj.pk, obj.prefix = token.pk, token.prefix

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": "A new token",
            "token": obj,
            "secret": request.issued_secret,  # type: ignore[attr-defined]
            "back": reverse("admin:accounts_apitoken_changelist"),
        }
        return render(request, "accounts/admin_token_issued.html", context)

    @admin.action(description="Revoke: end what uses them within a second", permissions=["delete"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            revoke_token(token)
            self.log_change(request, token, "Revoked")
        self.message_user(request, "Revoked.")


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    """Invitations: made here, with a link that is shown once."""

    list_display = ("inviter", "email", "created", "expires", "used_at", "used_by")
    list_filter = (("used_at", Whether),)
    list_display_links = ("inviter", "email")
    list_select_related = ("inviter", "used_by")
    search_fields = ("email", "inviter__username")
    show_full_result_count = False
    paginator = BoundedPaginator

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> tuple[str, ...]:
        return ("email", "inviter", "created", "expires", "used_at", "used_by") if obj else ("email",)

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        invitation, secret = invite(request.user, obj.email)
        obj.pk = invitation.pk
        link = request.build_absolute_uri(reverse("accept_invitation", args=[secret]))
        messages.info(request, f"Pass this link on; it is shown only now: {link}")
