"""Recorded members, kept until they are reduced.

Members arrive in chunks. A single chunk stays in memory; more are put on disk and read back one series at a time, so that
memory does not grow with the number of members.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.io.quarters import PER_YEAR
from sim.model.variables import Series

Array = NDArray[np.float64]
WHOLE_UP_TO = 10_000  # members of whom all quarters of a series are read at once


def stretches(quarters: int, members: int) -> list[range]:
    """Quarters that are read at once, one stretch after the other: all, or of very many members a year."""
    step = quarters if members <= WHOLE_UP_TO else PER_YEAR
    return [range(start, min(start + step, quarters)) for start in range(0, quarters, step)]


class Store:
    """Recorded members of one simulation, chunk after chunk; gives back one series over all members."""

    def __init__(self, recorded: Sequence[Series], quarters: int, folder: Path | None = None) -> None:
        """folder : where chunks are put on disk, one file each; None keeps a single chunk in memory."""
        self.places = {series: place for place, series in enumerate(recorded)}
        self._quarters = quarters
        self._folder = folder
        self._kept: Array | None = None
        self._sizes: list[int] = []
        if folder is not None:
            folder.mkdir()

    def add(self, chunk: Array) -> None:
        """Add members, as (series, quarters, members)."""
        if self._folder is None:
            self._kept = chunk
            return
        with self._file(len(self._sizes)).open("wb") as out:
            for values in chunk:
                out.write(np.ascontiguousarray(values).data)
        self._sizes.append(chunk.shape[-1])

    def _file(self, number: int) -> Path:
        return Path(str(self._folder), f"chunk-{number:05d}.f64")

    def values(self, one: Series, quarters: range, first: int | None = None) -> Array:
        """All members of some quarters of a series, or the first so many, (quarters, members)."""
        place = self.places[one]
        if self._kept is not None:
            return np.asarray(self._kept[place, quarters.start : quarters.stop, :first])
        sizes = [0, *itertools.accumulate(self._sizes)]
        needed = [number for number, size in enumerate(sizes[:-1]) if first is None or size < first]
        return np.concatenate([self._slice(place, quarters, number) for number in needed], axis=-1)[:, :first]

    def _slice(self, place: int, quarters: range, number: int) -> Array:
        size = self._sizes[number]
        start = (place * self._quarters + quarters.start) * size * np.dtype(np.float64).itemsize
        values = np.fromfile(self._file(number), count=len(quarters) * size, offset=start)
        return values.reshape(len(quarters), size)
