"""What a sweep keeps of each run: numbers taken from recorded series, each a column of the table."""

import hashlib
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.io import quarters
from sim.io.errors import InputError, listed, refusal, shown_value, suggestion
from sim.model.network import FIRST, REPROACHED
from sim.model.variables import FLOWS, VARIABLES, Series, all_series
from sim.sweep.expressions import expression, value_of

Array = NDArray[np.float64]
ALL = "all"
OVER_TIME = ("mean", "max", "min", "sum")
FORMS = "every, every 4, last, 2026, 2026Q4, mean, max, min, sum, first above 0.5, first below 0.5"
_EVERY = re.compile(r"every(?: +([1-9][0-9]*))?")
_FIRST = re.compile(r"first +(above|below) +(\S+)")


@dataclass(frozen=True)
class Formula:
    """What is made of recorded series: by an expression, or by a function of Python.

    terms    : name -> a series, or a metric of one, which is a single number of each run
    text     : the expression; of a function its name
    function : is given the terms in order, each (quarters, runs) or (runs,), and returns one of these shapes
    """

    terms: "tuple[tuple[str, Series | DesignMetric], ...]"
    text: str
    unit: str = ""
    function: Callable[..., Any] | None = None

    @property
    def needs(self) -> tuple[Series, ...]:
        """The series that it is made of."""
        return tuple(dict.fromkeys(one if isinstance(one, Series) else one.series for _, one in self.terms))

    @property
    def is_single(self) -> bool:
        """Whether an expression gives one number of each run, so that there is no time to be chosen."""
        return self.function is None and not any(isinstance(one, Series) for _, one in self.terms)

    def values(self, recorded: Callable[[Series], Array]) -> Array:
        """What it comes to in many runs, (quarters, runs) or (runs,)."""
        terms = {
            name: recorded(one) if isinstance(one, Series) else metric_values(one, recorded) for name, one in self.terms
        }
        if self.function is None:
            return np.asarray(value_of(self.text, terms), dtype=np.float64)
        made = np.asarray(self.function(*map(_to_read, terms.values())), dtype=np.float64)
        whole = max((one.shape for one in terms.values()), key=len)
        if made.shape not in (whole, whole[-1:]):
            message = f"{self.text} returns an array {made.shape}, given {whole}; it is given (quarters, runs) and returns that, or (runs,)"
            raise refusal("the metric", message)
        return made

    def fault(self, quarters_in_all: int) -> str | None:
        """What is wrong with what a function returns, or None."""
        try:
            with np.errstate(all="ignore"):
                for series in (np.ones((quarters_in_all, 2)), np.ones((quarters_in_all, 3))):
                    self.values(lambda _, same=series: same)  # type: ignore[misc]
        except InputError as error:
            return error.problems[0].message
        except Exception as error:  # noqa: BLE001 - whatever a user's function does wrong is told as the user's
            return f"{self.text} fails: {type(error).__name__}: {error}"
        return None

    def plain(self) -> dict[str, Any]:
        """The formula as the manifest has it; a function by the digest of its source."""
        if self.function is None:
            return {"expression": self.text}
        return {"function": self.text, "sha256": hashlib.sha256(_written(self.function).encode()).hexdigest()}


def _written(function: Any, known: tuple[Any, ...] = ()) -> str:
    """What decides what a function of Python gives: its source, and the values and functions beside it that it names."""
    code = getattr(function, "__code__", None)
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        source = "" if code is None else f"{code.co_code.hex()}{code.co_consts}"
    if code is None or function in known:
        return source
    beside = inspect.getclosurevars(function)
    for name, value in sorted({**beside.globals, **beside.nonlocals}.items()):
        if inspect.isfunction(value):
            source += f"\n{name}: {_written(value, (*known, function))}"
        elif not inspect.ismodule(value):
            source += f"\n{name} = {value!r}"
    return source


def _to_read(values: Array) -> Array:
    """An array that whoever is given it cannot write into."""
    shown = np.asarray(values).view()
    shown.setflags(write=False)
    return shown


NO_SERIES = Series("", "")


