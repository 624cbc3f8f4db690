"""The types that translated code may use, read from annotations, and how C writes them."""

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np


@dataclass(frozen=True)
class Shape:
    """Lengths of an array's dimensions, for `Annotated[NDArray[...], Shape(...)]`: a number, or None where it is known at run time."""

    lengths: tuple[int | None, ...]


@dataclass(frozen=True)
class Number:
    """A whole number of 64 bits, a double, or a truth value."""

    name: str

    @property
    def c(self) -> str:
        return {"int": "int64_t", "float": "double", "bool": "bool"}[self.name]


INT, FLOAT, BOOL = Number("int"), Number("float"), Number("bool")
OF_DTYPE = {"i": INT, "u": INT, "f": FLOAT, "b": BOOL}


@dataclass(frozen=True)
class Array:
    """An array of numbers; see `Shape`."""

    element: Number
    lengths: tuple[int | None, ...]

    @property
    def c(self) -> str:
        return f"{self.element.name}_{len(self.lengths)}"

    def row(self, depth: int) -> "Array":
        """What is left when so many indices are given."""
        return Array(self.element, self.lengths[depth:])


@dataclass(frozen=True)
class Record:
    """A named tuple, passed as a struct."""

    name: str
    fields: tuple[tuple[str, "Type"], ...]

    @property
    def c(self) -> str:
        return f"struct {self.name.lower()}"


@dataclass(frozen=True)
class Tuple:
    """Several numbers that a function returns at once."""

    parts: tuple[Number, ...]

    @property
    def c(self) -> str:
        return "struct " + "_".join(("of", *(part.name for part in self.parts)))


@dataclass(frozen=True)
class Nothing:
    """What a function without a result returns."""

    c: str = "void"


Type = Number | Array | Record | Tuple | Nothing


def type_of(annotation: Any) -> Type:
    """The type that an annotation stands for. Raises TypeError for one outside the subset."""
    if annotation in (None, type(None)):
        return Nothing()
    for number, python in ((BOOL, bool), (INT, int), (FLOAT, float)):
        if annotation is python:
            return number
    if get_origin(annotation) is Annotated:
        array, *notes = get_args(annotation)
        shape = next((note for note in notes if isinstance(note, Shape)), None)
        if shape is not None:
            dtype = np.dtype(get_args(get_args(array)[1])[0])
            return Array(OF_DTYPE[dtype.kind], shape.lengths)
    if get_origin(annotation) is tuple:
        parts = tuple(type_of(part) for part in get_args(annotation))
        if all(isinstance(part, Number) for part in parts):
            return Tuple(parts)  # type: ignore[arg-type]
    if isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields"):
        hints = get_type_hints(annotation, include_extras=True)
        return Record(annotation.__name__, tuple((name, type_of(hints[name])) for name in annotation._fields))
    raise TypeError(f"{annotation!r} is no type of translated code")


def signature_of(function: Callable[..., Any]) -> tuple[dict[str, Type], Type]:
    """Types of a function's arguments and of its result. Raises TypeError if one is missing or outside the subset."""
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"{function!r} is no plain function")
    hints = get_type_hints(function, include_extras=True)
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    if code.co_kwonlyargcount or function.__defaults__ or code.co_flags & 0x0C:
        raise TypeError("arguments have no defaults, and are all named")
    if missing := [name for name in (*names, "return") if name not in hints]:
        raise TypeError(f"no annotation of {', '.join(missing)}")
    return {name: type_of(hints[name]) for name in names}, type_of(hints["return"])


def leaves(name: str, kind: Type) -> Iterator[tuple[str, Number | Array]]:
    """An argument's numbers and arrays, in order: the parts of a record one after the other."""
    if isinstance(kind, Record):
        for field, part in kind.fields:
            yield from leaves(f"{name}_{field}", part)
    elif isinstance(kind, Number | Array):
        yield name, kind
    else:
        raise TypeError(f"{name} cannot be passed from outside")
