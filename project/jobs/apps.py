"""Work that is done later, and survives whatever dies meanwhile."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "project.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from project.jobs import metrics  # noqa: F401  importing registers them