@dataclass(frozen=True)
class DesignMetric:
    """One column of outcomes.

    kind  : quarter | year | mean | max | min | sum | above | below | single
    start, end : first quarter that is looked at, and the one after the last
    level : what "above" and "below" compare with
    when  : the same in words, as the manifest has it
    formula : what it is taken from, in place of a series
    """

    name: str
    series: Series
    kind: str
    start: int
    end: int
    level: float
    when: str
    formula: Formula | None = None

    @property
    def needs(self) -> tuple[Series, ...]:
        """The series that must be recorded for it."""
        return (self.series,) if self.formula is None else self.formula.needs

    @property
    def unit(self) -> str:
        if self.formula is not None and self.kind not in ("above", "below"):
            return self.formula.unit
        if self.kind in ("above", "below"):
            return "calendar year, with quarters as fractions; empty if it never holds"
        if self.kind in ("year", "sum") and self.series.variable in FLOWS:
            return self.series.unit.replace("in the quarter", "").strip() + " in the time"
        return self.series.unit

    def plain(self) -> dict[str, Any]:
        """The metric as the manifest has it."""
        series = self.series
        labels = {"variable": series.variable, "actor": series.actor, "counterpart": series.counterpart}
        made = {} if self.formula is None else self.formula.plain()
        return {"name": self.name, **labels, "when": self.when, "unit": self.unit, **made}


def metric_values(metric: DesignMetric, recorded: Callable[[Series], Array]) -> Array:
    """A metric of many runs.

    recorded : gives a series, (quarters, lanes)
    returns  : (lanes,); not a number where a condition never holds

    Sums run quarter after quarter, so that a run's number does not depend on how many runs stand beside it.
    """
    values = recorded(metric.series) if metric.formula is None else metric.formula.values(recorded)
    if values.ndim < 2:
        return np.where(np.isfinite(values), values, np.nan)
    window = values[metric.start : metric.end]
    if metric.kind in ("above", "below"):
        return _first_time(window > metric.level if metric.kind == "above" else window < metric.level, metric.start)
    if metric.kind == "max":
        return np.asarray(window.max(axis=0))
    if metric.kind == "min":
        return np.asarray(window.min(axis=0))
    total = np.array(window[0])
    for quarter in window[1:]:
        total += quarter
    is_sum = metric.kind == "sum" or (metric.kind == "year" and metric.series.variable in FLOWS)
    return total if is_sum else total / len(window)


def _first_time(holds: NDArray[np.bool_], start: int) -> Array:
    """When something first holds, as a year with quarters as fractions: 2026.25 is 2026Q2."""
    places = holds.argmax(axis=0)
    years = quarters.FIRST_YEAR + (start + places) / quarters.PER_YEAR
    return np.where(holds.any(axis=0), years, np.nan)


def formula_of(text: str, unit: str, function: Callable[..., Any] | None, needs: Sequence[str], end: int) -> Formula:
    """What a metric of one's own is made of; ValueError says what is wrong with it.

    end : the quarter after the last of the sweep
    """
    names = expression(text).names if function is None else tuple(needs)
    if not names:
        raise ValueError(f"names no series, such as spending.{FIRST}, so that it would be the same in every run")
    formula = Formula(tuple((name, _term(name, end)) for name in names), text, unit, function)
    if function is not None and (fault := formula.fault(end)) is not None:
        raise ValueError(fault)
    return formula


def _term(name: str, end: int) -> "Series | DesignMetric":
    """A series by its name, or with a time behind it a metric of one: spending.SRB, spending.SRB.2026, tension.max."""
    words = name.split(".")
    if re.fullmatch(r"20[0-9]{2}(Q[1-4])?", words[-1]) or words[-1] in (*OVER_TIME, "last"):
        (series,) = series_meant(words[0], *_who(words[1:-1]))
        (metric,) = metrics_of([series], words[-1], name=name, start=0, end=end)
        return metric
    (series,) = series_meant(words[0], *_who(words[1:]))
    return series


def _who(words: Sequence[str]) -> tuple[str | None, str | None]:
    if len(words) > 2 or ALL in words:
        raise ValueError(
            f'"{".".join(words)}" is no actor, nor an actor and a counterpart; write spending.{FIRST} or relation.{FIRST}.{REPROACHED}'
        )
    actor, counterpart = (*words, None, None)[:2]
    return actor, counterpart


# ---- reading ---------------------------------------------------------------------------------------------------------


def series_meant(variable: str, actor: Any, counterpart: str | None) -> tuple[Series, ...]:
    """The recorded series that a metric means; ValueError says what is wrong with its names."""
    if variable not in VARIABLES:
        raise ValueError(f'unknown variable "{variable}"{suggestion(variable, VARIABLES)}')
    known = [series for series in all_series() if series.variable == variable]
    if actor == ALL and counterpart in (None, ALL):
        return tuple(known)
    actors = [actor] if isinstance(actor, str | None) else list(actor)
    return tuple(series for name in actors for series in _of_actor(known, name, counterpart))


