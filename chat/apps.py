"""The chat: rooms people can talk in."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import access, commands, kinds, offers, queries  # noqa: F401  importing `commands` registers them
        from project.between import activity, annotations, rooms
        from project.realtime import metrics

        access.register()
        rooms.offer(offers.Rooms())
        annotations.register(offers.pinned)
        activity.offer(queries.active_since)
        kinds.register_all()
        metrics.APPENDED_BY_TYPE.labels("message.created")  # measured as 0 until somebody says something
