"""Models of what files and requests hold: the settings that all share, and what pydantic finds wrong in the user's words."""

from collections.abc import Iterable, Iterator
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Tag, ValidationError

from sim.io.errors import ENOUGH, InputError, Problem, Steps, format_fault, shown_value, suggestion
from sim.io.yaml_reader import Document

Model = TypeVar("Model", bound=BaseModel)


class Schema(BaseModel):
    """Nothing unknown, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def validated(model: type[Model], document: Document) -> Model:
    """What a document holds, as a model; InputError lists all that is wrong with it."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise InputError(document.file, schema_problems(error.errors(), document, model)) from None


# ---- names of fields -------------------------------------------------------------------------------------------------


def allowed_fields(model: Any, steps: Steps) -> list[str]:
    """Names of the fields that may stand where pydantic found an unknown one.

    model : a model, or a union of models
    steps : as pydantic gives them; the last is the unknown name, and a union's tag counts as a step
    """
    types = [model]
    for step in steps[:-1]:
        types = [inner for outer in types for inner in _types_at(outer, step)]
    models = [model for outer in types for model in _models(outer)]
    return [field.alias or name for model in models for name, field in model.model_fields.items()]


def _types_at(outer: Any, step: str | int) -> Iterator[Any]:
    """The types of what a type holds at a step: under a key, at a place of a list, or of one tag."""
    outer, parts = _plain(outer), get_args(_plain(outer))
    if _is_model(outer):
        yield from (field.annotation for name, field in outer.model_fields.items() if step in (name, field.alias))
    elif get_origin(outer) in (list, tuple, dict):
        yield parts[-1] if get_origin(outer) is dict else parts[0]
    elif get_origin(outer) in (Union, UnionType):
        tagged = [part for part in parts if step in _tags(part)]
        yield from tagged or (inner for part in parts for inner in _types_at(part, step))


def _models(outer: Any) -> list[Any]:
    """A type if it is a model, or the models of a union."""
    outer = _plain(outer)
    return [outer] if _is_model(outer) else [part for part in map(_plain, get_args(outer)) if _is_model(part)]


def _plain(outer: Any) -> Any:
    return get_args(outer)[0] if get_origin(outer) is Annotated else outer


def _is_model(outer: Any) -> bool:
    return isinstance(outer, type) and issubclass(outer, BaseModel)


def _tags(part: Any) -> set[Any]:
    """What pydantic may call a part of a union: its tag, the only word of a field, or its name."""
    tags = {mark.tag for mark in getattr(part, "__metadata__", ()) if isinstance(mark, Tag)}
    if _is_model(model := _plain(part)):
        kinds = [field.annotation for field in model.model_fields.values() if get_origin(field.annotation) is Literal]
        tags |= {model.__name__, *(get_args(kind)[0] for kind in kinds if len(get_args(kind)) == 1)}
    return tags


# ---- problems --------------------------------------------------------------------------------------------------------


def schema_problems(errors: Iterable[Any], document: Document, model: Any) -> list[Problem]:
    """What pydantic found, in the user's words; of very many errors the first.

    errors   : ``ValidationError.errors()``
    document : what was read; steps of an error that are not in it (tags of unions) are left out of its place
    model    : what it was read as
    """
    problems = []
    for error in islice(errors, ENOUGH):
        steps = _steps_in(document.data, error["loc"], keep_last=error["type"] == "missing")
        problems.append(document.problem(steps, _schema_message(error, model)))
    return problems


def _steps_in(data: Any, steps: Steps, keep_last: bool) -> Steps:
    kept: list[str | int] = []
    for position, step in enumerate(steps):
        inside = isinstance(data, dict) and step in data
        inside = inside or (isinstance(data, list) and isinstance(step, int) and step < len(data))
        if inside:
            data = data[step]
        if inside or (keep_last and position == len(steps) - 1):
            kept.append(step)
    return tuple(kept)


_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}


def _schema_message(error: Any, model: Any) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown field" + suggestion(str(error["loc"][-1]), allowed_fields(model, error["loc"]))
    if kind == "missing":
        return "missing; add this field"
    if kind == "value_error":
        return str(context["error"])
    if kind == "union_tag_not_found":
        field = "kind" if context["discriminator"] == "'kind'" else "type"
        return f"missing field `{field}`" if isinstance(value, dict) else f"{shown_value(value)} is not a mapping"
    if kind == "union_tag_invalid":
        choices = [choice.strip("'") for choice in context["expected_tags"].split(", ")]
        return f'unknown type "{context["tag"]}"{suggestion(context["tag"], choices)}'
    if kind == "literal_error" and error["loc"][-1] == "format_version":
        return format_fault(value) or ""
    if kind == "literal_error":
        return _not_among(value, context["expected"])
    return _value_message(kind, value, context) or f"{shown_value(value)}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _value_message(kind: str, value: Any, context: Any) -> str | None:
    """What is wrong with a value of a field that is known; None for what only pydantic can describe."""
    if kind == "string_too_short":
        return "is empty; write something"
    if kind == "too_short":
        return f"needs at least {context['min_length']} entr{'y' if context['min_length'] == 1 else 'ies'}"
    if kind == "string_pattern_mismatch":
        return f"{shown_value(value)} has letters that are not allowed here; allowed is {context['pattern']}"
    if kind in _BOUNDS:
        side, key = _BOUNDS[kind]
        return f"{shown_value(value)} must be {side} {context[key]:g}"
    if kind in _KINDS:
        quoted = f'; write it in quotes: "{value}"' if kind == "string_type" and isinstance(value, int | float) else ""
        empty = "; leave the field out when there is nothing to say" if value is None else ""
        return f"{shown_value(value)} is not {_KINDS[kind]}{quoted}{empty}"
    return None


def _not_among(value: Any, expected: str) -> str:
    """A word that is none of those allowed; ``expected`` is pydantic's list of them."""
    choices = expected.replace("'", "").replace(" or ", ", ").split(", ")
    return f"{shown_value(value)} is not allowed here{suggestion(str(value), choices)}"
