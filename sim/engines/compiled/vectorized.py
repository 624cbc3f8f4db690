"""The rules over many members at once: the same function objects, called with arrays."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
from numba.np.unsafe.ndarray import to_fixed_tuple
from numpy.typing import NDArray

import sim.engines.compiled.jit  # noqa: F401 - registers the rules, so that they may call each other when compiled

Rule = Callable[..., float]
Array = NDArray[np.float64]


@cache
def _laid_out(rule: Rule) -> tuple[Callable[[Array, Array], None], tuple[str, ...]]:
    """The rule in a loop over members, and the names of its arguments; numba keeps such a loop, and not its ufuncs."""
    names = tuple(inspect.signature(rule).parameters)
    count = len(names)

    def over(values: Any, results: Any) -> None:
        for k in range(results.shape[0]):
            results[k] = rule(*to_fixed_tuple(values[:, k], count))

    loop = numba.njit("void(float64[:, ::1], float64[::1])", nogil=True, error_model="numpy", cache=True)
    return loop(over), names


def on_arrays(rule: Rule, **arguments: Any) -> Array:
    """A rule for every member.

    arguments : of the rule, by name; numbers or arrays of one length
    returns   : array of that length; of no dimension where all are numbers

    Raises KeyError if an argument of the rule is missing.
    """
    loop, names = _laid_out(rule)
    if set(names) != set(arguments):
        raise KeyError(f"{rule.__name__} takes {', '.join(names)}")
    shape = max((np.shape(value) for value in arguments.values()), key=len)
    results = np.empty(shape or 1)
    values = np.empty((len(names), results.size))
    for row, name in enumerate(names):
        values[row] = arguments[name]
    loop(values, results)
    return results.reshape(shape)
