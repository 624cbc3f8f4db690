"""The parameters of the model, as declared in ``calibration/parameters.yaml``: values, priors, ranges, sources.

A parameter is one number or one number per member of an index (``reaction`` per state, ``tie`` per supplier and state).
Flattened, every number has a key: ``reaction.SRB``. A key that stops early (``reaction``) means all numbers below it.
"""

import itertools
import keyword
import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sim.data.actors import ActorTable, load_actors
from sim.io.assets import data_file, data_root, region_folder
from sim.io.errors import Steps, suggestion
from sim.io.formatting import few_of
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import Document, read_yaml
from sim.model.distributions import KINDS, Distribution, LegalRange, distribution, only_entry
from sim.model.parameter_table import Parameter, ParameterTable

CLASSES = ("uav", "loitering", "artillery", "armour", "air_defence", "arms")
CLASS_WORDS = {
    "uav": "armed drones", "loitering": "one-way drones", "artillery": "artillery", "armour": "armoured vehicles",
    "air_defence": "air defence", "arms": "arms and ammunition",
}  # fmt: skip


class _Cited(Schema):
    source: str
    locator: str


class _Entry(Schema):
    symbol: str
    unit: str
    group: str
    meaning: str
    index: list[Literal["state", "supplier", "patron", "actor", "class"]] = Field([])
    sparse: bool = False
    default: Any
    prior: Any = "fixed"
    range: list[float | None]
    status: Literal["reported", "derived", "estimated", "assumed", "unverified"]
    source: str
    locator: str = ""
    note: str = ""
    sources: dict[str, _Cited] = Field({})


class _File(Schema):
    format_version: Literal[1]
    model_version: str
    groups: dict[str, list[str]] = Field({})
    parameters: dict[str, _Entry]


def load_parameters(path: Path | None = None) -> ParameterTable:
    """The declared parameters; the project's own unless another file is named. InputError lists all problems."""
    return _project_parameters() if path is None else _read(path, load_actors())


@cache
def _project_parameters() -> ParameterTable:
    return _read(data_file("calibration", "parameters.yaml"), load_actors())


ACTORS = {"state", "supplier", "patron", "actor"}  # indexes of a parameter
ORIGIN = ("status", "source", "locator", "note", "sources")
TEXTS = ("symbol", "unit", "group", "meaning", "status", "source", "locator", "note")


def _laid_over_ours(own: Document) -> Document:
    """The file of a region, which says of each parameter what is not as in ours. What ours says of an actor by name is not taken, and
    with a default of its own a region says where that is from."""
    ours = read_yaml(data_root() / "calibration" / "parameters.yaml").data
    given = own.data.get("parameters")
    given = given if isinstance(given, dict) else {}
    own.refuse(
        (("parameters", name), f"there is no such parameter{suggestion(name, ours['parameters'])}")
        for name in given
        if name not in ours["parameters"]
    )
    merged = {}
    for name, entry in ours["parameters"].items():
        said = given.get(name, {})
        kept = {field: value for field, value in entry.items() if "default" not in said or field not in ORIGIN}
        if ACTORS & set(entry.get("index", ())):
            kept |= {"default": _of_anybody(entry["default"]), "prior": _of_anybody(entry.get("prior", "fixed"))}
            kept.pop("sources", None)
        merged[name] = {**kept, **said} if isinstance(said, dict) else said
    return Document(own.file, {**ours, **own.data, "parameters": merged}, own.lines)


def _of_anybody(value: Any) -> Any:
    """Numbers less those of an actor by name, also within a prior."""
    if not isinstance(value, dict):
        return value
    return {key: _of_anybody(number) for key, number in value.items() if key == "*" or key in KINDS}


def _read(path: Path, actors: ActorTable) -> ParameterTable:
    document = read_yaml(path)
    if region_folder() is not None:
        document = _laid_over_ours(document)
    file = validated(_File, document)
    readers = [_EntryReader(name, entry, actors) for name, entry in file.parameters.items()]
    parameters = tuple(reader.parameter(file.groups.get(reader.entry.group, [])) for reader in readers)
    document.refuse(fault for reader in readers for fault in reader.problems)
    return ParameterTable(parameters, file.model_version)


