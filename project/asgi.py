"""The ASGI application: static files and three transports beside Django."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django = get_asgi_application()

from project.assets.answering import StaticFiles  # noqa: E402  needs Django's app registry
from project.jobs.lifecycle import work_in_server  # noqa: E402
from project.realtime.lifecycle import watch_server  # noqa: E402
from project.realtime.transports.longpoll import LongPollConsumer  # noqa: E402
from project.realtime.transports.nowhere import no_websocket  # noqa: E402
from project.realtime.transports.sse import SseConsumer  # noqa: E402
from project.realtime.transports.websocket import WebSocketConsumer  # noqa: E402

watch_server()
work_in_server()

application = ProtocolTypeRouter(
    {
        "http": StaticFiles(
            URLRouter(
                [
                    path("events/", SseConsumer.as_asgi()),
                    path("poll/", LongPollConsumer.as_asgi()),
                    re_path("", django),  # type: ignore[arg-type]
                ]
            )
        ),
        "websocket": URLRouter(
            [
                path("ws/", WebSocketConsumer.as_asgi()),
                re_path("", no_websocket),  # type: ignore[arg-type]
            ]
        ),
    }
)
