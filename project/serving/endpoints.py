"""Where the server listens."""

# Daphne's 50 made 2,000 clients at once wait 112 s, and a tenth of them fail. The kernel caps it at somaxconn.
LISTEN_BACKLOG = 4096

KINDS_WITH_BACKLOG = ("tcp:", "ssl:", "unix:")


def with_backlog(endpoint: str) -> str:
    """A Twisted endpoint description with our backlog, unless it names its own or has none (`fd:`)."""
    if endpoint.startswith(KINDS_WITH_BACKLOG) and ":backlog=" not in endpoint:
        return f"{endpoint}:backlog={LISTEN_BACKLOG}"
    return endpoint
