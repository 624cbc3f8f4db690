"""Expressions over names, as a metric of one's own is written: `spending.SRB / (spending.SRB + spending.XKX)`.

A small language of its own: numbers, names with dots, + - * / **, comparisons (1 where they hold, else 0), and a few functions. It is
read by Python's parser and carried out by this file alone; nothing of it is ever run as code.
"""

import ast
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.vectorized import on_arrays
from sim.io.errors import listed, shown_value
from sim.model.network import FIRST
from sim.rules import elementary

Array = NDArray[np.float64]
LONGEST = 1_000  # letters
_NAME = re.compile(r"[A-Za-z]\w*(?:\.\w+)*(?!\w|\s*\()")
_BETWEEN: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Pow: np.power,
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
}  # fmt: skip
_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "abs": (1, np.abs),
    "exp": (1, lambda x: on_arrays(elementary.exp, x=x)),
    "log": (1, lambda x: on_arrays(elementary.log, x=x)),
    "sqrt": (1, np.sqrt),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
    "where": (3, lambda holds, one, other: np.where(np.asarray(holds) != 0.0, one, other)),
}


class Expression(NamedTuple):
    """An expression that was read: its names, and what it comes to, given a value for each of them."""

    names: tuple[str, ...]
    value: Callable[[list[Any]], Any]


@cache
def expression(text: str) -> Expression:
    """Read an expression; ValueError says what is wrong with it.

    >>> expression("2 * spending.SRB.2026 / gdp.SRB").names
    ('spending.SRB.2026', 'gdp.SRB')
    """
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} letters")
    names: dict[str, int] = {}
    numbered = _NAME.sub(lambda match: f"_{names.setdefault(match[0], len(names))}", text.replace("\n", " "))
    try:
        tree = ast.parse(numbered.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(
            f"{shown_value(text)} cannot be read; write for example spending.{FIRST} / gdp.{FIRST}"
        ) from None
    return Expression(tuple(names), _meaning(tree))


def _meaning(node: ast.expr) -> Callable[[list[Any]], Any]:
    """What a part comes to, given the values of the names by their numbers; ValueError for anything that is no part of the language."""
    match node:
        case ast.Name(id=name):
            return lambda terms: terms[int(name[1:])]
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return lambda _: float(number)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            inner = _meaning(operand)
            return (lambda terms: -inner(terms)) if isinstance(sign, ast.USub) else inner
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BETWEEN:
            one, other, between = _meaning(left), _meaning(right), _BETWEEN[type(op)]
            return lambda terms: between(one(terms), other(terms))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _BETWEEN:
            one, other, holds = _meaning(left), _meaning(right), _BETWEEN[type(op)]
            return lambda terms: np.asarray(holds(one(terms), other(terms)), dtype=np.float64)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            count, function = _FUNCTIONS[name]
            if len(arguments) != count:
                raise ValueError(f"{name} takes {count} of these: {name}(a{', b' * (count - 1)})")
            parts = [_meaning(argument) for argument in arguments]
            return lambda terms: function(*(part(terms) for part in parts))
        case _:
            known = listed(tuple(_FUNCTIONS))
            raise ValueError(f"only numbers, names, + - * / **, one comparison, and {known} can be used")


def value_of(text: str, terms: Mapping[str, Any]) -> Any:
    """What an expression comes to; a division by zero, or the like, is not a number.

    >>> value_of("a > min(b, 2)", {"a": np.array([1.0, 3.0]), "b": np.array([5.0, 5.0])}).tolist()
    [0.0, 1.0]
    """
    read = expression(text)
    with np.errstate(all="ignore"):
        return np.asarray(read.value([terms[name] for name in read.names]), dtype=np.float64)
