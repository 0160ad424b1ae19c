"""The forms of sign-in, sign-up and the settings page."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from .avatars import MAX_UPLOAD_BYTES, NotAPicture, square
from .models import ApiToken, Invitation, User, time_zones
from .scopes import SCOPES

LIFETIMES = {"30": "30 days", "90": "90 days", "365": "1 year", "": "No expiry"}
"""Days that a token may live, as offered."""


class Plain(forms.Form):
    """A form of allauth without placeholders, which only repeat the labels, and with labels in our own words."""

    said: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.said.get(name, field.label)


class LoginForm(Plain, allauth_forms.LoginForm):
    """allauth's, which also takes `username`, as Django's own sign-in calls the field."""

    said = {"login": "Username or email"}

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None and "login" not in data and "username" in data:
            data = data.copy()
            data["login"] = data["username"]
        super().__init__(data, *args, **kwargs)
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["password"].help_text = ""

    @property
    def may_sign_up(self) -> bool:
        """Whether the page should offer it."""
        return bool(get_adapter().is_open_for_signup(self.request))


class SignUpForm(Plain, allauth_forms.SignupForm):
    """allauth's, which also asks how others should see you."""

    display_name = forms.CharField(
        label="Your name",
        max_length=80,
        required=False,
        help_text="What others see. Your username, if you leave it empty.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("username", "display_name", "email", "password1")


class EmailForm(Plain, allauth_forms.AddEmailForm):
    """A new address."""

    said = {"email": "New address"}


class ChangePasswordForm(Plain, allauth_forms.ChangePasswordForm):
    """A new password for somebody who knows the old one."""

    said = {
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "New password, again",
    }


class SetPasswordForm(Plain, allauth_forms.SetPasswordForm):
    """A first password."""

    said = {"password2": "Password, again"}


class ResetPasswordForm(Plain, allauth_forms.ResetPasswordForm):
    """Where to send the link."""


class NewPasswordForm(Plain, allauth_forms.ResetPasswordKeyForm):
    """A new password for somebody who came by the link."""

    said = {"password1": "New password", "password2": "New password, again"}


class ProfileForm(forms.ModelForm):
    """What a person says about themselves."""

    time_zone = forms.ChoiceField(
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(time_zones())]
    )

    class Meta:
        model = User
        fields = ("display_name", "time_zone")
        labels = {"display_name": "Your name"}
        help_texts = {"display_name": "What others see. Your username, if you leave it empty."}
        widgets = {"display_name": forms.TextInput(attrs={"autocomplete": "name"})}


class PictureForm(forms.Form):
    """A picture of the person, to be cut square."""

    picture = forms.FileField(
        label="Choose a picture",
        help_text="PNG, JPEG, WebP or GIF, up to 5 MB. We cut it square and remove what your camera wrote into it.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )

    def clean_picture(self) -> bytes:
        upload: UploadedFile = self.cleaned_data["picture"]
        try:
            return square(upload.read(MAX_UPLOAD_BYTES + 1))
        except NotAPicture as error:
            raise forms.ValidationError(str(error)) from None


class TokenForm(forms.ModelForm):
    """A token to be issued."""

    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=list(SCOPES),
    )
    lifetime = forms.ChoiceField(
        label="It works for", choices=list(LIFETIMES.items()), required=False, initial="90"
    )

    class Meta:
        model = ApiToken
        fields = ("name",)
        labels = {"name": "What is it for?"}
        widgets = {"name": forms.TextInput(attrs={"placeholder": "Deploy script"})}

    def expires(self) -> datetime | None:
        """When the token should end, counted from now."""
        days = self.cleaned_data["lifetime"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class InvitationForm(forms.ModelForm):
    """An invitation to be handed out."""

    class Meta:
        model = Invitation
        fields = ("email",)
        labels = {"email": "Send it to (optional)"}
        help_texts = {"email": "Left empty, you get a link to pass on yourself."}
