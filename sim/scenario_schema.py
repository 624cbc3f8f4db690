"""What a scenario file may say: its fields and the eighteen types of event, as frozen pydantic models.

Money is in million US$ of 2023, troops in thousand, quarters are written 2025Q4. A size is a number or a distribution
such as ``{lognormal: [4000, 0.5]}``; in the models it is always a ``Distribution``.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PrivateAttr, Strict, Tag, TypeAdapter, model_validator
from pydantic_core import CoreSchema, core_schema

from sim import quarters
from sim.actors import load_actors
from sim.errors import Steps, shown_value, suggestion
from sim.parameters import CLASSES, Distribution, LegalRange, ParameterTable, distribution
from sim.seeds import sources

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
TONE = LegalRange(-1.0, 1.0)
CHANGE = LegalRange(-1.0, 10.0, "relative change, -0.5 is minus 50 per cent", above=True)


@dataclass(frozen=True)
class Checked:
    """A field whose value is checked in our own words; ``schema`` says the same to an editor."""

    check: Callable[[Any], Any]
    schema: Callable[[], dict[str, Any]]
    write: Callable[[Any], Any] = lambda value: value

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(self.write)
        return core_schema.no_info_plain_validator_function(self.check, serialization=written)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return self.schema()


def size(legal: LegalRange) -> Checked:
    """A number or a distribution within a legal range."""
    return Checked(lambda value: distribution(value, legal), lambda: size_schema(legal), Distribution.plain)


def whole(low: int, high: int) -> Checked:
    """A whole number within a range, ends included."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"{shown_value(value)} is not a whole number")
        return int(LegalRange(low, high).check(value))

    return Checked(check, lambda: {"type": "integer", "minimum": low, "maximum": high})


def choice(noun: str, names: Callable[[], Iterable[str]]) -> Checked:
    """One of a list of words, such as the codes of the suppliers."""

    def check(value: Any) -> str:
        known = tuple(names())
        if not isinstance(value, str):
            raise ValueError(f"{shown_value(value)} is not {noun}{_quoted(value, known)}")
        if value not in known:
            raise ValueError(f"{shown_value(value)} is not {noun}{_code(value, known) or suggestion(value, known)}")
        return value

    return Checked(check, lambda: {"type": "string", "enum": list(names())})


def _quoted(value: Any, known: Iterable[str]) -> str:
    """A suggestion for a user who wrote ``002`` without quotes, which YAML reads as the number 2."""
    meant = [name for name in known if name.isdigit() and value == int(name)]
    return f'; write it in quotes: "{meant[0]}"' if meant else ""


def _code(word: str, codes: Iterable[str]) -> str:
    """A suggestion for a user who wrote an actor's English name instead of its code."""
    meant = [actor.code for actor in load_actors().actors if actor.name == word and actor.code in codes]
    return f'; did you mean "{meant[0]}"?' if meant else ""


def _slug(value: Any) -> str:
    if isinstance(value, str) and (_is_slug(value) or value.startswith("series.")):
        return value
    raise ValueError(f"{shown_value(value)} is not an id; use lower-case letters, digits and hyphens: skydagger-order")


def _is_slug(value: str) -> bool:
    return value.replace("-", "").isalnum() and value.isascii() and value == value.lower() and value[0] != "-"


def _quarter(value: Any) -> str:
    return quarters.name_of(quarters.index_of(value))


def _source_keys() -> tuple[str, ...]:
    return tuple(key for key, content in sources().items() if isinstance(content, dict))


State = Annotated[str, choice("a state", lambda: load_actors().states)]
Supplier = Annotated[str, choice("a supplier", lambda: load_actors().suppliers)]
Patron = Annotated[str, choice("a patron", lambda: load_actors().patrons)]
AnyActor = Annotated[str, choice("an actor", lambda: load_actors().codes)]
WeaponClass = Annotated[str, choice("a class of arms", lambda: CLASSES)]
Payment = Annotated[str, choice("a payment", lambda: ("budget", "credit", "grant"))]
Severity = Annotated[str, choice("a severity", lambda: ("lethal", "standoff"))]
Source = Annotated[str, choice("a key of seeds/sources.yaml", _source_keys)]
Slug = Annotated[str, Checked(_slug, lambda: {"type": "string", "pattern": ID_PATTERN})]
Quarter = Annotated[str, Checked(_quarter, lambda: {"type": "string", "pattern": QUARTER_PATTERN})]
LaterQuarter = Annotated[str | None, Checked(_quarter, lambda: {"type": "string", "pattern": QUARTER_PATTERN})]
Parties = Annotated[tuple[AnyActor, AnyActor], Strict(False)]
Text = Annotated[str, Field(min_length=1)]


