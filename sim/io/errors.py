"""What the user is told when an input is wrong: file, line, place, and what to do; never a traceback."""

import difflib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Steps = tuple[str | int, ...]  # the way to a value: ("events", 0, "payment")

FEW = 12  # a list of choices no longer than this is printed in full
ENOUGH = 100  # problems of one file, after which nobody reads on
NEAR = 3  # names that a message offers for a wrong one
ALIKE = 0.75  # likeness, 0 to 1, from which a word is offered for another
LEAST_PART = 4  # letters of a word that is looked for inside names
FORMAT_VERSION = 1  # of every kind of file that the program reads or writes


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file. ``where`` is a place such as ``event 1 (drones), payment``; both it and the line may be
    missing (``None``, ``""``) when the file as a whole is at fault."""

    line: int | None
    where: str
    message: str


class InputError(ValueError):
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
    """The problems as aligned columns: line, place, message. A column that is empty throughout is left out."""
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


def near_names(word: str, choices: Iterable[str]) -> tuple[str, ...]:
    """The choices that a word most likely meant, at most three: those a slip of the pen away, else those it is a part of.

    >>> near_names("payement", ["payment", "buyer"]), near_names("srb", ["TUR", "SRB"])
    (('payment',), ('SRB',))
    >>> near_names("price", ["uav_price", "loitering_price", "budget"]), near_names("paid", ["id", "at"])
    (('uav_price', 'loitering_price'), ())
    """
    meant = word.lower()
    known = {choice: choice.lower() for choice in choices}
    near = [choice for choice, name in known.items() if _is_slip(meant, name)]
    if not near:
        alike = difflib.get_close_matches(meant, known.values(), n=1, cutoff=ALIKE)
        near = [choice for choice, name in known.items() if name in alike]
    if not near and len(meant) >= LEAST_PART:
        near = [choice for choice, name in known.items() if re.search(rf"[-_.]{re.escape(meant)}$", name)]
        near = near or [choice for choice, name in known.items() if meant in _parts(name)]
    return tuple(near[:NEAR])


def _parts(name: str) -> set[str]:
    """What a name is made of, up to each of its joints and between any two that follow each other."""
    joints = [place for place, mark in enumerate(name) if mark in "-_."]
    return {*re.split(r"[-_.]", name), *(name[:joint] for joint in joints)}


def _is_slip(word: str, other: str) -> bool:
    """Whether two words are the same but for one letter that is missing, too many or wrong, or two that are swapped."""
    while word and other and word[0] == other[0]:
        word, other = word[1:], other[1:]
    while word and other and word[-1] == other[-1]:
        word, other = word[:-1], other[:-1]
    return max(len(word), len(other)) <= 1 or (len(word) == 2 and word == other[::-1])


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that a misspelt word most likely meant, or None when nothing is near."""
    return next(iter(near_names(word, choices)), None)


def suggestion(word: str, choices: Iterable[str]) -> str:
    """The end of a message: ``; did you mean "payment"?``, or the choices when they are few, or nothing.

    >>> suggestion("payement", ["payment", "buyer"])
    '; did you mean "payment"?'
    >>> suggestion("cash", ["budget", "credit", "grant"])
    '; choose budget, credit or grant'
    """
    known = list(choices)
    return guess(word, known) or (f"; choose {listed(known)}" if 0 < len(known) <= FEW else "")


def guess(word: str, choices: Iterable[str]) -> str:
    """The same for a message that has named the choices: ``; did you mean "payment"?`` or nothing."""
    near = near_names(word, choices)
    return f"; did you mean {listed(map(quoted, near))}?" if near else ""


def quoted(word: str) -> str:
    return f'"{word}"'


def listed(words: Iterable[str], link: str = "or") -> str:
    """Words as in a sentence: ``budget, credit or grant``."""
    known = list(words)
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} {link} {known[-1]}"


