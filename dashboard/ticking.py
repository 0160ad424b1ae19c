"""What a board is told of: the windows that were closed since the last time, and those that have changed since."""

from collections.abc import Iterable, Iterator, Sequence

from project.realtime.log import Entry

from . import events
from .models import Board
from .panels import Panel, Selection, parsed
from .queries.lines import evaluate
from .queries.past import LOOKING_BACK
from .revisions import Due
from .tiers import FINEST

REFILL_SECONDS = 300
"""How long ago a board may have been told last, for it to be told of everything since: nobody led, or followed it."""
OVERLAP_SECONDS = 10
"""After a longer time there is a hole, and whoever follows loads the board anew: from then on, with what lies between
reading it and following it."""
REVISED_SECONDS = 300
"""What looks back further than this is told of a late sample for so long only: it changes that by little."""
APART_SECONDS = 10
"""Changed windows that are farther apart than this are read by themselves."""


def entries(board: Board, closed: int, due: Due, now: float) -> list[Entry]:
    """The ticks of a board up to the window `closed`, those that have changed, and whether more has than these."""
    panels = parsed(board.panels)
    short = closed - REFILL_SECONDS <= board.ticked <= closed
    first = board.ticked + 1 if short else closed - OVERLAP_SECONDS + 1
    ticks = _ticks(panels, range(first, closed + 1), now, revised=False)
    again = sorted(_touched(panels, due.windows, board.ticked))
    for run in _runs(again):
        wanted = set(run)
        ticks += _ticks(panels, range(run[0], run[-1] + 1), now, revised=True, only=wanted)
    if None in due.more or any(part.metric in due.more for part in _asked(panels)):
        ticks.append(events.revised())
    return ticks


def _asked(panels: Sequence[Panel]) -> Iterator[Selection]:
    for panel in panels:
        for query in panel.queries:
            yield from query.sides


def _ticks(
    panels: Sequence[Panel], windows: range, now: float, *, revised: bool, only: set[int] | None = None
) -> list[Entry]:
    if not windows:
        return []
    found = evaluate(panels, FINEST, windows.start, windows.stop, now, goes_on=True)
    return [
        events.tick(
            start,
            FINEST.step,
            {
                panel: shown
                for panel, one in found.items()
                if (shown := [(line.key, line.values[start]) for line in one.lines if start in line.values])
            },
            revised,
        )
        for start in windows
        if only is None or start in only
    ]


def _touched(panels: Sequence[Panel], revised: Iterable[tuple[str, int]], ticked: int) -> set[int]:
    """The windows, of those the board was told of, that show something else now. What looks back changes
    in the windows after a changed one too."""
    reach: dict[str, int] = {}
    for part in _asked(panels):
        length = min(part.window, REVISED_SECONDS) if part.fn in LOOKING_BACK else 1
        reach[part.metric] = max(reach.get(part.metric, 0), length)
    return {
        window
        for metric, start in revised
        for window in range(start, min(start + reach.get(metric, 0) - 1, ticked) + 1)
    }


def _runs(windows: Sequence[int]) -> list[list[int]]:
    """These windows, parted where there is a gap."""
    found: list[list[int]] = []
    for window in windows:
        if found and window - found[-1][-1] <= APART_SECONDS:
            found[-1].append(window)
        else:
            found.append([window])
    return found
