"""The declared parameters as a table with one row per number: what each is, its key, its prior and its legal range."""

import hashlib
import itertools
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Protocol

from sim.data.region import region
from sim.data.spellings import code_meant
from sim.io.errors import InputError, Problem, listed, near_names, quoted, suggestion
from sim.model.distributions import FITTED, Distribution, LegalRange, distribution


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: ``suffixes[i]`` has ``priors[i]``; a single number has the suffix ``""``. ``rules`` are the files
    of `sim/rules` that hold the equations of its group. ``cited`` holds source and locator of the suffixes that have their own."""

    name: str
    symbol: str
    unit: str
    group: str
    rules: tuple[str, ...]
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
    cited: Mapping[str, tuple[str, str]]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"{self.name}.{suffix}" if suffix else self.name for suffix in self.suffixes)

    @property
    def legal(self) -> LegalRange:
        return LegalRange(self.low, self.high, self.unit)


class Draws(Protocol):
    """The draws of a fit, as far as the table needs to know them; see `sim.ensembles.draws`."""

    @property
    def id(self) -> str: ...

    @property
    def keys(self) -> tuple[str, ...]: ...

    @property
    def digest(self) -> str: ...


class UnknownParameterError(LookupError):
    """No parameter has this key; the message suggests the nearest."""


@dataclass(frozen=True, repr=False)
class ParameterTable:
    """All parameters, in file order; flattened, one row per number. With ``draws``, those that were fitted take the
    draws of a fit in place of their priors."""

    parameters: tuple[Parameter, ...]
    model_version: str
    draws: Draws | None = None

    def __repr__(self) -> str:
        fit = "" if self.draws is None else f", fit {self.draws.id}"
        return f"ParameterTable({len(self.parameters)} parameters, {self.size} numbers{fit})"

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
        return _rows_by_start(self.keys)

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
        """Rows that a key means: one for ``reaction.SRB``, all of them for ``reaction``; none where a region has no numbers of it."""
        if key not in self._rows and key in self.names:
            return ()
        if key not in self._rows:
            raise UnknownParameterError(self._unknown(key))
        return self._rows[key]

    def _unknown(self, key: str) -> str:
        name, _, rest = key.partition(".")
        if name not in self.names:
            turned = "_".join(reversed(key.split(".")))  # price.loitering for loitering_price
            near = (turned,) if turned in self.names else near_names(name, self.names)
            full = [f"{one}.{rest}" if rest and f"{one}.{rest}" in self._rows else one for one in near]
            example = f"reaction.{region().sides[0]}"
            lister = f"; docs/parameters.md lists them; write one of a state as name.COUNTRY: {example}"
            return "unknown parameter" + (f"; did you mean {listed(map(quoted, full))}?" if full else lister)
        keys = self.parameters[self.names.index(name)].keys
        if keys == (name,):
            return f'unknown parameter; "{name}" is one number and has no index'
        meant = ".".join([name, *(code_meant(word) or word for word in rest.split("."))])
        return f"unknown parameter{suggestion(meant if meant in self._rows else key, keys)}"

    def problem(self, key: str, value: Any) -> str | None:
        """What is wrong with setting a key to a value, or None. Files use this to report all their problems at once."""
        try:
            self.checked(key, value)
        except (UnknownParameterError, ValueError) as error:
            return str(error)
        return None

    def faults(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The keys that cannot be set to their values, each with what is wrong."""
        return [(key, fault) for key, value in values.items() if (fault := self.problem(key, value)) is not None]

    def checked(self, key: str, value: Any) -> Distribution:
        """A value for a key as a distribution; UnknownParameterError or ValueError say what is wrong."""
        legal = self.parameter(key).legal
        if isinstance(value, Distribution):  # read and checked before, for this key or one above it
            low, high = legal.clamp
            return replace(value, low=low, high=high)
        return distribution(value, legal)

    def with_overrides(self, overrides: Mapping[str, Any]) -> "ParameterTable":
        """The table with some numbers replaced. A longer key wins over a shorter one: ``reaction`` sets all states,
        ``reaction.SRB`` one of them, in whatever order they are written. InputError lists all that cannot be set."""
        if faults := self.faults(overrides):
            raise InputError("parameters", [Problem(None, *fault) for fault in faults])
        if not overrides:
            return self
        flat = list(self.distributions)
        for key in sorted(overrides, key=lambda key: key.count(".")):
            for row in self.rows_of(key):
                flat[row] = self.checked(key, overrides[key])
        return self._with(flat)

    def _with(self, distributions: Sequence[Distribution]) -> "ParameterTable":
        rest = iter(distributions)
        parameters = tuple(replace(p, priors=tuple(itertools.islice(rest, len(p.priors)))) for p in self.parameters)
        return replace(self, parameters=parameters)

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Keys of the numbers that are drawn from a prior."""
        return tuple(
            key for key, d in zip(self.keys, self.distributions, strict=True) if d.kind not in ("fixed", FITTED)
        )

    def with_draws(self, draws: Draws) -> "ParameterTable":
        """The table whose uncertain numbers come from a fit. A number that is fixed here stays fixed, and those of an actor or of a
        mechanism that came after the fit keep their priors (see `before`); ValueError if it lacks any other that is uncertain."""
        fitted = set(draws.keys)
        known = {key.partition(".")[0] for key in draws.keys}
        missing = set(self.without(self.newcomers(draws.keys)).before(known).uncertain) - fitted
        if missing:
            raise ValueError(f"the fit {draws.id} does not know {', '.join(sorted(missing)[:3])}")
        flat = [
            replace(d, kind=FITTED) if d.kind != "fixed" and key in fitted else d
            for key, d in zip(self.keys, self.distributions, strict=True)
        ]
        return replace(self._with(flat), draws=draws)

    def newcomers(self, keys: Iterable[str]) -> tuple[str, ...]:
        """What the keys of this table's uncertain numbers name after the first point, and none of some other keys does."""
        known = {word for key in keys for word in key.split(".")}
        return tuple(dict.fromkeys(word for key in self.uncertain for word in key.split(".")[1:] if word not in known))

    def without(self, words: Collection[str]) -> "ParameterTable":
        """The table without the numbers whose keys name one of some actors."""
        return replace(self, parameters=tuple(_without(parameter, words) for parameter in self.parameters))

    def before(self, names: Collection[str]) -> "ParameterTable":
        """The table without parameters that none of some names is, and that change nothing where they stand: whose defaults are zero."""
        kept = (
            one
            for one in self.parameters
            if one.name in names or any(prior.centre or prior.kind == "uniform" for prior in one.priors)
        )
        return replace(self, parameters=tuple(kept))

    @property
    def fitted(self) -> tuple[int, ...]:
        """Rows that take a fit's draws."""
        return tuple(row for row, d in enumerate(self.distributions) if d.kind == FITTED)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all keys and distributions, and of the draws where some are fitted."""
        rows = [
            [key, d.kind, d.centre.hex(), d.spread.hex(), d.low.hex(), d.high.hex()]
            for key, d in zip(self.keys, self.distributions, strict=True)
        ]
        fitted = [self.draws.digest] if self.draws is not None and self.fitted else []
        return hashlib.sha256(json.dumps([self.model_version, rows, *fitted]).encode()).hexdigest()


def _without(parameter: Parameter, words: Collection[str]) -> Parameter:
    kept = [place for place, suffix in enumerate(parameter.suffixes) if not set(suffix.split(".")) & set(words)]
    suffixes, priors = parameter.suffixes, parameter.priors
    return replace(parameter, suffixes=tuple(suffixes[i] for i in kept), priors=tuple(priors[i] for i in kept))


@cache
def _rows_by_start(keys: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Rows by key; kept, since a table with other numbers has the same keys."""
    rows: dict[str, tuple[int, ...]] = {}
    for row, key in enumerate(keys):
        words = key.split(".")
        for length in range(1, len(words) + 1):
            start = ".".join(words[:length])
            rows[start] = (*rows.get(start, ()), row)
    return rows
