"""Words that a later version calls otherwise: options of the command line, and fields of a design file.

An old word does for a release what the new one does, with one line on standard error.
"""

from collections.abc import Sequence
from typing import Any

from sim.io.log import LOG

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
