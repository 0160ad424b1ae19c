"""Included at the root of the site."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("accounts/invite/<str:secret>/", views.accept_invitation, name="accept_invitation"),
    path("accounts/", include("allauth.account.urls")),
    path("people/<int:user_id>/avatar/<str:name>.webp", views.avatar, name="avatar"),
    path("settings/", views.show_settings, name="settings"),
    path("settings/profile/", views.profile, name="settings_profile"),
    path("settings/picture/", views.picture, name="settings_picture"),
    path("settings/sessions/end/", views.end_sessions, name="settings_end_sessions"),
    path("settings/tokens/", views.issue_token, name="settings_issue_token"),
    path("settings/tokens/<int:token_id>/revoke/", views.revoke_token, name="settings_revoke_token"),
    path("settings/invitations/", views.invite, name="settings_invite"),
    path(
        "settings/invitations/<int:invitation_id>/withdraw/",
        views.withdraw_invitation,
        name="settings_withdraw_invitation",
    ),
]