class Schema(BaseModel):
    """The settings that all models share: nothing unknown, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class EventBase(Schema):
    """What every event says: its id, its quarter, and where it is known from."""

    id: Slug
    at: Quarter
    source: Annotated[str | None, Source.__metadata__[0]] = None
    locator: str = ""
    note: str = ""
    _origin: str = PrivateAttr("")

    differing: ClassVar[tuple[str, str] | None] = None  # two fields that must not name the same actor
    ends: ClassVar[str | None] = None  # the field with the last quarter, if any

    @property
    def quarter(self) -> int:
        """Number of quarters from 2018Q1 to the event."""
        return quarters.index_of(self.at)

    @property
    def end_quarter(self) -> int | None:
        """The quarter that ``until`` or ``due`` names, as a number; None when the event does not say."""
        end = getattr(self, self.ends) if self.ends else None
        return None if end is None else quarters.index_of(end)

    @property
    def origin(self) -> str:
        """File and line of the event."""
        return self._origin

    def placed(self, origin: str) -> Self:
        """The same event, knowing where it was read."""
        event = self.model_copy()
        event._origin = origin
        return event

    def plain(self) -> dict[str, Any]:
        """The event as a scenario file writes it."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    @model_validator(mode="after")
    def _check_pairs(self) -> Self:
        if self.differing and getattr(self, self.differing[0]) == getattr(self, self.differing[1]):
            raise ValueError(f"{self.differing[0]} and {self.differing[1]} must be two different actors")
        if self.end_quarter is not None and self.end_quarter < self.quarter:
            raise ValueError(f"{self.ends} lies before at ({self.at}); swap or correct them")
        return self


def _transfer_schema(schema: dict[str, Any]) -> None:
    """Tells editors what ``Transfer._check_amount`` tells readers."""
    schema["if"] = {"properties": {"class": {"enum": list(COUNTED_CLASSES)}}}
    schema["then"] = {"required": ["n"], "properties": {"value_musd": False}}
    schema["else"] = {"required": ["value_musd"], "properties": {"n": False, "unit_price_musd": False}}


class Transfer(EventBase):
    """Arms of one class from a supplier to a buyer: drones in units, all else by value.

    Without ``unit_price_musd`` a drone costs what the model's parameter for its class says (``uav_price``,
    ``loitering_price``), so that price and perceived capability go together in every world.
    """

    model_config = ConfigDict(json_schema_extra=_transfer_schema)
    differing = ("supplier", "buyer")

    supplier: Supplier
    buyer: State
    weapon_class: WeaponClass = Field(alias="class")
    n: Annotated[Distribution | None, size(UNITS)] = None
    unit_price_musd: Annotated[Distribution | None, size(PRICE)] = None
    value_musd: Annotated[Distribution | None, size(VALUE)] = None
    payment: Payment

    @model_validator(mode="after")
    def _check_amount(self) -> Self:
        counted = self.n is not None and self.value_musd is None
        valued = self.n is None and self.unit_price_musd is None and self.value_musd is not None
        if self.weapon_class in COUNTED_CLASSES and not counted:
            raise ValueError(f"{self.weapon_class} is counted in units: give n, and no value_musd")
        if self.weapon_class not in COUNTED_CLASSES and not valued:
            raise ValueError(f"{self.weapon_class} is given by value: give value_musd, and no n or unit_price_musd")
        return self


class Order(Transfer):
    """A signed order, delivered when due; without ``due`` the lead time is drawn."""

    ends = "due"
    type: Literal["order"]
    due: LaterQuarter = None


class Delivery(Transfer):
    """Arms that arrive without an order in the file."""

    type: Literal["deliver"]


class Arrival(EventBase):
    """The arrival of an order, in a quarter other than the order's own ``due``."""

    type: Literal["deliver"]
    ref: Slug


