from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "project.realtime"
    label = "realtime"

    def ready(self) -> None:
        from project.realtime import checks  # noqa: F401  registers the deployment checks
