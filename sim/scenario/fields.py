"""The kinds of field that a scenario file has, each checked in our own words and described to editors.

Money is in million US$ of 2023, troops in thousand, quarters are written 2025Q4. A size is a number or a distribution
such as ``{lognormal: [4000, 0.5]}``; in the models it is always a ``Distribution``.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, Strict
from pydantic_core import CoreSchema, core_schema

from sim.data.actors import load_actors
from sim.data.spellings import OTHER_PAYMENTS, class_fault, code_fault
from sim.data.tables import sources
from sim.io import quarters
from sim.io.errors import listed, number_fault, shown_value, suggestion
from sim.model.distributions import Distribution, LegalRange, distribution
from sim.model.network import FIRST, SECOND, SUPPORTED
from sim.model.parameters import CLASSES
from sim.model.variables import Series, all_series

COUNTED_CLASSES = ("uav", "loitering")  # ordered in units; the others by value
SLUG_PATTERN = r"^[a-z0-9][a-z0-9-]*$"
ID_PATTERN = r"^([a-z0-9][a-z0-9-]*|series\.[A-Za-z0-9._]+)$"  # the second form is given to the entries of a series
QUARTER_PATTERN = r"^20(1[89]|2[0-9]|3[0-5])Q[1-4]$"
YEAR_PATTERN = r"^20(1[89]|2[0-9]|3[0-5])$"
UNITS = LegalRange(0.0, 1e6, "units")
PRICE = LegalRange(0.0, 1e3, "million US$ each", above=True)
VALUE = LegalRange(0.0, 1e5, "million US$")
TROOPS = LegalRange(0.0, 100.0, "thousand")
LEVEL = LegalRange(0.0, 1.0, "share of the highest level")
SUPPORT = LegalRange(0.0, 3.0, "1 is as at the start")
TONE = LegalRange(-1.0, 1.0)
CHANGE = LegalRange(-1.0, 10.0, "relative change, -0.5 is minus 50 per cent", above=True)


@dataclass(frozen=True)
class Checked:
    """A field whose value is checked in our own words; ``schema`` says the same to an editor.

    unit     : of a size, in words; "" of all else
    expected : what may stand there, in words, for a message; "" where the description of the field says it
    """

    check: Callable[[Any], Any]
    schema: Callable[[], dict[str, Any]]
    write: Callable[[Any], Any] = lambda value: value
    unit: str = ""
    expected: Callable[[], str] = lambda: ""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(self.write)
        return core_schema.no_info_plain_validator_function(self.check, serialization=written)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return self.schema()


def size(legal: LegalRange) -> Checked:
    """A number or a distribution within a legal range."""
    unit = "" if legal.unit == "1" else legal.unit
    return Checked(lambda value: distribution(value, legal), lambda: size_schema(legal), Distribution.plain, unit)


def size_schema(legal: LegalRange) -> dict[str, Any]:
    """JSON Schema of a number or a distribution within a legal range."""

    def number(lowest: float = -math.inf) -> dict[str, Any]:
        low = max(legal.low, lowest)
        limits = {"exclusiveMinimum" if legal.above and low == legal.low else "minimum": low, "maximum": legal.high}
        return {"type": "number", **{name: limit for name, limit in limits.items() if math.isfinite(limit)}}

    def pair(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
        return {"type": "array", "prefixItems": [first, second], "minItems": 2, "maxItems": 2}

    spread = {"type": "number", "minimum": 0}
    forms = {
        "lognormal": pair(number(0.0), spread),
        "normal": pair(number(), spread),
        "half_normal": number(0.0),
        "uniform": pair(number(), number()),
        "one_plus_lognormal": pair(number(1.0), spread),
    }
    mapping = {
        "type": "object", "properties": forms, "additionalProperties": False, "minProperties": 1, "maxProperties": 1,
    }  # fmt: skip
    unit = {"description": legal.unit} if legal.unit not in ("", "1") else {}
    return {"anyOf": [number(), mapping], **unit}


def whole(low: int, high: int) -> Checked:
    """A whole number within a range, ends included."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(number_fault(value).replace("not a number", "not a whole number"))
        return int(LegalRange(low, high).check(value))

    return Checked(check, lambda: {"type": "integer", "minimum": low, "maximum": high})


def choice(noun: str, names: Callable[[], Iterable[str]], meant: Mapping[str, str] = MappingProxyType({})) -> Checked:
    """One of a list of words; `noun` is what it is, with its article, `meant` what other words that users write most likely mean."""

    def fault(value: Any) -> str:
        said, known = f"{shown_value(value)} is not {noun}", tuple(names())
        if not isinstance(value, str):
            return f"{said}; choose {listed(known)}"
        near = meant.get(value.strip().lower())
        return said + (suggestion(value, known) if near is None else f'; did you mean "{near}"?')

    return _one_of(names, fault)