class Offer(Transfer):
    """A supplier's offer, which the buyer may decline."""

    type: Literal["offer"]


class Grant(EventBase):
    """Money or training given by a patron."""

    differing = ("patron", "recipient")
    type: Literal["grant"]
    patron: Patron
    recipient: State
    value_musd: Annotated[Distribution, size(VALUE)]


class Pair(EventBase):
    """Something between two actors."""

    parties: Parties

    @model_validator(mode="after")
    def _check_parties(self) -> Self:
        if self.parties[0] == self.parties[1]:
            raise ValueError("parties must be two different actors")
        return self


class Agreement(Pair):
    """A military agreement between two actors."""

    type: Literal["agreement"]


class TradeShock(Pair):
    """A lasting relative change of the trade between two actors."""

    type: Literal["trade_shock"]
    change: Annotated[Distribution, size(CHANGE)]


class Visit(EventBase):
    """A visit of one actor's leaders to another."""

    differing = ("actor", "target")
    type: Literal["visit"]
    actor: AnyActor
    target: AnyActor


class Statement(EventBase):
    """A public statement of one actor about another, from hostile (-1) to friendly (1)."""

    differing = ("actor", "target")
    type: Literal["statement"]
    actor: AnyActor
    target: AnyActor
    tone: Annotated[Distribution, size(TONE)]


class Incident(EventBase):
    """Incidents in north Kosovo, between Serbia and Kosovo."""

    type: Literal["incident"]
    severity: Severity
    count: Annotated[int, whole(1, 100)] = 1


class Election(EventBase):
    """An election in Kosovo or Serbia, which lasts this quarter and raises the hazard in the north."""

    type: Literal["election"]
    where: Annotated[str, choice("one of the two sides of the north", lambda: ("XKX", "SRB"))]


class Embargo(EventBase):
    """A supplier sells nothing to a buyer, until the end of a quarter or for good."""

    differing = ("supplier", "buyer")
    ends = "until"
    type: Literal["embargo"]
    supplier: Supplier
    buyer: State
    until: LaterQuarter = None


class ForceChoice(EventBase):
    """All requests of a buyer go to one supplier, until the end of a quarter or for good."""

    differing = ("supplier", "buyer")
    ends = "until"
    type: Literal["force_choice"]
    buyer: State
    supplier: Supplier
    until: LaterQuarter = None


class Kfor(EventBase):
    """KFOR's strength from this quarter on."""

    type: Literal["kfor"]
    troops: Annotated[Distribution, size(TROOPS)]


class Dialogue(EventBase):
    """Intensity of the Belgrade-Pristina dialogue from this quarter on."""

    type: Literal["dialogue"]
    level: Annotated[Distribution, size(LEVEL)]


class Accession(EventBase):
    """Momentum of the region's accession to EU and NATO from this quarter on."""

    type: Literal["accession"]
    level: Annotated[Distribution, size(LEVEL)]


class Unrest(EventBase):
    """Domestic unrest in a state from this quarter on."""

    type: Literal["unrest"]
    actor: State
    level: Annotated[Distribution, size(LEVEL)]


class Supplement(EventBase):
    """A relative change of the budget that a state desires, until the end of a quarter or for good."""

    ends = "until"
    type: Literal["supplement"]
    actor: State
    change: Annotated[Distribution, size(CHANGE)]
    until: LaterQuarter = None


class ReleaseReserve(EventBase):
    """KFOR's reserve deployed for some quarters."""

    type: Literal["release_reserve"]
    troops: Annotated[Distribution, size(TROOPS)]
    quarters: Annotated[int, whole(1, 72)] = 1


_ARRIVAL = "deliver with ref"


def _event_tag(raw: Any) -> str | None:
    kind = raw.get("type") if isinstance(raw, dict) else getattr(raw, "type", None)
    if kind == "deliver" and (isinstance(raw, Arrival) or (isinstance(raw, dict) and "ref" in raw)):
        return _ARRIVAL
    return None if kind is None else str(kind)


