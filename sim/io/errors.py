"""What the user is told when an input is wrong: file, line, dotted path, and what to do; never a traceback."""

import difflib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Steps = tuple[str | int, ...]  # the way to a value: ("events", 0, "payment")

FEW = 12  # a list of choices no longer than this is printed in full
ENOUGH = 100  # problems of one file, after which nobody reads on
FORMAT_VERSION = 1  # of every kind of file that the program reads or writes


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file. ``where`` is a dotted path such as ``events[0].payment``; both it and the line may be
    missing (``None``, ``""``) when the file as a whole is at fault."""

    line: int | None
    where: str
    message: str


class InputError(Exception):
    """All problems of one file, reported at once. The command line prints it and exits with code 2."""

    def __init__(self, file: Path | str, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        super().__init__(file, self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        title = f"{shown_path(self.file)}: {count} problem{'' if count == 1 else 's'}"
        return "\n".join([title, *_rows(self.problems)])


def refusal(file: Path | str, message: str, where: str = "", line: int | None = None) -> InputError:
    """An error with one problem: of the file as a whole, or at a place in it."""
    return InputError(file, [Problem(line, where, message)])


def stop_at_enough(file: Path | str, problems: Sequence[Problem]) -> None:
    """InputError once a file has more problems than anybody reads, so that no file takes minutes to refuse."""
    if len(problems) >= ENOUGH:
        more = Problem(
            None, "", f"these are the first {ENOUGH} problems; fix these and run again, the rest was not checked"
        )
        raise InputError(file, [more, *problems[:ENOUGH]])


def _rows(problems: tuple[Problem, ...]) -> list[str]:
    """The problems as aligned columns: line, dotted path, message. A column that is empty throughout is left out."""
    lines = ["" if problem.line is None else f"line {problem.line}" for problem in problems]
    places = [_one_line(problem.where) for problem in problems]
    line_width = max(map(len, lines), default=0)
    place_width = max(map(len, places), default=0)
    line_column = line_width + 2 if line_width else 0
    place_column = place_width + 3 if place_width else 0
    return [
        f"  {line:<{line_column}}{place:<{place_column}}{_one_line(problem.message)}"
        for line, place, problem in zip(lines, places, problems, strict=True)
    ]


def _one_line(text: str) -> str:
    """The text with control characters escaped, so that a hostile file cannot paint on the user's terminal."""
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)


def shown_path(file: Path | str) -> str:
    """The path as the user knows it: relative when it lies below the current directory, else as given."""
    if isinstance(file, str):
        return file
    absolute = Path(os.path.abspath(file))
    here = Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else str(file)


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that a misspelt word most likely meant, or None when nothing is near.

    >>> nearest("payement", ["payment", "buyer"])
    'payment'
    >>> nearest("srb", ["TUR", "SRB"])
    'SRB'
    """
    by_lower_case = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(word.lower(), by_lower_case, n=1, cutoff=0.6)
    return by_lower_case[near[0]] if near else None


def suggestion(word: str, choices: Iterable[str]) -> str:
    """The end of a message: ``; did you mean "payment"?``, or the choices when they are few, or nothing.

    >>> suggestion("payement", ["payment", "buyer"])
    '; did you mean "payment"?'
    >>> suggestion("cash", ["budget", "credit", "grant"])
    '; choose budget, credit or grant'
    """
    known = list(choices)
    near = nearest(word, known)
    if near is not None:
        return f'; did you mean "{near}"?'
    return f"; choose {listed(known)}" if 0 < len(known) <= FEW else ""


def listed(words: Iterable[str], link: str = "or") -> str:
    """Words as in a sentence: ``budget, credit or grant``."""
    known = list(words)
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} {link} {known[-1]}"


def dotted(steps: Steps) -> str:
    """Steps as the user reads them.

    >>> dotted(("events", 0, "payment"))
    'events[0].payment'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def format_fault(version: Any) -> str | None:
    """What is wrong with the `format_version` of a file, and what to do; None if this version of the program reads it.

    >>> format_fault(1), format_fault(None)
    (None, 'nothing is not the number of a format; write format_version: 1')
    """
    if type(version) is not int:
        return f"{shown_value(version)} is not the number of a format; write format_version: {FORMAT_VERSION}"
    if version == FORMAT_VERSION:
        return None
    return (
        f"the file is laid out in format {version}, and this version of armsrace reads format {FORMAT_VERSION}; use the "
        "version that the file was written for, or write the file anew"
    )


def shown_value(value: Any) -> str:
    """A value as the user wrote it, shortened when it is long.

    >>> shown_value("abc"), shown_value(None), shown_value([1, 2])
    ('"abc"', 'nothing', 'a list')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    text = str(value) if len(str(value)) <= 60 else str(value)[:57] + "..."
    return f'"{text}"' if isinstance(value, str) else text
