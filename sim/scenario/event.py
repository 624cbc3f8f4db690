"""What every type of event is: the fields of a file, and all that the program needs to know of the type, in one class.

A type of event is a class in a file of `sim/scenario/events/`; nothing else lists it. Its fields are what a scenario file says,
its class variables what is told of it, `effects` what it does, in the operations of `sim.model.schedule`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from string import Formatter
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, GetJsonSchemaHandler, PrivateAttr, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema

from sim.io import quarters
from sim.io.schema import Schema
from sim.io.templates import with_names
from sim.io.yaml_reader import parse_yaml
from sim.model.schedule import ADD, CHOOSE, EASE, PLAIN, PRODUCT, SET, Item, Size, Spell, number
from sim.model.variables import KEEPERS
from sim.scenario.fields import Checked, Quarter, Slug, Source

ARMS, RELATIONS, INCIDENTS = "deliveries, orders, grants", "agreements, visits, trade", "incidents"
OTHERS = "words, votes, budgets, other"
ROWS = (ARMS, RELATIONS, OTHERS, INCIDENTS, KEEPERS)
"""Rows of the time line, from above."""


@dataclass(frozen=True)
class SeriesForm:
    """How a type of event is written as a series, a map from quarters to sizes.

    name    : dotted, with fields of the event in braces: ``unrest.{actor}``
    size    : the field that an entry gives
    example : a name
    meaning : what the series holds
    rest    : fields that are the same in every entry
    among   : codes that may stand in a field, where not all that the field allows
    is_flow : whether entries are sums, so that a year's may be split over its quarters, and not levels that are held
    """

    name: str
    size: str
    example: str
    meaning: str
    rest: Mapping[str, Any] = field(default_factory=dict)
    among: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_flow: bool = False

    def fields_in(self, name: str) -> dict[str, str] | None:
        """The fields that a name gives, or None where it is no name of this form.

        >>> SeriesForm("unrest.{actor}", "level", "unrest.SRB", "unrest").fields_in("unrest.XKX")
        {'actor': 'XKX'}
        """
        steps, wanted = name.split("."), self.name.split(".")
        pairs = list(zip(steps, wanted, strict=False))
        if len(steps) != len(wanted) or any(step != want for step, want in pairs if "{" not in want):
            return None
        return {want[1:-1]: step for step, want in pairs if "{" in want}


def unit_of(field: FieldInfo) -> str:
    """The unit of a field that holds a size, in words; "" of any other."""
    return next((check.unit for check in field.metadata if isinstance(check, Checked)), "")


class EventBase(Schema):
    """What every event says: its id, its quarter, and where it is known from.

    In templates a field stands in braces; ``{until: until }`` puts words before it and is left out where the field is empty,
    ``{parties: and }`` joins what it lists.
    """

    id: Slug = Field(description="name of the event: small letters, digits, hyphens")
    at: Quarter = Field(description="quarter in which it happens or begins")
    also_called: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("when", "date", "quarter", "time", "on", "start", "year"), "at"),
        **dict.fromkeys(("end", "to_quarter", "stop", "through"), "until due"),
        **dict.fromkeys(("delivered", "delivery", "arrives", "arrival", "deliver"), "due until"),
        **dict.fromkeys(("number", "count", "quantity", "units", "amount", "how_many"), "n count value_musd level"),
        **dict.fromkeys(("price", "unit_price", "price_musd", "cost", "cost_musd"), "unit_price_musd value_musd"),
        **dict.fromkeys(
            ("value", "worth", "musd", "sum", "money", "usd", "value_usd", "total"), "value_musd level change"
        ),
        **dict.fromkeys(("seller", "from", "exporter", "giver", "provider", "donor"), "supplier patron actor"),
        **dict.fromkeys(("recipient", "to", "importer", "receiver", "customer", "client"), "buyer recipient target"),
        **dict.fromkeys(("buyer", "beneficiary"), "recipient target actor"),
        **dict.fromkeys(("supplier", "sponsor"), "patron actor"),
        **dict.fromkeys(("paid", "paid_by", "pays", "payment_method", "financing", "funding"), "payment"),
        **dict.fromkeys(
            ("weapon", "weapons", "weapon_class", "system", "arms", "goods", "item", "kind", "category"), "class"
        ),
        **dict.fromkeys(("state", "country", "who", "whose"), "actor state buyer recipient where"),
        **dict.fromkeys(("against", "counterpart", "towards", "with", "whom"), "target"),
        **dict.fromkeys(("actors", "between", "countries", "sides", "states"), "parties members"),
        **dict.fromkeys(("strength", "size", "intensity", "degree", "share"), "level change tone"),
        **dict.fromkeys(("comment", "notes", "description", "remark", "why"), "note"),
        **dict.fromkeys(("document", "documents", "reference", "sources", "cite"), "source"),
        **dict.fromkeys(("page", "where", "paragraph", "url", "place"), "locator"),
        **dict.fromkeys(("name", "title", "event"), "id"),
    }
    source: Annotated[str | None, Source.__metadata__[0]] = Field(
        None, description="key of `seeds/sources.yaml`; `armsrace trace 002` tells of one"
    )
    locator: str = Field("", description="where in the source")
    note: str = Field("", description="what is assumed")
    _origin: str = PrivateAttr("")

    sentence: ClassVar[str]  # a template: what the event does, as `show` tells it
    label: ClassVar[str]  # a template: the same in a few words, for a time line
    due_label: ClassVar[str] = ""  # a template: what comes when it is due
    example: ClassVar[str]  # the fields of an example, as a file writes them
    price: ClassVar[str]  # what it costs in money, capability or relations, or why none is counted; in a sentence
    row: ClassVar[str] = OTHERS  # of the time line, one of `ROWS`
    variant: ClassVar[str] = ""  # the field that tells it from another type of the same name
    between: ClassVar[tuple[str, ...]] = ()  # the fields that name who acts and on whom, two different actors
    ends: ClassVar[str] = "until"  # the field with the last quarter, if there is such a field
    series: ClassVar[SeriesForm | None] = None
    channel: ClassVar[str] = ""  # how explanations call it as a cause; the type's name where a class does not say
    cause: ClassVar[tuple[str, str]] = ("", "")  # in their words, with {who}, {whose}, {to}; and of many
    brings_arms: ClassVar[bool] = False  # whether arms arrive by it, at its buyer's
    moves_arms: ClassVar[bool] = False  # whether it is about arms, whose effect on the risk of incidents is disputed
    moves: ClassVar[Mapping[str, str]] = {}  # variables that it moves by no parameter, and the field that names whose

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """TypeError where a type of event does not say all that must be known of it. Its docstring may name who plays a part in the
        region, `<first>` for example."""
        cls.__doc__ = with_names(cls.__doc__ or "") or None
        missing = [name for name in ("sentence", "label", "example", "price") if not hasattr(cls, name)]
        if cls.type_name() and missing:
            raise TypeError(f"the type of event {cls.__name__} must say its {', '.join(missing)}")
        if "channel" not in vars(cls):
            cls.channel = cls.type_name()

    @classmethod
    def type_name(cls) -> str:
        """What a file writes as ``type``; "" of a class that types share."""
        said = cls.model_fields.get("type")
        return str(said.annotation.__args__[0]) if said and said.annotation else ""

    @classmethod
    def tag(cls) -> str:
        """The name that tells the type from all others, ``order`` for example."""
        return f"{cls.type_name()} with {cls.variant}" if cls.variant else cls.type_name()

    @classmethod
    def example_line(cls) -> str:
        """The example as it stands under ``events:``."""
        id_ = re.sub("[ _]", "-", cls.tag())
        return f"{{id: {id_}, at: 2026Q1, type: {cls.type_name()}, {cls.example}}}"

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Adds an example, and to what a size means its unit."""
        written = handler(schema)
        content = handler.resolve_ref_schema(written)
        if cls.type_name():
            content["description"] = f"{content.get('description', '')} Price: {cls.price}.".strip()
            content["examples"] = [parse_yaml(f"event: {cls.example_line()}", cls.__name__).data["event"]]
        properties = content["properties"]
        for name, info in cls.model_fields.items():
            if unit_of(info):
                properties[info.alias or name]["description"] = f"{info.description or name} [{unit_of(info)}]"
        return written

    @property
    def quarter(self) -> int:
        """Number of quarters from 2018Q1 to the event."""
        return quarters.index_of(self.at)

    @property
    def end_quarter(self) -> int | None:
        """The last quarter of what it brings about, or the one in which it is due; None when the event does not say."""
        end = getattr(self, self.ends, None)
        return None if end is None else quarters.index_of(end)

    @property
    def first_felt(self) -> int:
        """The quarter in which something but paper moves."""
        return self.quarter

    @property
    def is_due(self) -> bool:
        """Whether it names a quarter in which something comes of it."""
        return bool(self.due_label) and self.end_quarter is not None

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
        if len(self.between) == 2 and getattr(self, self.between[0]) == getattr(self, self.between[1]):
            home = "; a state's own production has the supplier DOM" if self.between[0] == "supplier" else ""
            raise ValueError(f"{self.between[0]} and {self.between[1]} must be two different actors{home}")
        if self.end_quarter is not None and self.end_quarter < self.quarter:
            raise ValueError(f"{self.ends} lies before at ({self.at}); swap or correct them")
        return self

    # ---- what is told of it --------------------------------------------------------------------------------------

    def words(self) -> dict[str, str]:
        """Words of its own for its templates, beside its fields."""
        return {}

    def label_template(self) -> str:
        return self.label

    def filled(self, template: str, word: Callable[[Any], str], **more: Any) -> str:
        """A template with the event's fields; ``word`` writes one content, ``more`` are further ones or others instead."""
        return _Filler(word).vformat(template, (), {**dict(self), **self.words(), **more})

    # ---- what it does ----------------------------------------------------------------------------------------------

    def effects(self) -> Iterator[Item | Spell]:
        """What happens at once, and what holds for a while. Effects on what the model does not hold are left out."""
        yield from ()

    def arriving(self, at: str | None) -> Self:  # noqa: ARG002 - an order reads it
        """The event, knowing the quarter in which another says that it arrives."""
        return self

    def actors(self) -> tuple[str, str]:
        """Who acts and on whom; "" where there is nobody."""
        actor, counterpart, *_ = (*(getattr(self, name) for name in self.between), "", "")
        return actor, counterpart

    def size(self, name: str) -> Size:
        """The number of a field, drawn under the event's name."""
        return Size(getattr(self, name), f"{self.id}.{name}")

    def write(
        self, operation: int, what: str, of: tuple[str, ...], *sizes: Size, rule: int | None = None,
        believed: tuple[str, str] | None = None, actors: tuple[str, str] | None = None,
    ) -> Item:  # fmt: skip
        """A write to a variable; two numbers are multiplied where no rule is named."""
        subject, target = self.actors() if actors is None else actors
        by = (PRODUCT if len(sizes) > 1 else PLAIN) if rule is None else rule
        return Item(self.quarter, operation, self.id, what, of, subject, target, sizes, by, believed, self.channel)

    def set(self, what: str, of: tuple[str, ...], *sizes: Size, **how: Any) -> Item:
        return self.write(SET, what, of, *sizes, **how)

    def add(self, what: str, of: tuple[str, ...], *sizes: Size, **how: Any) -> Item:
        return self.write(ADD, what, of, *sizes, **how)

    def ease(self, what: str, of: tuple[str, ...], *sizes: Size, **how: Any) -> Item:
        return self.write(EASE, what, of, *sizes, **how)

    def hold(self, what: str, of: tuple[str, ...], size: Size, usual: float = 0.0, **how: Any) -> Spell:
        """A level that is held as long as the event lasts; then the usual one counts again."""
        on = self.set(what, of, size, **how)
        return self._spell(on, replace(on, sizes=(number(usual),)))

    def choose(self, what: str, of: tuple[str, ...], code: str) -> Spell:
        """An actor that is named as long as the event lasts; then nobody is."""
        on = self.write(CHOOSE, what, of, actors=(code, ""))
        return self._spell(on, replace(on, subject=""))

    def _spell(self, on: Item, off: Item) -> Spell:
        return Spell(self.quarter, None if self.end_quarter is None else self.end_quarter + 1, on, off)


class _Filler(Formatter):
    """Fills templates, see `EventBase`."""

    def __init__(self, word: Callable[[Any], str]) -> None:
        self.word = word

    def format_field(self, value: Any, spec: str) -> str:
        if value is None:
            return ""
        if isinstance(value, tuple):
            return spec.join(map(self.word, value))
        return spec + self.word(value)
