"""YAML as the project reads it: the YAML 1.2 core schema, with the line of every value and no surprises.

``NO``, ``on``, ``12:30:00``, ``2025-10-08`` and ``1_000`` stay text; ``1e3`` is a number. Keys are always text, as
written, so that ``2018:`` and ``"2018":`` are the same key. Duplicate keys, tags and merge keys are refused. So are
anchors and aliases altogether: ``extends`` already says "the same again", the line of an alias would name the wrong
place, and a file that cannot repeat itself cannot grow into a billion laughs.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sim.io.errors import (
    ENOUGH,
    InputError,
    Problem,
    Steps,
    near_names,
    number_fault,
    place_words,
    refusal,
    shown_value,
    suggestion,
)
from sim.io.files import decoded, read_bytes

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_TOO_DEEP = f"nested more than {MAX_DEPTH} deep; no file of this project needs that"
_NO_BEGINNING = "@`%|>"  # no value begins with one of these
_LIKE_A_FIELD = 'cannot be read; indent the fields of a block alike, begin a list\'s entries with "- ", and quote text with ": " in it'

_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")  # longer ones are read as floats
_BASED = re.compile(r"0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(frozen=True)
class Document:
    """A YAML file: plain data (dict, list, str, int, float, bool, None) and where in the file each value stands."""

    file: Path | str
    data: dict[str, Any]
    lines: dict[Steps, int] = field(repr=False, default_factory=dict)

    def line(self, steps: Steps) -> int | None:
        """The line of a value, for example ``("events", 0, "at")``; of the nearest value around it if it is absent."""
        for length in range(len(steps), 0, -1):
            if steps[:length] in self.lines:
                return self.lines[steps[:length]]
        return None

    def problem(self, steps: Steps, message: str) -> Problem:
        """What is wrong with a value of the file."""
        return Problem(self.line(steps), place_words(steps, self.data), message)

    def refuse(self, faults: Iterable[tuple[Steps, str]]) -> None:
        """InputError with all faults, each the way to a value and what is wrong with it; nothing where there are none."""
        if problems := [self.problem(steps, message) for steps, message in faults]:
            raise InputError(self.file, problems)

    def part(self, steps: Steps, data: dict[str, Any]) -> "Document":
        """A mapping inside the file as a document of its own, with the lines of the file; ``data`` is what it holds."""
        inner = {place[len(steps) :]: line for place, line in self.lines.items() if place[: len(steps)] == steps}
        return Document(self.file, data, inner)


def read_yaml(path: Path | str) -> Document:
    """The mapping that a YAML file holds; InputError says what is wrong with a file that cannot be read."""
    file = Path(path)
    text = _text(file)
    if problems := list(invisible_marks(text, _ENDS_A_LINE)):
        raise InputError(file, problems[:ENOUGH])
    try:
        return parse_yaml(text, file)
    except InputError:
        if problems := list(invisible_marks(text, _NO_BLANK)):
            raise InputError(file, problems[:ENOUGH]) from None
        raise


def parse_yaml(text: str, file: Path | str) -> Document:
    """The mapping that a text holds; ``file`` is what messages call it."""
    lines: dict[Steps, int] = {}
    problems: list[Problem] = []
    try:
        data = _Builder(text, lines, problems).document()
    except _RefusedError as refused:
        raise InputError(file, [*problems, refused.problem]) from None
    except yaml.YAMLError as error:
        raise InputError(file, [*problems, _syntax_problem(error, text)]) from None
    if problems:
        raise InputError(file, problems)
    if data is None:
        raise refusal(file, "the file is empty; it needs at least `format_version: 1`")
    if not isinstance(data, dict):
        raise refusal(file, "the file must be lines of the form `name: value`", line=1)
    return Document(file, data, lines)


def _text(file: Path) -> str:
    try:
        return decoded(read_bytes(file, MAX_BYTES), file)
    except FileNotFoundError:
        raise refusal(file, "no such file" + _neighbour(file)) from None
    except IsADirectoryError:
        raise refusal(file, "this is a folder; name a file in it") from None
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise refusal(file, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


# What editors show as a blank or not at all, and YAML reads otherwise: marks that end a line for YAML alone, and blanks that
# indent and part nothing.
_ENDS_A_LINE = re.compile("[\x85\u2028\u2029\ufeff]|^ *[\xa0\u2000-\u200d\u202f\u205f\u2060\u3000]")
_NO_BLANK = re.compile("^[^#]*?[\xa0\u2000-\u200d\u202f\u205f\u2060\u3000]")


def invisible_marks(text: str, kind: re.Pattern[str]) -> Iterator[Problem]:
    """Characters of a kind that nobody sees, the first of each line, with the line as editors count."""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if found := kind.search(line):
            mark = found[0][-1]
            name = unicodedata.name(mark, "next line").lower()
            message = f"an invisible character (U+{ord(mark):04X}, {name}) stands here; write a blank in its place, or nothing"
            yield Problem(number, "", message)


def _neighbour(file: Path) -> str:
    """A misspelt file's nearest neighbour, as the end of a message."""
    if not file.parent.is_dir():
        return f"; there is no folder {file.parent} either"
    if f"{file.name}.txt" in {path.name for path in file.parent.glob("*.txt")}:
        return f"; {file.name}.txt is: rename it {file.name}, without the .txt that an editor has put there"
    names = {path.stem: path.name for path in file.parent.glob("*.y*ml")}
    near = [names[stem] for stem in near_names(file.stem, names)]
    return suggestion(near[0], near) if near else "; check the name and the folder"


