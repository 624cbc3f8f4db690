"""What the layout of a design allows: Saltelli's blocks for Sobol indices, Morris' trajectories, or neither.

The layout is read off the values themselves, so that a table from anywhere is judged by what it holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.random_numbers import ANALYSIS, channel_of, uniforms
from sim.sweep.analysis.loading import Array

Whole = NDArray[np.int64]
MANY_LEVELS = 10


@dataclass(frozen=True)
class Layout:
    """Blocks of consecutive points that an estimator takes together.

    kind         : saltelli or trajectories
    groups       : columns that are changed together, in the order of the blocks
    size         : points in a block
    second_order : whether a block of Saltelli also changes B by A
    """

    kind: str
    groups: tuple[tuple[int, ...], ...]
    size: int
    second_order: bool = False


def saltelli(inputs: Array) -> Layout | None:
    """Saltelli's layout, if the points have it: A, A with each group of inputs from B, (B with each from A,) and B.

    inputs : (points, inputs)
    """
    points, count = inputs.shape
    for groups in range(count, 0, -1):
        for second_order in (True, False):
            size = (2 * groups + 2) if second_order else groups + 2
            if points % size == 0:
                changed = _changed(inputs.reshape(-1, size, count), groups, second_order)
                if changed is not None:
                    return Layout("saltelli", changed, size, second_order)
    return None


def _changed(blocks: Array, groups: int, second_order: bool) -> tuple[tuple[int, ...], ...] | None:
    """Columns that each mixed point takes from the other matrix, or None if the blocks are not Saltelli's."""
    first, last = blocks[:, 0], blocks[:, -1]
    from_last = [_columns(first, last, blocks[:, 1 + place]) for place in range(groups)]
    from_first = (
        [_columns(last, first, blocks[:, 1 + groups + place]) for place in range(groups)] if second_order else from_last
    )
    whole = sorted(column for columns in from_last for column in columns or ())
    return (
        tuple(columns for columns in from_last if columns)
        if whole == list(range(blocks.shape[2])) and from_first == from_last
        else None
    )


def _columns(own: Array, source: Array, mixed: Array) -> tuple[int, ...] | None:
    """Columns of a mixed matrix that stem from another one; None if some stem from neither."""
    taken = (mixed != own).any(axis=0)
    return tuple(np.flatnonzero(taken).tolist()) if np.array_equal(mixed[:, taken], source[:, taken]) else None


def trajectories(inputs: Array) -> Layout | None:
    """Morris' layout, if the points have it: trajectories in which every group of inputs is changed once, one at a time."""
    points, count = inputs.shape
    for groups in range(count, 1, -1):  # with one group, any two points would do
        if points % (groups + 1) == 0:
            steps = np.diff(inputs.reshape(-1, groups + 1, count), axis=1) != 0.0
            if changed := _steps(steps):
                return Layout("trajectories", changed, groups + 1)
    return None


def _steps(steps: NDArray[np.bool_]) -> tuple[tuple[int, ...], ...] | None:
    """Groups of columns that change together, each once in every trajectory; None if that is not so."""
    if not (steps.sum(axis=1) == 1).all():
        return None
    at = steps.argmax(axis=1)  # trajectory, column -> step
    groups = dict.fromkeys(tuple(np.flatnonzero((at == at[:, [c]]).all(axis=0)).tolist()) for c in range(at.shape[1]))
    return tuple(groups) if len(groups) == steps.shape[1] else None


def independent(inputs: Array) -> Whole:
    """Places of the points that are no copies of others with some inputs exchanged: A and B of Saltelli's layout, else all."""
    layout = saltelli(inputs)
    if layout is None:
        return np.arange(len(inputs))
    starts = np.arange(0, len(inputs), layout.size)
    return np.stack([starts, starts + layout.size - 1], axis=1).reshape(-1)


def lots(name: str, count: int, seed: int) -> Array:
    """So many numbers between 0 and 1 that have nothing to do with any input."""
    drawn: Array = uniforms(seed, np.arange(count, dtype=np.int64), 0, channel_of(name), ANALYSIS)
    return drawn


def ranked(inputs: Array, lot: Array) -> Array:
    """Ranks of every input, ties in an order by lot; all that methods need which look at the order of points only."""
    return np.stack([np.lexsort((lot, column)).argsort() for column in inputs.T], axis=1).astype(np.float64)


def levels(inputs: Array) -> int:
    """Distinct values of the input that has fewest, MANY_LEVELS at most."""
    return min(MANY_LEVELS, *(len(np.unique(column)) for column in inputs.T))


def bound_together(inputs: Array, lot: Array, least: float) -> Iterator[tuple[int, int, float]]:
    """Pairs of inputs whose rank correlation over the points exceeds `least`, the closest first."""
    if inputs.shape[1] < 2 or len(inputs) < 3:
        return
    correlations: Array = np.asarray(np.corrcoef(ranked(inputs, lot), rowvar=False))
    pairs = [(a, b, float(correlations[a, b])) for a in range(len(correlations)) for b in range(a)]
    yield from sorted((pair for pair in pairs if abs(pair[2]) > least), key=lambda pair: -abs(pair[2]))
