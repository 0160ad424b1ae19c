"""Python's cyclic garbage collector, told what a server is like."""

import gc

THRESHOLDS = (20_000, 20, 50)
"""Python's own (700, 10, 10) are for scripts: in a burst of connections they spend half the time looking through what
is there to stay. Nearly all that a server drops, it drops without a cycle, so in calm times there is hardly a run."""


def hold() -> None:
    """Look for none until `settle`: what is loaded stays, and each search would go through all of it."""
    gc.disable()


def settle() -> None:
    """Take all that has been loaded for permanent, and look for garbage less often from here on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