def place_words(steps: Steps, data: Any = None) -> str:
    """Steps as the user reads them; ``data`` is the document, from which entries of a list take their names.

    >>> place_words(("events", 0, "payment"), {"events": [{"id": "drones"}]}), place_words(("parameters", "reaction.SRB"))
    ('event 1 (drones), payment', 'parameters.reaction.SRB')
    """
    words = ""
    for step in steps:
        data = _inside(data, step)
        if isinstance(step, int):
            named = [str(data[key]) for key in ("id", "name", "title") if isinstance(data, dict) and data.get(key)]
            words = (
                f"{_singular(words)} {step + 1}"
                + (f" ({named[0]})" if named and len(named[0]) <= FEW * 4 else "")
                + ", "
            )
        else:
            words += step if not words or words.endswith(", ") else f".{step}"
    return words.removesuffix(", ")


def _inside(data: Any, step: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    return data[step] if isinstance(data, list) and isinstance(step, int) and step < len(data) else None


def _singular(words: str) -> str:
    """The name of a list, as one of its entries is called.

    >>> _singular("events"), _singular("team 1, policies"), _singular("vary.coupling")
    ('event', 'team 1, policy', 'vary.coupling')
    """
    words = words.removesuffix(", ")
    return words[:-3] + "y" if words.endswith("ies") and words != "series" else words.removesuffix("s")


def number_fault(value: Any) -> str:
    """What is wrong with a value that should be a number and is none, and how to write the number that it most likely means.

    >>> number_fault("0,5"), number_fault("1,200")
    ('"0,5" is not a number; write 0.5, with a point', '"1,200" is not a number; write 1200, without a comma')
    >>> number_fault("50%"), number_fault("12")
    ('"50%" is not a number; write 0.5', '"12" is not a number; write 12, without quotes')
    >>> number_fault("10-14"), number_fault("12 drones")
    ('"10-14" is not a number; write {uniform: [10, 14]} for a range', '"12 drones" is not a number; write 12, without words')
    >>> number_fault([10, 14]), number_fault(None)
    ('a list is not a number; write {uniform: [10, 14]} for a range', 'nothing is not a number')
    """
    hint = _number_hint(value.strip()) if isinstance(value, str) else ""
    if isinstance(value, list) and len(value) == 2 and all(type(end) in (int, float) for end in value):
        hint = f"write {{uniform: [{value[0]}, {value[1]}]}} for a range"
    return f"{shown_value(value)} is not a number{f'; {hint}' if hint else ''}"


def _number_hint(text: str) -> str:
    plain = r"[-+]?[0-9]+(?:\.[0-9]+)?"
    if re.fullmatch(r"[-+]?[1-9][0-9]{0,2}([,_' ][0-9]{3})+(\.[0-9]+)?", text):
        mark = next(mark for mark in text if mark in ",_' ")
        name = {",": "a comma", "_": "an underscore", "'": "an apostrophe", " ": "a space"}[mark]
        return f"write {text.replace(mark, '')}, without {name}"
    if re.fullmatch(r"[-+]?[0-9]*,[0-9]+ ?%?", text):
        text = text.replace(",", ".")
        return f"write {text}, with a point" if text[-1] != "%" else _number_hint(text)
    if share := re.fullmatch(rf"({plain}) ?(%|percent|per cent)", text):
        return f"write {float(share[1]) / 100:.12g}"
    if ends := re.fullmatch(r"([0-9.]+) ?(?:-|\u2013|\.\.|to) ?([0-9.]+)", text):
        return f"write {{uniform: [{ends[1]}, {ends[2]}]}} for a range"
    if re.fullmatch(plain, text):
        return f"write {text}, without quotes"
    if text.startswith("\u2212"):
        hyphen = text.replace("\u2212", "-")
        return f"write {hyphen}, with the hyphen of the keyboard"
    if (inside := re.search(plain, text)) and not re.search(r"[0-9]", text.replace(inside[0], "", 1)):
        return f"write {inside[0]}, without words" if re.search(r"[A-Za-z]", text) else f"write {inside[0]}"
    return "" if re.search(r"[0-9]", text) else "write it in digits"


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
        return "a block"
    text = str(value) if len(str(value)) <= 60 else str(value)[:57] + "..."
    return f'"{text}"' if isinstance(value, str) else text
