"""How people sign in: settings of Django and of allauth that depend on nothing in the environment."""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "project.accounts.sessions"

LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/rooms/"
LOGOUT_REDIRECT_URL = LOGIN_URL

ACCOUNT_ADAPTER = "project.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "project.accounts.forms.LoginForm",
    "signup": "project.accounts.forms.SignUpForm",
    "add_email": "project.accounts.forms.EmailForm",
    "change_password": "project.accounts.forms.ChangePasswordForm",
    "set_password": "project.accounts.forms.SetPasswordForm",
    "reset_password": "project.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "project.accounts.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
# A site without outgoing mail must work, so an address may stay unconfirmed.
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Watchroom] "
ACCOUNT_SESSION_REMEMBER = True
# A whole team signs in from one office address on a Monday morning. What stops guessing is the limit per name;
# every attempt under way counts against it until it has succeeded.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/m/ip,10/5m/key",
}
