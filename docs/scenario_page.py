"""The page of the scenario file: events, fields, codes and variables, read off the models that check a file."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from pydantic.fields import FieldInfo
from tables import header, row

from sim.data.actors import ROLES, load_actors
from sim.explain.text import ARMS
from sim.model.network import SUPPORTED
from sim.model.parameters import CLASSES
from sim.model.variables import VARIABLES, all_series
from sim.scenario.events import EventBase, event_models
from sim.scenario.fields import COUNTED_CLASSES, LEVEL, TROOPS, VALUE, size_schema
from sim.scenario.json_schema import scenario_json_schema
from sim.scenario.schema import Citation, ScenarioFile

FIELDS = {
    "format_version": "always `1`",
    "title": "a headline",
    "question": "what the scenario asks",
    "group": "the heading under which `armsrace list` shows it",
    "extends": "id or file of the scenario whose parameters, series and events hold here too",
    "compare_to": "id or file of the scenario that it is held against; without it only levels are told",
    "documents": 'what it rests on: a list of `{document: "002", locator: paragraph 2, says: in your words}`',
    "expects": "what you expect, written before you run it",
    "comment": "what a reader should know to judge the answer",
    "costs": "what it costs and whom: what of it the model counts, and what it holds no number for",
    "parameters": "parameters by name, `reaction.SRB: 0.4`; a number or a distribution, see [Parameters](parameters.md)",
    "remove": "ids of inherited events that do not happen here",
    "series": "levels that are held from a quarter on, see below",
    "events": "what happens, see below",
}
EVENT_FIELDS = {
    "id": "name of the event: small letters, digits, hyphens",
    "at": "quarter in which it happens or begins",
    "source": "key of `seeds/sources.yaml`; `armsrace trace 002` tells of one",
    "locator": "where in the source",
    "note": "what is assumed",
    "supplier": "who sells or gives",
    "buyer": "who receives",
    "class": "class of arms",
    "n": "how many; for `uav` and `loitering` only, and needed there",
    "unit_price_musd": "price of one; without it the model's own (`uav_price`, `loitering_price`)",
    "value_musd": "worth; needed for all classes but `uav` and `loitering`",
    "payment": "from the buyer's budget, on credit, or as a gift",
    "due": "quarter of the delivery; without it drawn",
    "ref": "id of the order that arrives",
    "patron": "who backs or gives",
    "recipient": "who receives or is backed",
    "parties": "the two actors",
    "change": "relative change: 0.5 is half as much again",
    "actor": "whose it is",
    "target": "towards whom",
    "tone": "from hostile to friendly",
    "severity": "`lethal` or `standoff`",
    "count": "how many in the quarter; 1 if left out",
    "where": "side on which there is a vote",
    "until": "last quarter; without it for good",
    "troops": "soldiers",
    "level": "how much, on the scale of the event",
    "quarters": "for how many quarters; 1 if left out",
    "nation": "who commands",
    "members": "list of states",
}
EXAMPLES = {
    "order": "supplier: FRA, buyer: SRB, class: artillery, value_musd: 100, payment: budget, due: 2027Q1",
    "deliver": "supplier: TUR, buyer: XKX, class: uav, n: 4, payment: grant",
    "deliver with ref": "ref: order",
    "grant": "patron: TUR, recipient: XKX, value_musd: 1",
    "agreement": "parties: [TUR, XKX]",
    "visit": "actor: TUR, target: SRB",
    "statement": "actor: SRB, target: TUR, tone: -0.8",
    "incident": "severity: lethal",
    "election": "where: XKX",
    "embargo": "supplier: TUR, buyer: SRB, until: 2027Q4",
    "offer": "supplier: TUR, buyer: SRB, class: uav, n: 6, payment: budget",
    "force_choice": "buyer: SRB, supplier: CHN, until: 2027Q4",
    "kfor": "troops: 5.5",
    "dialogue": "level: 0.5",
    "accession": "level: 0.8",
    "trade_shock": "parties: [TUR, SRB], change: -0.2",
    "supplement": "actor: SRB, change: 0.1, until: 2027Q4",
    "unrest": "actor: SRB, level: 0.6",
    "release_reserve": "troops: 0.6, quarters: 2",
    "command": "nation: TUR, until: 2026Q4",
    "support": "patron: USA, recipient: XKX, level: 0.5",
    "insecurity": "level: 0.7, until: 2028Q4",
    "forum": "members: [SRB, XKX, ALB], level: 0.5",
}
FORMS = {
    "lognormal": ("[100, 0.3]", "median, standard deviation of the logarithm"),
    "normal": ("[1.5, 0.3]", "mean, standard deviation"),
    "half_normal": ("0.3", "median; never below zero"),
    "uniform": ("[0, 1]", "lowest, highest"),
    "one_plus_lognormal": ("[1.5, 0.3]", "median, standard deviation of the logarithm of what is above one"),
}
SERIES = {
    "unrest": ("unrest.SRB", "unrest in a state", LEVEL),
    "dialogue": ("dialogue", "intensity of the dialogue of Belgrade and Pristina", LEVEL),
    "accession": ("accession", "how credible accession is", LEVEL),
    "kfor": ("kfor.troops", "soldiers of KFOR", TROOPS),
    "deliveries": ("deliveries.TUR.SRB.artillery", "deliveries of a supplier to a state, by value", VALUE),
}


def scenario_lines() -> Iterator[str]:
    """The whole page."""
    yield from ("Numbers of money are in million US$ of 2023.", "", "## Fields", "")
    yield from file_lines()
    yield from (
        "## Events",
        "",
        "Fields in bold are needed, and of `n` and `value_musd` the one that [the class of arms](#classes-of-arms) goes by.",
        "Every event also has `id`, `at`, `type`, and may have `source`, `locator`, `note`.",
        "",
    )
    yield from event_lines()
    yield from ("One line of each, as it stands under `events:`", "", "```yaml", *example_lines(), "```", "")
    yield from ("## Fields of events", "")
    yield from event_field_lines()
    yield from ("## Sizes", "", *size_lines())
    yield from ("## Series", "", *series_lines())
    yield from ("## Codes", "", *code_lines())
    yield from ("## Classes of arms", "", *class_lines())
    yield from ("## Variables", "", *variable_lines())


def file_lines() -> Iterator[str]:
    yield from header("field", "needed", "holds")
    for name, field in ScenarioFile.model_fields.items():
        yield row(f"`{name}`", "yes" if field.is_required() else "", FIELDS[name])
    yield from ("", f"An entry of `documents` has {', '.join(f'`{name}`' for name in Citation.model_fields)}.", "")


# ---- events ----------------------------------------------------------------------------------------------------------


def own_fields(model: type[EventBase]) -> dict[str, FieldInfo]:
    """Fields of a type of event by the names that a file uses, without those that all events share."""
    return {
        field.alias or name: field
        for name, field in model.model_fields.items()
        if name != "type" and name not in EventBase.model_fields
    }


def event_lines() -> Iterator[str]:
    """Every type of event: what it does, and its fields."""
    yield "| type | what it does | fields |"
    yield "| --- | --- | --- |"
    for tag, model in event_models().items():
        words = " ".join(inspect.cleandoc(model.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")
        fields = (f"**`{name}`**" if field.is_required() else f"`{name}`" for name, field in own_fields(model).items())
        yield f"| {f'`{tag}`'.replace(' with ref`', '` with `ref`')} | {words} | {', '.join(fields)} |"
    yield ""


def example_lines() -> Iterator[str]:
    """One event of each type, as a file writes it."""
    for tag, words in EXAMPLES.items():
        id_ = tag.replace(" ", "-").replace("_", "-")
        yield f"- {{id: {id_}, at: 2026Q1, type: {tag.split(' ')[0]}, {words}}}"


def event_field_lines() -> Iterator[str]:
    """Every field of events: what it holds, its unit and range, and the types that have it."""
    yield "| field | holds | unit and range | in |"
    yield "| --- | --- | --- | --- |"
    owners: dict[str, dict[str, list[str]]] = {}
    for tag, model in event_models().items():
        properties = model.model_json_schema(by_alias=True)["properties"]
        for name in own_fields(model):
            owners.setdefault(name, {}).setdefault(values_words(properties[name]), []).append(tag.split(" ")[0])
    shared = EventBase.model_json_schema()["properties"]
    for name in EventBase.model_fields:
        yield f"| `{name}` | {EVENT_FIELDS[name]} | {values_words(shared[name])} | all |"
    for name, ranges in owners.items():
        for values, tags in ranges.items():
            yield f"| `{name}` | {EVENT_FIELDS[name]} | {values} | {', '.join(dict.fromkeys(tags))} |"
    yield ""


def values_words(schema: dict[str, Any]) -> str:
    """What a field may hold, in words: the range and unit of a size, the codes, a quarter."""
    if "enum" in schema:
        return codes_words(tuple(schema["enum"]))
    if schema.get("type") == "array":
        inner = schema.get("items") or schema["prefixItems"][0]
        return f"list: {codes_words(tuple(inner['enum']))}"
    if "Q[1-4]" in schema.get("pattern", ""):
        return "quarter, `2018Q1` to `2035Q4`"
    if "anyOf" in schema:
        return f"{range_words(schema['anyOf'][0])}{', ' + schema['description'] if 'description' in schema else ''}"
    if schema["type"] == "integer":
        return f"whole number, {range_words(schema)}"
    return "id" if "pattern" in schema else "text"


def range_words(schema: dict[str, Any]) -> str:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    return f"{'above ' if 'exclusiveMinimum' in schema else ''}{low:,.12g} to {schema['maximum']:,.12g}"


def codes_words(codes: tuple[str, ...]) -> str:
    """A list of codes by what they are, or the codes themselves where no role has just these."""
    known = {load_actors().with_role(role): f"a {role}" for role in ROLES}
    named = {**known, load_actors().codes: "any actor", CLASSES: "a class"}
    if codes in named:
        return named[codes]
    if len(codes) > len(CLASSES):
        return "a key of a source"
    return ", ".join(f"`{code}`" for code in codes)


# ---- sizes, series, codes, variables ---------------------------------------------------------------------------------


def size_lines() -> Iterator[str]:
    """The forms in which a size may be written."""
    yield "A size is a number, or a distribution from which each world draws its own:"
    yield ""
    yield from header("written", "numbers")
    for form in size_schema(LEVEL)["anyOf"][1]["properties"]:
        numbers, words = FORMS[form]
        yield row(f"`{{{form}: {numbers}}}`", words)
    yield ""


def series_lines() -> Iterator[str]:
    """The series that a scenario may set, each with its range."""
    patterns = scenario_json_schema()["properties"]["series"]["patternProperties"]
    yield "Written as a map from a quarter to a level, `dialogue: {2026Q1: 0.5}`, which holds until the next one:"
    yield ""
    yield from header("series", "holds", "unit and range")
    for name in (name for pattern in patterns for name in re.findall("[a-z]+", pattern) if name in SERIES):
        written, words, legal = SERIES[name]
        yield row(f"`{written}`", words, values_words(size_schema(legal)))
    yield from ("", "`deliveries` also takes whole years, which are split over their quarters.", "")


def code_lines() -> Iterator[str]:
    """Every actor, with the roles that decide where its code may stand."""
    backers = set(event_models()["support"].model_json_schema()["properties"]["patron"]["enum"])
    extra = {"backs by `support`": backers, "can be backed": set(SUPPORTED)}
    yield from header("code", "name", "may stand as")
    for actor in load_actors().actors:
        also = (words for words, codes in extra.items() if actor.code in codes)
        yield row(f"`{actor.code}`", actor.name, ", ".join((*actor.roles, *also)))
    yield ""


def class_lines() -> Iterator[str]:
    yield from header("class", "means", "given as")
    for name in CLASSES:
        means = ARMS[name] if name != "arms" else "all other arms"
        yield row(f"`{name}`", means, "`n`, in units" if name in COUNTED_CLASSES else "`value_musd`")
    yield ""


def variable_lines() -> Iterator[str]:
    """What a run records and `metrics` of a sweep may name: the scale, the meaning, and how one of its series is written."""
    yield "What a run records, and what `metrics` of [a sweep](sweeps.md) may name:"
    yield ""
    yield from header("variable", "scale", "meaning", "for example", "series")
    for variable in VARIABLES.values():
        series = [one for one in all_series() if one.variable == variable.name]
        ends = (f"`{code}`" for code in (series[0].actor, series[0].counterpart) if code)
        yield row(f"`{variable.name}`", variable.unit, variable.meaning, " towards ".join(ends), str(len(series)))
    yield ""
