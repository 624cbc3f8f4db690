"""Scenarios: one question per YAML file, read with everything it extends into one frozen whole.

A file extends one other. Its parameters, series and events are laid over those of the base: the child wins for a
parameter and for a quarter of a series, its events are added, and ``remove`` drops inherited ones. All problems of a
file are reported at once; a base with problems is reported before the file that extends it.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.io.assets import data_file
from sim.io.errors import FORMAT_VERSION, InputError, nearest, refusal, shown_value
from sim.io.files import resolved
from sim.io.yaml_reader import Document, read_yaml
from sim.model.distributions import Distribution
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters
from sim.model.schedule import script_of
from sim.scenario.event import EventBase
from sim.scenario.fields import SLUG_PATTERN
from sim.scenario.layers import Layer, Value

LONGEST_CHAIN = 20


@dataclass(frozen=True, repr=False)
class Scenario:
    """A scenario with everything it extends.

    sources    : that it brings along, by key
    compare_to : what ``load_scenario`` takes for the scenario it is compared with, or None
    costs      : in words, what it costs and what of that the model counts; empty where the file does not say
    chain      : ids of the files it was put together from, base first, its own last
    parameters : key -> number or distribution
    events     : sorted by quarter, then by order of appearance (base first, series before events)
    """

    id: str
    title: str
    question: str
    group: str
    documents: tuple[dict[str, str], ...]
    sources: dict[str, dict[str, str]]
    expects: str
    comment: str
    costs: str
    compare_to: str | None
    chain: tuple[str, ...]
    parameters: dict[str, Value]
    events: tuple[EventBase, ...]
    file: Path

    def __repr__(self) -> str:
        return f"Scenario({self.id}: {self.title}; {len(self.events)} events)"

    def resolved(self) -> dict[str, Any]:
        """The scenario as one plain mapping that extends nothing; written as YAML it is a scenario file again."""
        compare_to = {} if self.compare_to is None else {"compare_to": id_of(Path(self.compare_to))}
        return {
            "format_version": FORMAT_VERSION,
            "title": self.title,
            "question": self.question,
            "group": self.group,
            **compare_to,
            "documents": [dict(document) for document in self.documents],
            **({"sources": self.sources} if self.sources else {}),
            "expects": self.expects,
            "comment": self.comment,
            "costs": self.costs,
            "parameters": {key: to_json(value) for key, value in self.parameters.items()},
            "events": [event.plain() for event in self.events],
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the resolved scenario, and of what its events write: a type of event that was edited makes it another."""
        content = json.dumps(self.resolved(), sort_keys=True) + repr(script_of(self.events).items)
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class Listing:
    """One line of the scenario library; a file that cannot be read says so in its title."""

    id: str
    title: str
    group: str
    file: Path


def to_json(value: Value) -> Any:
    return value.plain() if isinstance(value, Distribution) else value


def load_scenario(
    ref: str | Path | Mapping[str, Any], *, name: str = "scenario", table: ParameterTable | None = None,
    library: Path | None = None,
) -> Scenario:  # fmt: skip
    """The scenario of a library id (``skydagger-delivery``) or of a file; InputError lists all that is wrong.

    ref  : id or path, or what a file says as a mapping: {"title": ..., "extends": "baseline", "parameters": {...}}
    name : of a scenario that is given as a mapping; the files that it names are looked for in the working folder
    """
    library = library or data_file("scenarios")
    reader = _Reader(table or load_parameters(), library)
    if isinstance(ref, Mapping):
        data = json.loads(json.dumps({"format_version": FORMAT_VERSION, **ref}, default=float))
        return reader.scenario(Document(Path(f"{name}.yaml"), data), ())
    return reader.scenario(read_yaml(_file_of(ref, library)), ())


def list_scenarios(library: Path | None = None) -> tuple[Listing, ...]:
    """The scenario library in order of ids; titles only, nothing is validated."""
    return tuple(_listing(file) for file in sorted((library or data_file("scenarios")).glob("*.yaml")))


def _listing(file: Path) -> Listing:
    try:
        data = read_yaml(file).data
    except InputError:
        data = {"title": "(cannot be read; see `armsrace validate`)"}
    return Listing(id_of(file), str(data.get("title", "")), str(data.get("group", "")), file)


# ---- where scenario files are ----------------------------------------------------------------------------------------


def id_of(file: Path, otherwise: str = "scenario") -> str:
    """A file's name without its ending: letters and digits of any script, which every file system takes, and hyphens for the rest.

    >>> id_of(Path("сценарио.yaml")), id_of(Path("ödev 2.yaml")), id_of(Path("?.yaml"))
    ('сценарио', 'ödev-2', 'scenario')
    """
    stem = unicodedata.normalize("NFC", file.stem)  # macOS parts letters and marks
    return re.sub(r"[^\w-]+", "-", stem).strip("-") or otherwise


def _file_of(ref: str | Path, library: Path) -> Path:
    """The file a user means: a library id, or a path (with an ending or a slash); an editor may have put .txt behind it."""
    if isinstance(ref, Path) or "/" in ref or "\\" in ref or ref.endswith((".yaml", ".yml", ".yaml.txt")):
        return Path(ref)
    try:
        return _library_file(ref, library)
    except ValueError as error:
        files = {path.name.partition(".yaml")[0]: path.name for path in sorted(Path().glob("*.yaml*"))}
        beside = nearest(ref, files)
        here = f'there is no scenario "{ref}" in the library; did you mean the file "{files.get(beside or "")}"?'
        raise refusal(ref, here if beside else str(error)) from None


