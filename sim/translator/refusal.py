"""What cannot be translated is refused, with file and line."""

import ast
import inspect
from collections.abc import Callable
from typing import Any


class Untranslatable(Exception):  # noqa: N818 - it says what is so
    """A construct outside the subset; the message begins with file and line."""


def refusal(function: Callable[..., Any], node: ast.AST | None, message: str) -> Untranslatable:
    """The refusal of a piece of a function's source; its lines are counted as in the file."""
    code = getattr(function, "__code__", None)
    file = inspect.getsourcefile(function) if code is not None else "?"
    line = getattr(node, "lineno", 1) + (code.co_firstlineno - 1 if code is not None else 0)
    name = getattr(function, "__qualname__", repr(function))
    return Untranslatable(f"{file}:{line}: {name}: {message}")
