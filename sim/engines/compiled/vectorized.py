"""The rules over many members at once: the same equations, called with arrays."""

import inspect
import math
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.library import Copy, Room, library

Rule = Callable[..., float]
Array = NDArray[np.float64]
ROOM = 65_536  # numbers that are passed at once


@cache
def names_of(rule: Rule) -> tuple[str, ...]:
    """Names of a rule's arguments."""
    return tuple(inspect.signature(rule).parameters)


def on_arrays(rule: Rule, **arguments: Any) -> Array:
    """A rule for every member.

    arguments : of the rule, by name; numbers or arrays of one shape
    returns   : array of that shape; of no dimension where all are numbers

    Raises KeyError if an argument of the rule is missing.
    """
    names = names_of(rule)
    if set(names) != set(arguments):
        raise KeyError(f"{rule.__name__} takes {', '.join(names)}")
    columns = [np.asarray(arguments[name], dtype=np.float64) for name in names]
    shape = np.broadcast_shapes(*{column.shape for column in columns})
    columns = [column if column.ndim == 0 else np.broadcast_to(column, shape).reshape(-1) for column in columns]
    results = np.empty(math.prod(shape))
    copy = _copy()
    step = ROOM // len(names)
    for start in range(0, results.size, step):
        width = min(step, results.size - start)
        taken = copy.arrays["arguments"][: len(names) * width].reshape(len(names), width)
        given = copy.arrays["results"][:width]
        for row, column in zip(taken, columns, strict=True):
            row[:] = column if column.ndim == 0 else column[start : start + width]
        copy.each(rule, taken, given)
        results[start : start + width] = given
    return results.reshape(shape)


def _copy() -> Copy:
    """This thread's copy of the model."""
    if not hasattr(_of_thread, "copy"):
        _of_thread.copy = library().copy({"arguments": Room((ROOM,)), "results": Room((ROOM,))})
    copy: Copy = _of_thread.copy
    return copy


_of_thread = threading.local()
