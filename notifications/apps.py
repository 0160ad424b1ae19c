"""Each person's inbox."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from notifications import access, commands, jobs, kinds  # noqa: F401  importing registers them

        access.register()
        kinds.register_own()