Event = Annotated[
    Annotated[Order, Tag("order")]
    | Annotated[Delivery, Tag("deliver")]
    | Annotated[Arrival, Tag(_ARRIVAL)]
    | Annotated[Grant, Tag("grant")]
    | Annotated[Agreement, Tag("agreement")]
    | Annotated[Visit, Tag("visit")]
    | Annotated[Statement, Tag("statement")]
    | Annotated[Incident, Tag("incident")]
    | Annotated[Election, Tag("election")]
    | Annotated[Embargo, Tag("embargo")]
    | Annotated[Offer, Tag("offer")]
    | Annotated[ForceChoice, Tag("force_choice")]
    | Annotated[Kfor, Tag("kfor")]
    | Annotated[Dialogue, Tag("dialogue")]
    | Annotated[Accession, Tag("accession")]
    | Annotated[TradeShock, Tag("trade_shock")]
    | Annotated[Supplement, Tag("supplement")]
    | Annotated[Unrest, Tag("unrest")]
    | Annotated[ReleaseReserve, Tag("release_reserve")],
    Discriminator(_event_tag),
]


class Citation(Schema):
    """A sentence in a source that the scenario rests on."""

    document: Source
    locator: str = ""
    says: str = ""


class ScenarioFile(Schema):
    """One scenario file as written. Keys and ranges of parameters and series are checked by the reader."""

    format_version: Literal[1]
    title: Text
    question: Text
    group: str = ""
    extends: Text | None = None
    compare_to: Text | None = None
    documents: list[Citation] = []
    expects: str = ""
    comment: str = ""
    parameters: dict[str, Any] = {}
    remove: list[str] = []
    series: dict[str, dict[str, Any]] = {}
    events: list[Event] = []


@cache
def event_adapter() -> TypeAdapter[Event]:
    """Reads one event on its own."""
    return TypeAdapter(Event)


@cache
def event_models() -> dict[str, type[EventBase]]:
    """The model of every tag in an error's steps, ``order`` for example."""
    union = Event.__origin__.__args__  # type: ignore[attr-defined]
    return {member.__metadata__[0].tag: member.__origin__ for member in union}


def fields_at(steps: Steps) -> list[str]:
    """Names of the fields allowed where pydantic found an unknown one."""
    model: type[BaseModel] = ScenarioFile
    if steps[0] == "documents":
        model = Citation
    for step in steps[:-1]:
        model = event_models().get(str(step), model)
    return [field.alias or name for name, field in model.model_fields.items()]


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
        "type": "object",
        "properties": forms,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    unit = {"description": legal.unit} if legal.unit not in ("", "1") else {}
    return {"anyOf": [number(), mapping], **unit}


def scenario_schema(table: ParameterTable) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file, with the names and ranges of all parameters and series."""
    schema = ScenarioFile.model_json_schema()
    fields, shared = schema["properties"], schema["$defs"]
    for parameter in table.parameters:
        text = f"{parameter.meaning} [{parameter.unit}]"
        shared[f"parameter-{parameter.name}"] = {**size_schema(parameter.legal), "description": text}
    fields["parameters"] = {
        "type": "object",
        "properties": {key: {"$ref": f"#/$defs/parameter-{key.split('.')[0]}"} for key in table.starts},
        "additionalProperties": False,
    }
    fields["series"] = {"type": "object", "patternProperties": _series_schemas(), "additionalProperties": False}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _series_schemas() -> dict[str, Any]:
    actors = load_actors()
    states, suppliers = "|".join(actors.states), "|".join(actors.suppliers)
    valued = "|".join(name for name in CLASSES if name not in COUNTED_CLASSES)
    level, troops, value = size_schema(LEVEL), size_schema(TROOPS), size_schema(VALUE)
    year_value = value["anyOf"][0]  # a number only, since it is split over the quarters
    return {
        f"^unrest\\.({states})$": _steps_schema({QUARTER_PATTERN: level}),
        "^(dialogue|accession)$": _steps_schema({QUARTER_PATTERN: level}),
        "^kfor\\.troops$": _steps_schema({QUARTER_PATTERN: troops}),
        f"^deliveries\\.({suppliers})\\.({states})\\.({valued})$": _steps_schema(
            {QUARTER_PATTERN: value, YEAR_PATTERN: year_value}
        ),
    }


def _steps_schema(content_by_time: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "patternProperties": content_by_time, "additionalProperties": False}
