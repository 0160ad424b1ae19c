"""What sketches tell of groups of series: quantiles, and how many values there are of which size."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from dashboard.panels import QUANTILES
from dashboard.sketches import Merged, Sketched, merged

Groups = Mapping[str, Sequence[int]]
Values = dict[int, float | None]
"""By the starts of windows."""


class Together:
    """Some groups of series, each merged window by window."""

    def __init__(self, windows: Sketched, groups: Groups, step: int) -> None:
        self._windows, self._keys, self._step = windows, list(groups), step
        self._first = int(windows.start.min(initial=2**62))
        self._span = max(0, int(windows.start.max(initial=0)) - self._first) // step + 1
        self._numbers = self._rows(windows, groups.values())

    def quantiles(self, fns: Collection[str]) -> dict[str, dict[str, Values]]:
        """For each function, those of each group."""
        found: dict[str, dict[str, Values]] = {fn: {key: {} for key in self._keys} for fn in fns}
        for part in self._parts():
            places = list(self._places(part))
            for fn, of_groups in found.items():
                for (key, start), value in zip(places, part.quantile(QUANTILES[fn]), strict=True):
                    of_groups[key][start] = value
        return found

    def octaves(self) -> dict[float, dict[int, int]]:
        """Of all groups, which must be one: how many values there are up to each power of two."""
        found: dict[float, dict[int, int]] = {}
        for part in self._parts():
            bounds, counts = part.octaves()
            places = list(self._places(part))
            for bound, column in zip(bounds, counts.T, strict=True):
                some = zip(places, column.tolist(), strict=True)
                found.setdefault(bound, {}).update((start, int(count)) for (_, start), count in some if count)
        return found

    def _parts(self) -> Iterator[Merged]:
        """One after the other: all together would take gigabytes."""
        return merged(self._windows, self._numbers)

    def _rows(self, windows: Sketched, groups: Collection[Sequence[int]]) -> np.ndarray:
        """Each window's place in a row of rows: the group, and in that the window. Below 0 for series of no group."""
        ids = np.concatenate([*groups, ()]).astype(np.int64)
        numbers = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        order = np.argsort(ids)
        ids, numbers = np.append(ids[order], -1), np.append(numbers[order], 0)
        place = np.searchsorted(ids[:-1], windows.series)
        rows = numbers[place] * self._span + (windows.start - self._first) // self._step
        return np.where(ids[place] == windows.series, rows, -1)

    def _places(self, part: Merged) -> Iterator[tuple[str, int]]:
        group, window = np.divmod(part.rows, self._span)
        starts = self._first + window * self._step
        return zip((self._keys[n] for n in group.tolist()), starts.tolist(), strict=True)
