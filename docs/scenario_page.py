"""The page of the scenario file: events, fields, codes and variables, read off the models that check a file."""

import inspect
from collections.abc import Iterator
from typing import Any

from pydantic.fields import FieldInfo
from tables import header, row

from sim.data.actors import ROLES, load_actors
from sim.io.templates import wordings
from sim.model.network import SUPPORTED
from sim.model.parameters import CLASSES
from sim.model.variables import VARIABLES, all_series
from sim.scenario.event import EventBase, unit_of
from sim.scenario.event_types import event_models
from sim.scenario.fields import COUNTED_CLASSES, LEVEL, size_schema
from sim.scenario.schema import Citation, ScenarioFile

FORMS = {
    "lognormal": ("[100, 0.3]", "median, standard deviation of the logarithm"),
    "normal": ("[1.5, 0.3]", "mean, standard deviation"),
    "half_normal": ("0.3", "median; never below zero"),
    "uniform": ("[0, 1]", "lowest, highest"),
    "one_plus_lognormal": ("[1.5, 0.3]", "median, standard deviation of the logarithm of what is above one"),
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
        yield row(f"`{name}`", "yes" if field.is_required() else "", field.description)
    yield from ("", f"An entry of `documents` has {', '.join(f'`{name}`' for name in Citation.model_fields)}.", "")


# ---- events ----------------------------------------------------------------------------------------------------------


def own_fields(model: type[EventBase]) -> dict[str, FieldInfo]:
    """Fields of a type of event by the names that a file uses, without those that all events share."""
    return {
        field.alias or name: field
        for name, field in model.model_fields.items()
        if name != "type" and name not in EventBase.model_fields
    }


def summary(model: type[EventBase]) -> str:
    """What a type of event says of itself, in a line."""
    return " ".join(inspect.cleandoc(model.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")


def event_lines() -> Iterator[str]:
    """Every type of event: what it does, and its fields."""
    yield "| type | what it does | fields | price |"
    yield "| --- | --- | --- | --- |"
    for model in event_models().values():
        name = f"`{model.type_name()}`{f' with `{model.variant}`' if model.variant else ''}"
        fields = (f"**`{name}`**" if field.is_required() else f"`{name}`" for name, field in own_fields(model).items())
        yield f"| {name} | {summary(model)} | {', '.join(fields)} | {model.price} |"
    yield ""


def example_lines() -> Iterator[str]:
    """One event of each type, as a file writes it."""
    yield from (f"- {model.example_line()}" for model in event_models().values())


def event_field_lines() -> Iterator[str]:
    """Every field of events: what it holds, its unit and range, and the types that have it."""
    yield "| field | holds | unit and range | in |"
    yield "| --- | --- | --- | --- |"
    owners: dict[tuple[str, str, str], list[str]] = {}
    for model in event_models().values():
        for name, field in own_fields(model).items():
            owners.setdefault((name, field.description or "", values_words(model, name, field)), []).append(
                model.type_name()
            )
    for name, field in EventBase.model_fields.items():
        yield f"| `{name}` | {field.description} | {values_words(EventBase, name, field)} | all |"
    for cells, tags in owners.items():
        yield f"| `{cells[0]}` | {cells[1]} | {cells[2]} | {', '.join(dict.fromkeys(tags))} |"
    yield ""


def values_words(model: type[EventBase], name: str, field: FieldInfo) -> str:
    """What a field may hold, in words: the range and unit of a size, the codes, a quarter."""
    schema = model.model_json_schema(by_alias=True)["properties"][name]
    if "enum" in schema:
        return codes_words(tuple(schema["enum"]))
    if schema.get("type") == "array":
        inner = schema.get("items") or schema["prefixItems"][0]
        return f"list: {codes_words(tuple(inner['enum']))}"
    if "Q[1-4]" in schema.get("pattern", ""):
        return "quarter, `2018Q1` to `2035Q4`"
    if "anyOf" in schema:
        return size_words(schema["anyOf"][0], unit_of(field))
    if schema["type"] == "integer":
        return f"whole number, {range_words(schema)}"
    return "id" if "pattern" in schema else "text"


def size_words(schema: dict[str, Any], unit: str) -> str:
    return f"{range_words(schema)}{', ' + unit if unit else ''}"


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
    yield "A size is a number, or a distribution from which each simulation draws its own:"
    yield ""
    yield from header("written", "numbers")
    for form in size_schema(LEVEL)["anyOf"][1]["properties"]:
        numbers, words = FORMS[form]
        yield row(f"`{{{form}: {numbers}}}`", words)
    yield ""


def series_lines() -> Iterator[str]:
    """The series that a scenario may set, each with its range."""
    models = [model for model in event_models().values() if model.series]
    yield "Written as a map from a quarter to a level, `dialogue: {2026Q1: 0.5}`, which holds until the next one:"
    yield ""
    yield from header("series", "holds", "unit and range")
    for form, model in ((model.series, model) for model in models):
        yield row(f"`{form.example}`", form.meaning, values_words(model, form.size, model.model_fields[form.size]))
    flows = ", ".join(f"`{model.series.name.split('.')[0]}`" for model in models if model.series.is_flow)
    yield from ("", f"{flows} also takes whole years, which are split over their quarters.", "")


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
        means = wordings("causes.yaml")["arms"][name] if name != "arms" else "all other arms"
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
