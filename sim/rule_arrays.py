"""The rules over many members at once: the same function objects, called with arrays."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

import sim.compiled  # noqa: F401 - registers the rules, so that they may call each other when compiled

Rule = Callable[..., float]
Array = NDArray[np.float64]


@cache
def _laid_out(rule: Rule) -> tuple[Callable[..., Any], tuple[str, ...]]:
    return numba.vectorize(nopython=True, cache=True)(rule), tuple(inspect.signature(rule).parameters)


def on_arrays(rule: Rule, **arguments: Any) -> Array:
    """A rule for every member.

    arguments : of the rule, by name; numbers or arrays of one length
    returns   : array of that length

    Raises KeyError if an argument of the rule is missing.
    """
    call, names = _laid_out(rule)
    if set(names) != set(arguments):
        raise KeyError(f"{rule.__name__} takes {', '.join(names)}")
    found: Array = call(*(np.asarray(arguments[name], dtype=np.float64) for name in names))
    return found
