"""Metrics: taken in, kept, and shown live."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dashboard import access, commands  # noqa: F401  importing registers them

        access.register()
