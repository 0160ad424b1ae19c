"""`manage.py runserver` with the server that production uses."""

from daphne.management.commands.runserver import Command as DaphneCommand

from project.server import Server


class Command(DaphneCommand):
    """Daphne's runserver, autoreload included; only the server differs."""

    server_cls = Server
