"""What plug-ins brought along: filled by `sim.plugins`, read where each kind is used. Without plug-ins all of it is empty."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from traceback import walk_tb
from types import CodeType, FrameType
from typing import Any, NamedTuple

from sim.io.errors import InputError, refusal

FILES: dict[str, tuple[Path, str]] = {}  # name -> file and SHA-256
HELPERS: dict[str, str] = {}  # a module that a plug-in imported from beside it, by its path from there -> SHA-256
BROUGHT: dict[tuple[str, str], Path] = {}  # kind, and name, type or code -> file
RULES: dict[str, Callable[..., float]] = {}  # file of sim/rules and name -> what stands there now
EVENTS: list[type[Any]] = []
METRICS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {}  # name -> function and the series that it needs
AGENTS: dict[str, type[Any]] = {}  # code -> class


def digests() -> dict[str, str]:
    """The SHA-256 of every plug-in and of what it imported from beside it, by name."""
    return {**{name: digest for name, (_, digest) in FILES.items()}, **HELPERS}


def differing(asked: Mapping[str, str]) -> str:
    """Names of the files that are not as they were, of those that were plugged in then and are now; "" where there are none."""
    now = digests()
    return " and ".join(name for name in dict.fromkeys((*asked, *now)) if asked.get(name) != now.get(name))


def is_of_one(code: CodeType) -> bool:
    """Whether some code stands in the file of a plug-in, or is the rule of one."""
    files = {file for file, _ in FILES.values()}
    return Path(os.path.realpath(code.co_filename)) in files or any(rule.__code__ is code for rule in RULES.values())


class Fault(NamedTuple):
    """What a function of a plug-in did wrong."""

    file: Path
    line: int
    function: str
    does: str

    def refusal(self, when: str) -> InputError:
        return refusal(self.file, f"{self.does}, {when}", self.function, self.line)


def fault_of(error: BaseException) -> Fault | None:
    """What failed in the file of a plug-in; None if an exception comes from elsewhere."""
    steps = [(frame.f_code, line) for frame, line in walk_tb(error.__traceback__) if is_of_one(frame.f_code)]
    return None if not steps else _fault(*steps[-1], f"fails: {type(error).__name__}: {error}")


def _fault(code: CodeType, line: int, does: str) -> Fault:
    return Fault(Path(code.co_filename), line, code.co_qualname, does)


@contextmanager
def watched(is_right: Callable[[str, float], bool]) -> Iterator[list["Fault"]]:
    """While the block lasts, each function of a plug-in that gives, or leaves in its agent, a wrong number is noted; Python runs some
    three times slower.

    is_right : whether an agent's attribute of a name, or "" for what a function gives, may have a value
    """
    found: list[Fault] = []
    is_own = cache(is_of_one)

    def look(frame: FrameType, event: str, result: Any) -> None:
        code = frame.f_code
        if event != "return" or not is_own(code):
            return
        held = {"": result, **getattr(frame.f_locals.get("self"), "__dict__", {})}
        for name, value in held.items():
            if isinstance(value, float) and not is_right(name, value):
                names = [one for one in code.co_varnames[: code.co_argcount] if one != "self"]
                given = ", ".join(f"{one} = {frame.f_locals[one]}" for one in names)
                does = f"sets {name} to {value}" if name else f"gives {value} for {given}"
                found.append(_fault(code, code.co_firstlineno, does))
                return

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(before)


def in_identity() -> dict[str, Any]:
    """What an identity says of plug-ins; nothing where there are none."""
    return {"plugins": digests()} if FILES else {}
