"""One C file from functions of Python: what they call, the tables that they read, and what can be called from outside."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from sim.translator.expressions import c_name, length_text, number_text, step_text
from sim.translator.scope import Untranslatable
from sim.translator.statements import INDENT, Statements
from sim.translator.types import OF_DTYPE, Array, Number, Record, Tuple, Type, leaves, signature_of

PRELUDE = """\
#include <stdint.h>
#include <stdbool.h>

#define INFINITY __builtin_inf()
#define NAN __builtin_nan("")
#define floor __builtin_floor
#define sqrt __builtin_sqrt
#define fabs __builtin_fabs
#if defined(__wasm__)
#define EXPORT __attribute__((visibility("default"), used))
#elif defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif
#if defined(__clang__)
#define OVER_LANES _Pragma("clang loop vectorize(assume_safety)")
#else
#define OVER_LANES _Pragma("GCC ivdep")
#endif
#if defined(CHECKED) /* every index is looked at; for tests */
static inline int64_t at(int64_t index, int64_t length) {
    if (index < 0 || index >= length) __builtin_trap();
    return index;
}
#else
#define at(index, length) (index)
#endif

/* Division of whole numbers rounds down, as in Python. */
static inline int64_t floor_divided(int64_t a, int64_t b) {
    return a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
}
static inline int64_t remainder_of(int64_t a, int64_t b) {
    return a - b * floor_divided(a, b);
}
"""
SHORT = 30  # lines; a function that is no longer is laid into its callers


class Source:
    """A C file as it grows.

    replaced : functions that C has an exact version of: their name in C, which `prelude` defines
    lanes    : what the end of a loop over lanes is called
    """

    def __init__(self, replaced: Mapping[Callable[..., Any], str], lanes: Iterable[str], prelude: str) -> None:
        self.replaced = dict(replaced)
        self.lanes = frozenset(lanes)
        self.prelude = prelude
        self.functions: dict[Callable[..., Any], str] = {}
        self.names: dict[str, Any] = {}
        self.texts: list[str] = []
        self.tables: dict[int, tuple[str, Array, np.ndarray]] = {}
        self.types: dict[str, Type] = {}
        self.waiting: list[Callable[..., Any]] = []

    # ---- functions ------------------------------------------------------------------------------------------------

    def function(self, function: Callable[..., Any], refusal: Untranslatable) -> tuple[str, dict[str, Type], Type]:
        """Name in C, arguments and result of a function, translated before who calls it; `refusal` is raised if it would call itself."""
        if function in self.waiting:
            raise refusal
        if function in self.replaced:
            return self.replaced[function], *signature_of(function)
        if function not in self.functions:
            self.waiting.append(function)
            self._translate(function)
            self.waiting.pop()
        return self.functions[function], *signature_of(function)

    def _translate(self, function: Callable[..., Any]) -> None:
        body = Statements(function, self)
        lines = body.body()
        name = self._free(f"{function.__module__.rsplit('.', 1)[-1]}_{function.__name__}", function)
        for kind in (*body.variables.values(), *body.arguments.values(), body.returns):
            self.note(kind)
        arguments = ", ".join(f"{kind.c} {c_name(one)}" for one, kind in body.arguments.items()) or "void"
        about = (function.__doc__ or "").strip().split("\n")[0].replace("*/", "* /")
        inlined = "static inline __attribute__((always_inline))" if len(lines) <= SHORT else "static"
        head = f"/* {function.__module__}: {about} */\n{inlined} {body.returns.c} {name}({arguments}) {{"
        self.texts.append("\n".join([head, *lines, "}"]))
        self.functions[function] = name

    def _free(self, wanted: str, owner: Any) -> str:
        """A name that nothing else in the file has."""
        name, number = wanted, 1
        while self.names.setdefault(name, owner) is not owner:
            number += 1
            name = f"{wanted}_{number}"
        return name

    # ---- types and tables -----------------------------------------------------------------------------------------

    def note(self, kind: Type) -> None:
        """Remember a type that must be declared; parts before what holds them."""
        if isinstance(kind, Record):
            for _, part in kind.fields:
                self.note(part)
        if isinstance(kind, Array | Record | Tuple):
            self.types.setdefault(kind.c, kind)

    def table(self, name: str, array: np.ndarray) -> tuple[str, Array]:
        """A constant array, written into the file once."""
        if id(array) not in self.tables:
            kind = Array(OF_DTYPE[array.dtype.kind], tuple(array.shape))
            self.note(kind)
            self.tables[id(array)] = self._free(f"TABLE_{name}", array), kind, array
        text, kind, _ = self.tables[id(array)]
        return text, kind

    def view(self, where: str, text: str, kind: Array, depth: int) -> str:
        """A row of an array, or a part of fewer dimensions."""
        rest = kind.row(depth)
        self.note(rest)
        fields = [where]
        fields += [length_text(text, kind, depth + place) for place in range(len(rest.lengths))]
        fields += [step_text(text, kind, depth + place) for place in range(len(rest.lengths) - 1)]
        return f"(({rest.c}){{{', '.join(fields)}}})"

    # ---- the file -------------------------------------------------------------------------------------------------

    def text(self, exported: Mapping[str, Callable[..., Any]], elementwise: Mapping[str, Callable[..., Any]]) -> str:
        """The whole file."""
        return "\n".join(
            [
                PRELUDE + self.prelude,
                *(_declared(kind) for kind in self.types.values()),
                "",
                *(_table_text(*table) for table in self.tables.values()),
                "",
                *(f"{text}\n" for text in self.texts),
                *(self._doorway(name, function) for name, function in exported.items()),
                *(self._loop(name, function) for name, function in elementwise.items()),
            ]
        )

    def _doorway(self, name: str, function: Callable[..., Any]) -> str:
        """A function for callers from outside, who pass numbers, and arrays as an address, lengths and steps."""
        inner = self.functions[function]
        arguments, returned = signature_of(function)
        taken = [text for one, kind in arguments.items() for leaf in leaves(one, kind) for text in _passed(*leaf)]
        given = ", ".join(_rebuilt(one, kind) for one, kind in arguments.items())
        back = "" if returned.c == "void" else "return "
        return f"EXPORT {returned.c} {name}({', '.join(taken)}) {{\n{INDENT}{back}{inner}({given});\n}}"

    def _loop(self, name: str, function: Callable[..., Any]) -> str:
        """A function of numbers for many at once: arguments (its arguments, count), results (count)."""
        arguments, returned = signature_of(function)
        values = ", ".join(f"({kind.c})arguments[{place} * count + k]" for place, kind in enumerate(arguments.values()))
        if not isinstance(returned, Number) or not all(isinstance(kind, Number) for kind in arguments.values()):
            raise Untranslatable(f"{function.__module__}.{function.__name__} is no function of numbers")
        inner = self.replaced.get(function) or self.functions[function]
        return (
            f"EXPORT void {name}(int64_t count, const double *arguments, double *results) {{\n"
            f"{INDENT}OVER_LANES\n{INDENT}for (int64_t k = 0; k < count; k++) results[k] = (double){inner}({values});\n}}"
        )


def c_source(
    exported: Mapping[str, Callable[..., Any]],
    elementwise: Mapping[str, Callable[..., Any]],
    replaced: Mapping[Callable[..., Any], str],
    lanes: Iterable[str] = (),
    prelude: str = "",
) -> str:
    """The C file of some functions and of all that they call.

    exported : name in C of each function that can be called from outside
    elementwise : name in C of each function of numbers that can be called from outside for many at once
    replaced : functions that C has an exact version of, by the name that `prelude` gives it
    lanes    : names of constants that end a loop in which no step depends on another

    Raises Untranslatable for what lies outside the subset.
    """
    source = Source(replaced, lanes, prelude)
    for name, function in (*exported.items(), *elementwise.items()):
        source.names[name] = name
        source.function(function, Untranslatable("a function calls itself"))
    return source.text(exported, elementwise)


def _declared(kind: Type) -> str:
    if isinstance(kind, Record):
        return f"{kind.c} {{ {' '.join(f'{part.c} {name};' for name, part in kind.fields)} }};"
    if isinstance(kind, Tuple):
        return f"{kind.c} {{ {' '.join(f'{part.c} part_{place};' for place, part in enumerate(kind.parts))} }};"
    assert isinstance(kind, Array)
    lengths = [f"int64_t length_{place};" for place in range(len(kind.lengths))]
    steps = [f"int64_t step_{place};" for place in range(len(kind.lengths) - 1)]
    return f"typedef struct {{ {kind.element.c} *at; {' '.join(lengths + steps)} }} {kind.c};"


def _table_text(name: str, kind: Array, array: np.ndarray) -> str:
    values = ", ".join(number_text(value)[0] for value in array.ravel()) or "0"
    lengths = [str(length) for length in array.shape]
    steps = [step_text("", kind, place) for place in range(array.ndim - 1)]
    held = f"static const {kind.element.c} {name}_values[] = {{{values}}};"
    where = f"({kind.element.c} *){name}_values"
    return f"{held}\nstatic const {kind.c} {name} = {{{', '.join([where, *lengths, *steps])}}};"


def _passed(name: str, kind: Number | Array) -> list[str]:
    """How a number or an array comes in from outside."""
    if isinstance(kind, Number):
        return [f"{kind.c} {name}"]
    lengths = [f"int64_t {name}_length_{place}" for place, length in enumerate(kind.lengths) if length is None]
    return [f"{kind.element.c} *{name}", *lengths]


def _rebuilt(name: str, kind: Type) -> str:
    """The argument of the inner function, put together again."""
    if isinstance(kind, Record):
        parts = ", ".join(_rebuilt(f"{name}_{field}", part) for field, part in kind.fields)
        return f"({kind.c}){{{parts}}}"
    if isinstance(kind, Number):
        return name
    assert isinstance(kind, Array)
    lengths = [f"{name}_length_{place}" if length is None else str(length) for place, length in enumerate(kind.lengths)]
    steps = [" * ".join(lengths[place + 1 :]) for place in range(len(lengths) - 1)]
    return f"({kind.c}){{{', '.join([name, *lengths, *steps])}}}"