def code(noun: str, codes: Callable[[], Iterable[str]]) -> Checked:
    """One of the codes of some actors; ``noun`` says what they are."""
    return _one_of(codes, lambda value: code_fault(value, noun, codes()))


def _one_of(names: Callable[[], Iterable[str]], fault: Callable[[Any], str]) -> Checked:
    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in tuple(names()):
            raise ValueError(fault(value))
        return value

    return Checked(check, lambda: {"type": "string", "enum": list(names())}, expected=lambda: listed(names()))


def _slug(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(ID_PATTERN, value):
        return value
    slug = re.sub(r"[^a-z0-9]+", "-", str(value).lower()).strip("-") or "skydagger-order"
    raise ValueError(f"{shown_value(value)} is not an id; use lower-case letters, digits and hyphens: {slug}")


def _quarter(value: Any) -> str:
    return quarters.name_of(quarters.index_of(value))


def _backer(value: Any) -> str:
    if value in load_actors().patrons and value not in load_actors().backers:
        fault = "gives no arms in the model, so its support has no level"
        raise ValueError(f'{shown_value(value)} {fault}; its pull is the "accession" event')
    checked: str = BACKER.check(value)
    return checked


def _state_fault(value: Any) -> str:
    return code_fault(value, f"one of the {load_actors().states_counted} of this model", load_actors().states)


def _members(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(f"{shown_value(value)} is not a list of states such as [{FIRST}, {SECOND}]")
    for member in value:
        if member not in load_actors().states:
            raise ValueError(_state_fault(member))
    if len(set(value)) < len(value):
        raise ValueError(f"{shown_value(value)} names a state twice")
    return tuple(value)


def _source_fault(value: Any) -> str:
    known = _source_keys()
    own = "; for a source of your own write source: assumed, and name it in note, or bring it along under sources:"
    # who writes 002 without quotes gives YAML the number 2
    quoted = [f'; write it in quotes: "{name}"' for name in known if name.isdigit() and value == int(name)]
    hint = suggestion(value, known) or own if isinstance(value, str) else "".join(quoted[:1])
    return f"{shown_value(value)} is not a key of seeds/sources.yaml{hint}"


def _source_keys() -> tuple[str, ...]:
    return tuple(key for key, content in sources().items() if isinstance(content, dict))


STATE = _one_of(lambda: load_actors().states, _state_fault)
State = Annotated[str, STATE]
Supplier = Annotated[str, code("a supplier in this model", lambda: load_actors().suppliers)]
Patron = Annotated[str, code("a patron in this model", lambda: load_actors().patrons)]
BACKER = code("a patron that supplies arms", lambda: load_actors().backers)
Backer = Annotated[str, Checked(_backer, BACKER.schema)]
Commander = Annotated[str, code("a member of NATO in the model", lambda: load_actors().with_role("commander"))]
Client = Annotated[str, code("one of the two clients of patrons", lambda: SUPPORTED)]
AnyActor = Annotated[str, code("an actor", lambda: load_actors().codes)]
WeaponClass = Annotated[str, _one_of(lambda: CLASSES, lambda value: class_fault(value, CLASSES))]
Payment = Annotated[str, choice("a payment", lambda: ("budget", "credit", "grant"), OTHER_PAYMENTS)]
Severity = Annotated[str, choice("a severity", lambda: ("lethal", "standoff"))]
Source = Annotated[str, _one_of(_source_keys, _source_fault)]
Slug = Annotated[str, Checked(_slug, lambda: {"type": "string", "pattern": ID_PATTERN})]
WHEN = Checked(
    _quarter, lambda: {"type": "string", "pattern": QUARTER_PATTERN}, expected=lambda: "a quarter such as 2026Q1"
)
Quarter = Annotated[str, WHEN]
LaterQuarter = Annotated[str | None, WHEN]
Until = Annotated[LaterQuarter, Field(description="last quarter; without it for good")]
Level = Annotated[Distribution, size(LEVEL), Field(description="how much, on the scale of the event")]
Change = Annotated[Distribution, size(CHANGE), Field(description="relative change: 0.5 is half as much again")]
Troops = Annotated[Distribution, size(TROOPS), Field(description="soldiers")]
Parties = Annotated[tuple[AnyActor, AnyActor], Strict(False)]
Members = Annotated[
    tuple[str, ...],
    Checked(_members, lambda: {"type": "array", "items": STATE.schema(), "minItems": 1, "uniqueItems": True}, list),
]
Text = Annotated[str, Field(min_length=1)]


# ---- recorded series, as data files name them: tension.SRB.XKX --------------------------------------------------------


@cache
def series_by_name() -> dict[str, Series]:
    """The recorded series by the name that data files use."""
    return {series.name: series for series in all_series()}


def _recorded(value: Any) -> Series:
    known = series_by_name()
    if isinstance(value, str) and value not in known:
        raise ValueError(f'"{value}" is not recorded{suggestion(value, known)}')
    return known[value] if isinstance(value, str) else value


RecordedSeries = Annotated[Series, BeforeValidator(_recorded)]
