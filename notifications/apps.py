"""Each person's inbox."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from notifications import access, commands, jobs, kinds, retention  # noqa: F401  importing registers them
        from notifications.outreach import copies, digest, ladder, mail, push  # noqa: F401  these too

        access.register()
        retention.register()
        kinds.register_own()
