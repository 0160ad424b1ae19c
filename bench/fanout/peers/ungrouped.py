"""The site as it would be without group commit: each message in a transaction of its own, side by side in the same
threads, the stream's row lock between them. Everything else is the site."""

from project.realtime.database import in_database
from project.realtime.group_commit import GroupCommit


async def submit_alone(self, key, work, request):
    return (await in_database(work, [request]))[0]


GroupCommit.submit = submit_alone

from project.asgi import application  # noqa: E402

__all__ = ["application"]