def _library_file(name: str, library: Path) -> Path:
    known = sorted(path.stem for path in library.glob("*.yaml"))
    if name in known:
        return _within(library / f"{name}.yaml", library)
    # also one of which a part between hyphens is nearly the word: skydager means skydagger-delivery
    parts = {part: one for one in reversed(known) for part in one.split("-") if len(part) > 3}
    near = nearest(name, known) or parts.get(nearest(name, parts) or "")
    hint = f'; did you mean "{near}"?' if near else "; `armsrace list` shows the library"
    raise ValueError(f"there is no scenario {shown_value(name)} in the library{hint}")


def file_below(ref: str, folder: Path) -> Path:
    """The file that another names, in its folder or below it: none that came with the mail may reach further. Else ValueError."""
    parts = ref.replace("\\", "/").split("/")
    if ".." in parts or parts[0] in ("", "~") or ":" in parts[0]:
        raise ValueError(f"{shown_value(ref)} leaves the folder of this file; copy that file here, or use a library id")
    try:
        linked = _within(folder / ref, folder)
        is_there = linked.is_file()
    except OSError as error:
        raise ValueError(f"{shown_value(ref)} is no name of a file ({error.strerror})") from None
    if not is_there:
        near = nearest(linked.name, [path.name for path in linked.parent.glob("*.*")])
        hint = f'; did you mean "{near}"?' if near else ""
        raise ValueError(f"there is no file {shown_value(ref)} in this folder{hint}")
    return linked


def _within(file: Path, folder: Path) -> Path:
    if not resolved(file).is_relative_to(folder.resolve()):
        raise ValueError(f'"{file.name}" is a link that leaves its folder; copy the file itself here')
    return file


# ---- reading a chain -------------------------------------------------------------------------------------------------


class _Reader:
    """Reads a scenario file after the files it extends."""

    def __init__(self, table: ParameterTable, library: Path) -> None:
        self.table = table
        self.library = library

    def scenario(self, document: Document, above: tuple[Path, ...]) -> Scenario:
        """The scenario of a file; ``above`` are the files that extend it, the first of them the user's."""
        file = Path(document.file)
        layer = Layer(document, self.table)
        base_file = self.linked(layer, "extends")
        compare_to = self.linked(layer, "compare_to")
        base = None
        if base_file is not None and self.may_extend(layer, base_file, (*above, file)):
            base = self.scenario(read_yaml(base_file), (*above, file))
        layer.check(_inherited(base, extends_nothing=document.data.get("extends") is None))
        if compare_to is None:
            return _laid_over(base, layer, None)
        return _laid_over(base, layer, compare_to.stem if compare_to.parent == self.library else str(compare_to))

    def linked(self, layer: Layer, field: str) -> Path | None:
        """The file that ``extends`` or ``compare_to`` names; None where that is none, or lies outside the folder."""
        ref = layer.document.data.get(field)
        if not isinstance(ref, str) or not ref:
            return None  # absent, or reported as not being text
        try:
            if re.fullmatch(SLUG_PATTERN, ref):
                return _library_file(ref, self.library)
            return file_below(ref, Path(layer.document.file).parent)
        except (ValueError, OSError) as error:
            layer.report((field,), str(error))
            return None

    def may_extend(self, layer: Layer, base: Path, chain: tuple[Path, ...]) -> bool:
        known = [resolved(file) for file in chain]
        if resolved(base) in known:
            circle = [*chain[known.index(resolved(base)) :], base]
            names = " -> ".join(id_of(file) for file in circle)
            layer.report(("extends",), f"the files extend each other in a circle: {names}; take one link out")
            return False
        if len(chain) >= LONGEST_CHAIN:
            layer.report(("extends",), f"more than {LONGEST_CHAIN} files extend each other; merge some of them")
            return False
        return True


def scenario_over(base: Scenario, document: Document) -> Scenario:
    """What a part of another file lays over a scenario, read as a scenario file is; InputError lists all that is wrong."""
    layer = Layer(document, load_parameters())
    layer.check(_inherited(base, extends_nothing=False))
    return _laid_over(base, layer, base.compare_to)


def _inherited(base: Scenario | None, *, extends_nothing: bool) -> dict[str, EventBase] | None:
    """Events of a base by id; None when there should be a base and it cannot be read."""
    if base is None:
        return {} if extends_nothing else None
    return {event.id: event for event in base.events}


def _laid_over(base: Scenario | None, layer: Layer, compare_to: str | None) -> Scenario:
    """A base with a checked file laid over it; InputError if anything is wrong with the file."""
    file, content = Path(layer.document.file), layer.content
    if layer.problems or content is None:
        raise InputError(layer.document.file, layer.problems)
    inherited = {event.id: event for event in base.events if event.id not in content.remove} if base else {}
    return Scenario(
        id=id_of(file),
        title=content.title,
        question=content.question,
        group=content.group,
        sources={**(base.sources if base else {}), **{key: one.model_dump() for key, one in content.sources.items()}},
        documents=tuple(citation.model_dump() for citation in content.documents),
        expects=content.expects,
        comment=content.comment,
        costs=content.costs,
        compare_to=compare_to,
        chain=(*(base.chain if base else ()), id_of(file)),
        parameters=parameters_over(base.parameters if base else {}, layer.parameters),
        events=in_order({**inherited, **layer.events()}.values()),
        file=file,
    )


def in_order(events: Iterable[EventBase]) -> tuple[EventBase, ...]:
    """Events sorted by quarter; those of one quarter keep their order."""
    return tuple(sorted(events, key=lambda event: event.quarter))


def parameters_over(base: Mapping[str, Value], over: Mapping[str, Value]) -> dict[str, Value]:
    """Parameters of a base with others laid over; ``reaction`` also replaces the base's ``reaction.SRB``."""
    kept = {key: value for key, value in base.items() if not any(f"{key}.".startswith(f"{new}.") for new in over)}
    return {**kept, **over}
