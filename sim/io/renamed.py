"""Words that a later version calls otherwise: options of the command line, fields of a design file, and keywords in Python.

An old option or field does for a release what the new one does, with one line on standard error. An old keyword is refused with the
new one.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sim.io.errors import refusal
from sim.io.log import LOG

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")

FIELDS = {"reading": "theory"}
OPTIONS = {**FIELDS, "fit": "ensemble", "keep": "trajectories"}


def with_new_options(tokens: Sequence[str]) -> list[str]:
    """The words of a command line with options by their new names; those behind -- are no options."""
    end = tokens.index("--") if "--" in tokens else len(tokens)
    return [*(_new_option(token) for token in tokens[:end]), *tokens[end:]]


def _new_option(token: str) -> str:
    option, sign, value = token.partition("=")
    new = OPTIONS.get(option.removeprefix("--")) if option.startswith("--") else None
    if new is None:
        return token
    _tell(option, f"--{new}")
    return f"--{new}{sign}{value}"


def now_called(keyword: str) -> str:
    """What is said of an old keyword; "" of any other.

    >>> now_called("fit"), now_called("ensemble")
    ('is now called ensemble', '')
    """
    return f"is now called {OPTIONS[keyword]}" if keyword in OPTIONS else ""


def old_keywords_refused(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """A function that answers an old keyword with an InputError which names the new one."""

    @wraps(function)
    def answering(*arguments: Arguments.args, **keywords: Arguments.kwargs) -> Returned:
        for keyword in keywords:
            if message := now_called(keyword):
                raise refusal("options", message, keyword)
        return function(*arguments, **keywords)

    return answering


def with_new_fields(block: Any) -> Any:
    """A block of a file with fields by their new names; what is no block stays as it is."""
    if not isinstance(block, dict):
        return block
    for old, new in FIELDS.items():
        if old in block and new not in block:
            _tell(old, new)
            block[new] = block.pop(old)
    return block


def _tell(old: str, new: str) -> None:
    LOG.warning(f"{old} is now called {new}")
