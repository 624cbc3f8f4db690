"""The parameters of the model, as declared in ``calibration/parameters.yaml``: values, priors, ranges, sources.

A parameter is one number or one number per member of an index (``reaction`` per state, ``tie`` per supplier and state).
Flattened, every number has a key: ``reaction.SRB``. A key that stops early (``reaction``) means all numbers below it.
"""

import hashlib
import itertools
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from sim.actors import ActorTable, load_actors
from sim.assets import data_file
from sim.errors import InputError, Problem, Steps, dotted, nearest, schema_problems, shown_value, suggestion
from sim.yamlfile import Document, read_yaml

CLASSES = ("uav", "loitering", "artillery", "armour", "air_defence", "arms")
KINDS = ("fixed", "lognormal", "normal", "half_normal", "uniform", "one_plus_lognormal")
STEP_ABOVE = 1e-9  # how far a draw is kept from a bound that is not itself legal

# a number that is out of range by one of these factors was probably written in another unit
_SLIPS = (
    ("share", 100, " per cent"),
    ("probability", 100, " per cent"),
    ("thousand", 1000, ""),
    ("million", 10**6, ""),
)


@dataclass(frozen=True)
class LegalRange:
    """The values that a quantity may take; both ends included unless ``above`` says that the low one is not."""

    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    above: bool = False

    def check(self, value: Any) -> float:
        """The value as a float; ValueError says what is legal and, where that is plain, what was probably meant."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{shown_value(value)} is not a number")
        if not math.isfinite(value):
            raise ValueError(f"{shown_value(value)} is not a finite number")
        if not self.holds(value):
            raise ValueError(f"{shown_value(value)} is {self._breach(value)}{self._slip(value)}")
        return float(value)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high and not (self.above and value == self.low)

    @property
    def clamp(self) -> tuple[float, float]:
        """Where draws are cut off."""
        return (self.low + STEP_ABOVE if self.above else self.low), self.high

    def _breach(self, value: float) -> str:
        unit = f" ({self.unit})" if self.unit not in ("", "1") else ""
        if math.isfinite(self.low) and math.isfinite(self.high):
            ends = f"{self.low:.12g} to {self.high:.12g}" if self.low < 0 else f"{self.low:.12g}-{self.high:.12g}"
            return f"outside {ends}{unit}"
        if value > self.high:
            return f"above {self.high:.12g}{unit}, the highest legal value"
        return (
            f"not above {self.low:.12g}{unit}" if self.above else f"below {self.low:.12g}{unit}, the lowest legal value"
        )

    def _slip(self, value: float) -> str:
        for word, factor, name in _SLIPS:
            if word in self.unit and value > 0 and self.holds(value / factor):
                return f"; write {value / factor:.12g} for {value:.12g}{name}"
        return ""


@dataclass(frozen=True)
class Distribution:
    """What is known of one number.

    kind   : fixed | lognormal | normal | half_normal | uniform | one_plus_lognormal
    centre : the value (fixed), median (lognormal, half_normal, one_plus_lognormal), mean (normal), low end (uniform)
    spread : sd of the logarithm (lognormal; of x - 1 for one_plus_lognormal), sd (normal), width (uniform), else 0
    low, high : legal range; draws are clamped to it
    """

    kind: str
    centre: float
    spread: float = 0.0
    low: float = -math.inf
    high: float = math.inf

    def plain(self) -> float | dict[str, Any]:
        """The distribution as a scenario file writes it: a number, or a mapping such as ``{lognormal: [5.0, 0.6]}``."""
        if self.kind == "fixed":
            return self.centre
        if self.kind == "half_normal":
            return {self.kind: self.centre}
        return {self.kind: [self.centre, self.centre + self.spread if self.kind == "uniform" else self.spread]}


def distribution(value: Any, legal: LegalRange) -> Distribution:
    """A size as a scenario writes it; ValueError says what is wrong with it.

    >>> distribution({"lognormal": [5, 0.6]}, LegalRange(low=0.0)).centre
    5.0
    """
    if not isinstance(value, Mapping):
        return _distribution("fixed", legal.check(value), 0.0, legal)
    kind, numbers = _only_entry(value)
    if kind == "half_normal":
        return _distribution(kind, legal.check(numbers), 0.0, legal)
    if not isinstance(numbers, list | tuple) or len(numbers) != 2:
        raise ValueError(f"{kind} needs two numbers in brackets: {kind}: {_NEEDED[kind]}")
    centre, other = legal.check(numbers[0]), numbers[1]
    return _distribution(kind, centre, legal.check(other) - centre if kind == "uniform" else other, legal)


_NEEDED = {
    "lognormal": "[median, sd of the logarithm]",
    "normal": "[mean, sd]",
    "uniform": "[low, high]",
    "one_plus_lognormal": "[median, sd of the logarithm]",
}


def _only_entry(value: Mapping[str, Any]) -> tuple[str, Any]:
    if len(value) != 1:
        raise ValueError("a distribution has exactly one entry, for example {lognormal: [5, 0.6]}")
    kind, content = next(iter(value.items()))
    if kind not in KINDS[1:]:
        raise ValueError(f'unknown distribution "{kind}"{suggestion(str(kind), KINDS[1:])}')
    return kind, content


def _distribution(kind: str, centre: float, spread: Any, legal: LegalRange) -> Distribution:
    """A distribution around a legal centre; one that cannot vary becomes fixed."""
    lowest = {"lognormal": 0.0, "half_normal": 0.0, "one_plus_lognormal": 1.0}.get(kind, -math.inf)
    if centre < lowest:
        raise ValueError(f"the median {centre:.12g} of a {kind} must not be below {lowest:.12g}")
    width = LegalRange(low=0.0).check(spread) if kind != "uniform" or spread >= 0 else None
    if width is None:
        raise ValueError("the low end of a uniform must not be above its high end")
    constant = centre == lowest or (width == 0.0 and kind != "half_normal")
    return Distribution("fixed" if constant else kind, centre, 0.0 if constant else width, *legal.clamp)


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: ``suffixes[i]`` has ``priors[i]``; a single number has the suffix ``""``."""

    name: str
    symbol: str
    unit: str
    group: str
    meaning: str
    index: tuple[str, ...]
    suffixes: tuple[str, ...]
    priors: tuple[Distribution, ...]
    low: float
    high: float
    status: str
    source: str
    locator: str
    note: str

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"{self.name}.{suffix}" if suffix else self.name for suffix in self.suffixes)

    @property
    def legal(self) -> LegalRange:
        return LegalRange(self.low, self.high, self.unit)


