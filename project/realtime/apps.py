from django.apps import AppConfig
from django.core.signals import request_finished


class RealtimeConfig(AppConfig):
    name = "project.realtime"
    label = "realtime"

    def ready(self) -> None:
        from project.realtime import checks  # noqa: F401  registers the deployment checks
        from project.realtime.database import close_with_request

        request_finished.connect(close_with_request)
