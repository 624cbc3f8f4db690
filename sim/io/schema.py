"""Models of what files and requests hold: the settings that all share, and what pydantic finds wrong in the user's words."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Tag, ValidationError

from sim.io.errors import (
    ENOUGH,
    InputError,
    Problem,
    Steps,
    format_fault,
    listed,
    near_names,
    number_fault,
    shown_value,
    suggestion,
)
from sim.io.yaml_reader import Document

Model = TypeVar("Model", bound=BaseModel)


class Schema(BaseModel):
    """Nothing unknown, nothing converted, nothing changed afterwards."""

    also_called: ClassVar[Mapping[str, str]] = {}  # names that users give fields, and the fields, the likeliest first
    other_names: ClassVar[tuple[str, ...]] = ()  # what users call a model that a word tells from others

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
    return [field.alias or name for one in _models_at(model, steps) for name, field in one.model_fields.items()]


def _field_meant(model: Any, steps: Steps) -> str:
    """The end of a message about an unknown field: the one that its name most likely means, or the few that there are."""
    meant = _meant_by(model, steps)
    return f'; did you mean "{meant}"?' if meant else suggestion(str(steps[-1]), allowed_fields(model, steps))


def _meant_by(model: Any, steps: Steps) -> str | None:
    """The field of which the last step is another name."""
    known = allowed_fields(model, steps)
    others = [
        field
        for one in _models_at(model, steps)
        for field in getattr(one, "also_called", {}).get(str(steps[-1]).lower(), "").split()
    ]
    return next((field for field in others if field in known), None)


def _other_name(model: Any, error: Any) -> str | None:
    """The field that an unknown one is another name of, or a slip of the pen away from."""
    if error["type"] != "extra_forbidden":
        return None
    known, loc = allowed_fields(model, error["loc"]), error["loc"]
    return _meant_by(model, loc) or next(iter(near_names(str(loc[-1]), known)), None)


def _field_wanted(model: Any, steps: Steps) -> str:
    """A missing field with what may stand there, as far as the model says it."""
    name = str(steps[-1])
    fields = [
        field
        for one in _models_at(model, steps)
        for own, field in one.model_fields.items()
        if name in (own, field.alias)
    ]
    for field in fields:
        if get_origin(field.annotation) is Literal:
            return f"{name}: {listed(map(str, get_args(field.annotation)))}"
        said = [expected() for mark in field.metadata if (expected := getattr(mark, "expected", None)) is not None]
        if words := next(filter(None, said), field.description):
            return f"{name}: {words}"
    return name if not name.isdigit() else "it"


def _kinds_at(model: Any, steps: Steps) -> list[str]:
    """The words that tell the models of a union from each other, each once."""
    outer = _plain(_type_at(model, steps))
    kinds = [part for part in get_args(outer) if _is_model(_plain(part))]
    words = [_word_of(_plain(part)) for part in kinds]
    return list(dict.fromkeys(word for word in words if word))


def _kind_meant(model: Any, steps: Steps, word: str) -> str:
    """The end of a message about an unknown kind: what its name most likely means, and all that there are."""
    known, outer = _kinds_at(model, steps), _plain(_type_at(model, steps))
    others = {
        other: _word_of(part)
        for part in map(_plain, get_args(outer))
        if _is_model(part)
        for other in getattr(part, "other_names", ())
    }
    near = others.get(word.lower()) or next(iter(near_names(word, known)), None)
    guess = "" if near is None else f'; did you mean "{near}"?'
    return (
        guess
        if guess and word.lower() not in others
        else f"{guess or '; choose'} {'' if not guess else 'There are: '}{listed(known)}"
    )


def _word_of(model: Any) -> str:
    words = [field.annotation for name, field in model.model_fields.items() if name in ("type", "kind")]
    return next((str(get_args(word)[0]) for word in words if get_origin(word) is Literal), "")


def _type_at(model: Any, steps: Steps) -> Any:
    """The type at a place; pydantic counts the tag of a union as a step only below it."""
    types = [model]
    for step in steps:
        types = [inner for outer in types for inner in _types_at(outer, step)]
    return types[0] if types else model


def _models_at(model: Any, steps: Steps) -> list[Any]:
    types = [model]
    for step in steps[:-1]:
        types = [inner for outer in types for inner in _types_at(outer, step)]
    return [one for outer in types for one in _models(outer)]


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
    problems, found = [], list(islice(errors, ENOUGH))
    renamed = {
        (*error["loc"][:-1], meant) for error in found if (meant := _other_name(model, error)) is not None
    }  # a field under another name is one problem and not a missing one, too
    for error in found:
        if error["type"] == "missing" and error["loc"] in renamed:
            continue
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
    "dict_type": "a block",
    "model_type": "a block",
    "model_attributes_type": "a block",
}
_NUMBERS = ("int_type", "int_from_float", "float_type")
_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}


def _schema_message(error: Any, model: Any) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown field" + _field_meant(model, error["loc"])
    if kind == "missing":
        return f"missing; add {_field_wanted(model, error['loc'])}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "union_tag_not_found":
        field = "kind" if context["discriminator"] == "'kind'" else "type"
        if isinstance(value, dict):
            return f"{field} is missing; add {field}: {listed(_kinds_at(model, error['loc']))}"
        return f"{shown_value(value)} is not a block of fields; write {{{field}: ...}}"
    if kind == "union_tag_invalid":
        return f'unknown type "{context["tag"]}"{_kind_meant(model, error["loc"], str(context["tag"]))}'
    if kind == "literal_error" and error["loc"][-1] == "format_version":
        return format_fault(value) or ""
    if kind == "literal_error":
        return _not_among(value, context["expected"])
    if kind in ("model_type", "model_attributes_type"):
        fields = ", ".join(f"{name}: ..." for name in allowed_fields(model, (*error["loc"], "")))
        return f"{shown_value(value)} is not a block; write {{{fields}}}"
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
    if kind in _NUMBERS:
        return number_fault(value).replace("a number", _KINDS[kind])
    if kind in _KINDS:
        return f"{shown_value(value)} is not {_KINDS[kind]}{_remedy(kind, value)}"
    return None


def _remedy(kind: str, value: Any) -> str:
    """How to write a value that is of another kind than it should be, as the end of a message."""
    if value is None:
        return "; leave the field out when there is nothing to say"
    if not isinstance(value, str | int | float):
        return ""
    forms = {"string_type": f'in quotes: "{value}"', "list_type": f"[{value}]", "dict_type": f"{{name: {value}}}"}
    return f"; write it {forms[kind]}" if kind == "string_type" else f"; write {forms[kind]}" if kind in forms else ""


def _not_among(value: Any, expected: str) -> str:
    """A word that is none of those allowed; ``expected`` is pydantic's list of them."""
    choices = expected.replace("'", "").replace(" or ", ", ").split(", ")
    return f"{shown_value(value)} is not allowed here{suggestion(str(value), choices)}"