class UnknownParameterError(LookupError):
    """No parameter has this key; the message suggests the nearest."""


@dataclass(frozen=True)
class ParameterTable:
    """All parameters, in file order; flattened, one row per number."""

    parameters: tuple[Parameter, ...]
    model_version: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in self.parameters)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for parameter in self.parameters for key in parameter.keys)

    @cached_property
    def distributions(self) -> tuple[Distribution, ...]:
        return tuple(prior for parameter in self.parameters for prior in parameter.priors)

    @property
    def size(self) -> int:
        return len(self.keys)

    @cached_property
    def _rows(self) -> dict[str, tuple[int, ...]]:
        """Rows of every key and of every key that stops early."""
        rows: dict[str, tuple[int, ...]] = {}
        for row, key in enumerate(self.keys):
            words = key.split(".")
            for length in range(1, len(words) + 1):
                start = ".".join(words[:length])
                rows[start] = (*rows.get(start, ()), row)
        return rows

    @property
    def starts(self) -> tuple[str, ...]:
        """Every key that means something, those that stop early included."""
        return tuple(self._rows)

    def parameter(self, key: str) -> Parameter:
        """The declaration behind a key; UnknownParameterError when there is none."""
        self.rows_of(key)
        return self.parameters[self.names.index(key.split(".", maxsplit=1)[0])]

    def offset(self, name: str) -> int:
        """First row of a parameter."""
        return self.rows_of(name)[0]

    def suffixes(self, name: str) -> tuple[str, ...]:
        return self.parameter(name).suffixes

    def rows_of(self, key: str) -> tuple[int, ...]:
        """Rows that a key means: one for ``reaction.SRB``, all of them for ``reaction``."""
        if key not in self._rows:
            raise UnknownParameterError(self._unknown(key))
        return self._rows[key]

    def _unknown(self, key: str) -> str:
        name, _, rest = key.partition(".")
        if name not in self.names:
            near = nearest(name, self.names)
            full = f"{near}.{rest}" if rest and f"{near}.{rest}" in self._rows else near
            return "unknown parameter" + (
                f'; did you mean "{full}"?' if full else "; see `armsrace trace` for the names"
            )
        keys = self.parameters[self.names.index(name)].keys
        if keys == (name,):
            return f'unknown parameter; "{name}" is one number and has no index'
        return f"unknown parameter{suggestion(key, keys)}"

    def problem(self, key: str, value: Any) -> str | None:
        """What is wrong with setting a key to a value, or None. Files use this to report all their problems at once."""
        try:
            self.checked(key, value)
        except (UnknownParameterError, ValueError) as error:
            return str(error)
        return None

    def checked(self, key: str, value: Any) -> Distribution:
        """A value for a key as a distribution; UnknownParameterError or ValueError say what is wrong."""
        legal = self.parameter(key).legal
        return distribution(value.plain() if isinstance(value, Distribution) else value, legal)

    def with_overrides(self, overrides: Mapping[str, Any]) -> "ParameterTable":
        """The table with some numbers replaced. A longer key wins over a shorter one: ``reaction`` sets all states,
        ``reaction.SRB`` one of them, in whatever order they are written. InputError lists all that cannot be set."""
        checks = [(key, self.problem(key, value)) for key, value in overrides.items()]
        problems = [Problem(None, key, message) for key, message in checks if message is not None]
        if problems:
            raise InputError("parameters", problems)
        flat = list(self.distributions)
        for key in sorted(overrides, key=lambda key: key.count(".")):
            for row in self.rows_of(key):
                flat[row] = self.checked(key, overrides[key])
        priors = iter(flat)
        return replace(
            self,
            parameters=tuple(
                replace(p, priors=tuple(itertools.islice(priors, len(p.priors)))) for p in self.parameters
            ),
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all keys and distributions."""
        rows = [
            [key, d.kind, d.centre.hex(), d.spread.hex(), d.low.hex(), d.high.hex()]
            for key, d in zip(self.keys, self.distributions, strict=True)
        ]
        return hashlib.sha256(json.dumps([self.model_version, rows]).encode()).hexdigest()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class _Entry(_Strict):
    symbol: str
    unit: str
    group: str
    meaning: str
    index: list[Literal["state", "supplier", "patron", "actor", "class"]] = []
    sparse: bool = False
    default: Any
    prior: Any = "fixed"
    range: list[float | None]
    status: Literal["reported", "derived", "estimated", "assumed", "unverified"]
    source: str
    locator: str = ""
    note: str = ""


class _File(_Strict):
    format_version: Literal[1]
    model_version: str
    parameters: dict[str, _Entry]


def load_parameters(path: Path | None = None) -> ParameterTable:
    """The declared parameters; the project's own unless another file is named. InputError lists all problems."""
    return _project_parameters() if path is None else _read(path, load_actors())


@cache
def _project_parameters() -> ParameterTable:
    return _read(data_file("calibration", "parameters.yaml"), load_actors())


def _read(path: Path, actors: ActorTable) -> ParameterTable:
    document = read_yaml(path)
    try:
        file = _File.model_validate(document.data)
    except ValidationError as error:
        problems = schema_problems(error.errors(), document.data, document.line, _fields)
        raise InputError(document.file, problems) from None
    readers = [_EntryReader(name, entry, actors) for name, entry in file.parameters.items()]
    parameters = tuple(reader.parameter() for reader in readers)
    problems = [_problem(document, steps, message) for reader in readers for steps, message in reader.problems]
    if problems:
        raise InputError(document.file, problems)
    return ParameterTable(parameters, file.model_version)


def _problem(document: Document, steps: Steps, message: str) -> Problem:
    return Problem(document.line(steps), dotted(steps), message)


def _fields(steps: Steps) -> Iterable[str]:
    return (_File if len(steps) == 1 else _Entry).model_fields


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

    def parameter(self) -> Parameter:
        legal = self.legal()
        defaults = self.spread_out(self.entry.default, self.declared(), "default")
        priors = self.priors(defaults, legal)
        texts = self.entry.model_dump(
            include={"symbol", "unit", "group", "meaning", "status", "source", "locator", "note"}
        )
        suffixes, index = tuple(defaults), tuple(self.entry.index)
        return Parameter(
            self.name, index=index, suffixes=suffixes, priors=priors, low=legal.low, high=legal.high, **texts
        )

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
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            self.report(f'no value for {", ".join(missing[:3])}{more}; add them, or "*" for the rest', *steps)
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
            kind, width = _only_entry(self.entry.prior)
        except ValueError as error:
            self.report(str(error), "prior")
            return "fixed", {}
        if kind == "half_normal" and width != "median":
            self.report("is written {half_normal: median}: the median is the default", "prior", kind)
            return "fixed", {}
        return kind, self.spread_out(width, suffixes, "prior", kind)


def _prior(kind: str, default: Any, width: Any, legal: LegalRange) -> Distribution:
    """A prior around a default, which is its median or mean; for a uniform the default lies between the ends."""
    if kind == "fixed":
        return distribution(default, legal)
    if kind == "half_normal":
        return distribution({kind: default}, legal)
    prior = distribution({kind: width if kind == "uniform" else [default, width]}, legal)
    if kind == "uniform" and not prior.centre <= default <= prior.centre + prior.spread:
        raise ValueError(f"the default {default:.12g} lies outside its uniform prior")
    return prior