def _syntax_problem(error: yaml.YAMLError, text: str) -> Problem:
    """What keeps a text from being YAML. The parser says where; what to do is read off the text at that place, since
    parsers differ in what they call a fault, and in how deep they look ahead before they give up."""
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = None if mark is None else mark.line + 1
    before, here = (text, "") if mark is None else (text[: mark.index], text[mark.index : mark.index + 1])
    brackets = sum(before.count(opening) for opening in "[{") - sum(before.count(closing) for closing in "]}")
    if brackets > MAX_DEPTH:
        return Problem(line, "", _TOO_DEEP)
    written = "" if line is None else [*text.splitlines(), ""][line - 1]
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    if isinstance(error, yaml.reader.ReaderError):
        return Problem(line, "", f"not valid YAML ({what}); remove the invisible character")
    if here == "\t" or "\t" in written[: len(written) - len(written.lstrip())]:
        return Problem(line, "", "a tab stands here; use spaces, not tabs")
    if here == ":" and brackets <= 0:
        return Problem(line, "", f"{_LIKE_A_FIELD}: {shown_value(written.strip())}")
    if here and here in _NO_BEGINNING:
        return Problem(line, "", f"no value begins with {here}; put the text in quotes")
    return Problem(line, "", f"not valid YAML ({what}); check indentation, brackets and quotes here and just above")


class _RefusedError(Exception):
    """Reading cannot go on after this problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Builder:
    """Turns the C parser's events into plain data, noting the line of every value on the way."""

    def __init__(self, text: str, lines: dict[Steps, int], problems: list[Problem]) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.lines = lines
        self.problems = problems

    def document(self) -> Any:
        """The only document of the stream, or None when there is none."""
        data = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.refused(event, (), "a second document starts here; keep one per file")
                data = self.value(next(self.events), ())
        return data

    def value(self, event: Any, steps: Steps) -> Any:
        self.check(event, steps)
        if isinstance(event, yaml.ScalarEvent):
            return _plain_value(event.value) if event.implicit[0] else event.value
        if len(steps) >= MAX_DEPTH:
            raise self.refused(event, steps, _TOO_DEEP)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(steps)
        return self.mapping(steps, is_flow=event.flow_style)

    def sequence(self, steps: Steps) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            inner = (*steps, len(items))
            self.lines[inner] = event.start_mark.line + 1
            items.append(self.value(event, inner))
        return items

    def mapping(self, steps: Steps, *, is_flow: bool) -> dict[str, Any]:
        """The entries of a block; ``{level: 0,5}`` reads as a level of 0 and a 5 without a value, and is told as meant."""
        entries: dict[str, Any] = {}
        last: str | None = None
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event, steps)
            line = event.start_mark.line + 1
            inner = (*steps, key)
            if key in entries:
                first = self.lines[inner]
                lines = f"on line {line}" if first == line else f"on lines {first} and {line}"
                self.problems.append(Problem(line, place_words(inner), f"given twice, {lines}; keep one"))
            self.lines[inner] = line
            given = next(self.events)
            value = self.value(given, inner)
            is_blank = isinstance(given, yaml.ScalarEvent) and given.value == "" and given.implicit[0]
            if last is not None and is_flow and is_blank and key.isdigit() and type(entries[last]) is int:
                number = f"{entries[last]},{key}"
                self.problems.append(Problem(line, place_words((*steps, last)), number_fault(number)))
                continue
            entries[key], last = value, key
        return entries

    def key(self, event: Any, steps: Steps) -> str:
        self.check(event, steps)
        if not isinstance(event, yaml.ScalarEvent):
            raise self.refused(event, steps, "a key must be a plain word, not a list or a block")
        if event.value == "<<" and event.implicit[0]:
            raise self.refused(event, steps, "merge keys (<<) are not allowed; write the values out, or use extends")
        return str(event.value)

    def check(self, event: Any, steps: Steps) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            message = f"anchors and aliases ({sign}{event.anchor}) are not allowed; write the value out"
            raise self.refused(event, steps, message + ", or put it in quotes if it is text")
        if event.tag is not None:
            raise self.refused(event, steps, f"tags ({event.tag}) are not allowed; write the value without the tag")

    def refused(self, event: Any, steps: Steps, message: str) -> _RefusedError:
        return _RefusedError(Problem(event.start_mark.line + 1, place_words(steps), message))


def _plain_value(text: str) -> Any:
    """An unquoted scalar by the YAML 1.2 core schema; what is nothing else is text."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.replace(".", "", 1)) if _NOT_FINITE.fullmatch(text) else text
