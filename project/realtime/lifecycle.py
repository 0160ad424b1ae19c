"""What the hub does when the server starts and when it is asked to stop. Under plain daphne nothing calls this."""

from project.realtime import presence
from project.realtime.database import in_database
from project.realtime.process import hub_of_this_process
from project.realtime.protocol import Close
from project.realtime.transports.door import restart_delay
from project.serving.drain import on_drain
from project.serving.lifecycle import on_start


def watch_server() -> None:
    """Starts the hub with the server, and says goodbye to everybody when it is told to stop."""
    on_start(_start)
    on_drain(_say_goodbye)


async def _start() -> None:
    await hub_of_this_process()


async def _say_goodbye() -> None:
    hub = await hub_of_this_process()
    hub.draining = True
    for connection in hub.connections:
        connection.end(Close.RESTART, "server_restart", restart_delay())
    await hub.layer.flush()
    await in_database(presence.keep_alive, hub.token, presence.AWAY_SECONDS)
