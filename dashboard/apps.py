"""Metrics: taken in, kept, and shown live."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DashboardConfig(AppConfig):
    name = "dashboard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dashboard import access, commands, lifecycle, offers, stock  # noqa: F401  importing registers the commands
        from dashboard.actions import series  # noqa: F401  and the jobs
        from dashboard.ingest import scraping  # noqa: F401
        from dashboard.rules import commands as rule_commands  # noqa: F401
        from dashboard.rules import notices
        from dashboard.sharing import actions as sharing
        from dashboard.sharing import commands as share_commands  # noqa: F401
        from dashboard.sharing import queries as shares
        from project.accounts import links

        access.register()
        links.register(sharing.MARK, shares.look)
        notices.register_kind()
        offers.register()
        lifecycle.watch_server()
        post_migrate.connect(stock.make, sender=self)
