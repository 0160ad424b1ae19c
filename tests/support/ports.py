"""Free TCP ports on loopback."""

import itertools
import os
import socket
from pathlib import Path

FIRST, END = 12_000, 32_768  # where Linux begins to give out ports by itself, unless it is told otherwise
RANGE_GIVEN_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")
ENOUGH = 1000
APART = 499  # between where two runs begin that were started one right after the other


def _ports() -> range:
    """Those that the system gives to nobody who has not named them, if it leaves any."""
    given_out = int(RANGE_GIVEN_OUT.read_text().split()[0]) if RANGE_GIVEN_OUT.exists() else END
    return range(FIRST, given_out if given_out >= FIRST + ENOUGH else END)


_places = itertools.count(os.getpid() * APART)


def free_port() -> int:
    """A port that nothing listens on right now, another one each time.

    It is not reserved. But while its server is not up, or is away for a while, it is taken only by who names it: no
    outgoing connection has it, nor a server on "any" port, and other runs of the tests ask for others.
    """
    ports = _ports()
    for place in itertools.islice(_places, len(ports)):
        port = ports[place % len(ports)]
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError(f"no port of {ports} is free")
