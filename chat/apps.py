"""The chat: rooms people can talk in."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import access, commands, kinds  # noqa: F401  importing `commands` registers them

        access.register()
        kinds.register_all()