class _EntryReader:
    """Turns one entry of the file into a Parameter, collecting everything that is wrong with it."""

    def __init__(self, name: str, entry: _Entry, actors: ActorTable) -> None:
        self.steps: Steps = ("parameters", name)
        self.name = name
        self.entry = entry
        self.domains = {
            "state": actors.states,
            "supplier": actors.suppliers,
            "patron": actors.patrons,
            "actor": actors.codes,
            "class": CLASSES,
        }
        self.problems: list[tuple[Steps, str]] = []

    def report(self, message: str, *steps: str) -> None:
        problem = ((*self.steps, *steps), message)
        if problem not in self.problems:
            self.problems.append(problem)

    def parameter(self, rules: Iterable[str]) -> Parameter:
        if not self.name.isidentifier() or keyword.iskeyword(self.name) or self.name.startswith("_"):
            self.report("code calls it so: a letter, then letters, digits and _, and no word of Python's own")
        legal = self.legal()
        defaults = self.spread_out(self.entry.default, self.declared(), "default")
        priors = self.priors(defaults, legal)
        suffixes, index = tuple(defaults), tuple(self.entry.index)
        for suffix in self.entry.sources:
            if suffix not in suffixes:
                self.report(self.unknown(suffix, suffixes), "sources", suffix)
        cited = {suffix: (one.source, one.locator) for suffix, one in self.entry.sources.items()}
        texts = self.entry.model_dump(include=set(TEXTS))
        return Parameter(
            self.name, rules=tuple(rules), index=index, suffixes=suffixes, priors=priors, low=legal.low, high=legal.high,
            cited=cited, **texts,
        )  # fmt: skip

    def legal(self) -> LegalRange:
        ends = self.entry.range
        if len(ends) != 2:
            self.report("needs two numbers: [low, high]; write null for an end that is open", "range")
            return LegalRange(unit=self.entry.unit)
        low = -math.inf if ends[0] is None else ends[0]
        high = math.inf if ends[1] is None else ends[1]
        if low > high:
            self.report(f"the low end {low:.12g} is above the high end {high:.12g}; swap them", "range")
        return LegalRange(low, high, self.entry.unit)

    def declared(self) -> tuple[str, ...]:
        """The suffixes that exist: the full product of the index, or those listed when the index is sparse."""
        domains = (self.domains[domain] for domain in self.entry.index)
        product = tuple(".".join(words) for words in itertools.product(*domains))
        if not self.entry.sparse:
            return product
        if not isinstance(self.entry.default, dict):
            self.report("a sparse index needs a mapping of suffixes to numbers", "default")
            return ()
        known = set(product)
        for suffix in self.entry.default:
            if suffix not in known:
                self.report(self.unknown(suffix, product), "default", suffix)
        return tuple(suffix for suffix in self.entry.default if suffix in known)

    def spread_out(self, value: Any, suffixes: tuple[str, ...], *steps: str) -> dict[str, Any]:
        """One value per suffix, from one value for all or from a mapping in which ``*`` fills the rest."""
        if not isinstance(value, dict):
            return dict.fromkeys(suffixes, value)
        if not self.entry.sparse or steps[0] != "default":
            for suffix in value:
                if suffix != "*" and suffix not in suffixes:
                    self.report(self.unknown(suffix, suffixes), *steps, suffix)
        missing = [suffix for suffix in suffixes if suffix not in value]
        if missing and "*" not in value:
            self.report(f'no value for {few_of(missing, 3)}; add them, or "*" for the rest', *steps)
        return {suffix: value.get(suffix, value.get("*")) for suffix in suffixes if suffix in value or "*" in value}

    def unknown(self, suffix: str, suffixes: tuple[str, ...]) -> str:
        if suffixes == ("",):
            return "this parameter has no index: give one number, or declare the index"
        if suffix == "*":
            return '"*" has no meaning in a sparse index; list the suffixes'
        return f"not in the index [{', '.join(self.entry.index)}]{suggestion(suffix, suffixes)}"

    def priors(self, defaults: dict[str, Any], legal: LegalRange) -> tuple[Distribution, ...]:
        kind, widths = self.kind_and_widths(tuple(defaults))
        priors = []
        for suffix, centre in defaults.items():
            try:
                legal.check(centre)
                priors.append(_prior(kind, centre, widths.get(suffix, 0.0), legal))
            except ValueError as error:
                self.report(str(error), "default", *self.written(suffix))
        return tuple(priors)

    def written(self, suffix: str) -> tuple[str, ...]:
        """Where under ``default`` the number of a suffix is written."""
        if not isinstance(self.entry.default, dict):
            return ()
        return (suffix,) if suffix in self.entry.default else ("*",)

    def kind_and_widths(self, suffixes: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
        if self.entry.prior in ("fixed", None):
            return "fixed", {}
        if not isinstance(self.entry.prior, dict):
            self.report("must be `fixed` or a mapping such as {lognormal: 0.3}", "prior")
            return "fixed", {}
        try:
            kind, width = only_entry(self.entry.prior)
        except ValueError as error:
            self.report(str(error), "prior")
            return "fixed", {}
        if kind == "half_normal" and width != "median":
            self.report("is written {half_normal: median}: the median is the default", "prior", kind)
            return "fixed", {}
        return kind, self.spread_out(width, suffixes, "prior", kind)


def _prior(kind: str, default: Any, width: Any, legal: LegalRange) -> Distribution:
    """A prior around a default, which is its median or mean; for a uniform the default lies between the ends."""
    if kind == "fixed" or (kind != "half_normal" and width == 0):
        return distribution(default, legal)
    if kind == "half_normal":
        return distribution({kind: default}, legal)
    prior = distribution({kind: width if kind == "uniform" else [default, width]}, legal)
    if kind == "uniform" and not prior.centre <= default <= prior.centre + prior.spread:
        raise ValueError(f"the default {default:.12g} lies outside its uniform prior")
    return prior