def _of_actor(known: Sequence[Series], actor: str | None, counterpart: str | None) -> list[Series]:
    """Series of an actor, towards a counterpart where they have one."""
    variable = known[0].variable
    fitting = [
        series
        for series in known
        if actor in (None, ALL, series.actor) and counterpart in (None, ALL, series.counterpart)
    ]
    if len(fitting) == 1 or (fitting and ALL in (actor, counterpart)):
        return fitting
    actors = tuple(dict.fromkeys(series.actor for series in known))
    if actor is None:
        raise ValueError(f"{variable} needs an actor: {listed(actors)}, or all")
    if actor not in actors:
        raise ValueError(f'{variable} has no series of actor "{actor}"{suggestion(actor, actors)}')
    counterparts = tuple(filter(None, (series.counterpart for series in known if series.actor == actor)))
    if not counterparts:
        raise ValueError(f'{variable} of {actor} has no counterpart, and "{counterpart}" is one; leave it out')
    if counterpart is None:
        raise ValueError(f"{variable} of {actor} needs a counterpart: {listed(counterparts)}, or all")
    raise ValueError(f'{variable} of {actor} has no counterpart "{counterpart}"; choose {listed(counterparts)}')


def metrics_of(
    wanted: Sequence[Series], when: Any, *, name: str | None, start: int, end: int, formula: Formula | None = None
) -> Iterator[DesignMetric]:
    """The columns that an entry of a design asks for; ValueError says what is wrong with `when`.

    start, end : first quarter that is looked at, and the one after the last
    formula    : what the columns are taken from, in place of a series; `wanted` is `NO_SERIES` then
    """
    if start >= end:
        raise ValueError("`from` lies after `until`; swap or correct them")
    if when == []:
        raise ValueError(f"`when` is an empty list; write one or more of: {FORMS}, or leave the entry out")
    moments = [moment for word in (when if isinstance(when, list) else [when]) for moment in _moments(word, start, end)]
    is_one = len(moments) == 1 and len(wanted) == 1
    for series in wanted:
        for kind, first, last, level, words in moments:
            title = (
                series.name if not name else name if len(wanted) == 1 else series.name.replace(series.variable, name, 1)
            )
            full = title if name and is_one else f"{title}.{words.replace(' ', '-')}"
            yield DesignMetric(full, series, kind, first, last, level, words, formula)


def _moments(when: Any, start: int, end: int) -> list[tuple[str, int, int, float, str]]:
    """Kind, first quarter, quarter after the last, level, and words of everything that `when` names."""
    text = str(when)
    if match := _EVERY.fullmatch(text):
        step = int(match[1] or 1)
        return [_quarter(place) for place in range(start + step - 1, end, step)]
    if text == "last":
        return [_quarter(end - 1)]
    if text in OVER_TIME:
        return [(text, start, end, 0.0, text)]
    if match := _FIRST.fullmatch(text):
        try:
            return [(match[1], start, end, float(match[2]), text)]
        except ValueError:
            raise ValueError(f'"{match[2]}" is not a number; write first {match[1]} 0.5') from None
    if quarters.is_year(when):
        return [_year(when, end)]
    return [_single_quarter(when, text, end)]


def _single_quarter(when: Any, text: str, end: int) -> tuple[str, int, int, float, str]:
    if not re.search(r"(?<![0-9])20[0-9]{2}(?![0-9])", text):
        raise ValueError(f"{shown_value(when)} is no moment; write one of: {FORMS}")
    place = quarters.index_of(text)
    if place >= end:
        raise ValueError(f"{text} lies after the end of the sweep, {quarters.name_of(end - 1)}")
    return _quarter(place)


def _quarter(place: int) -> tuple[str, int, int, float, str]:
    return "quarter", place, place + 1, 0.0, quarters.name_of(place)


def _year(when: Any, end: int) -> tuple[str, int, int, float, str]:
    places = [quarters.index_of(quarter) for quarter in quarters.quarters_of_year(when)]
    if places[-1] >= end:
        raise ValueError(f"{when} ends after the end of the sweep, {quarters.name_of(end - 1)}")
    return "year", places[0], places[-1] + 1, 0.0, str(when)
