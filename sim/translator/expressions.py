"""Expressions in C: each has a text and a type, and operands of unlike types are refused, not converted."""

import ast
import math
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.translator.scope import ABSENT, Scope, is_number, is_whole
from sim.translator.types import BOOL, FLOAT, INT, Array, Number, Record, Type, type_of

if TYPE_CHECKING:
    from sim.translator.source import Source

PLAIN = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
BITS = {ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"}
ROUNDED = {ast.FloorDiv: "floor_divided", ast.Mod: "remainder_of"}
COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
RESERVED = set(
    "auto break case char const continue default do double else enum extern float for goto if inline int long register "
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false".split()
)

Text = tuple[str, Type]


class Expressions(Scope):
    """Turns the expressions of one function into C."""

    def __init__(self, function: Callable[..., Any], source: "Source") -> None:
        super().__init__(function)
        self.source = source

    def expression(self, node: ast.expr) -> Text:
        """C text and type of an expression."""
        value = self.constant(node)
        if is_number(value):
            if is_whole(value) and abs(int(value)) >= 2**63:
                raise self.refuse(node, f"{value} has no room in a whole number of 64 bits")
            return number_text(value)
        kinds: dict[type[ast.expr], Callable[[Any], Text]] = {
            ast.Name: self._name,
            ast.Attribute: self._field,
            ast.Subscript: self._element,
            ast.BinOp: self._arithmetic,
            ast.UnaryOp: self._unary,
            ast.Compare: self._comparison,
            ast.BoolOp: self._joined,
            ast.IfExp: self._choice,
            ast.Call: self._call,
        }
        if type(node) not in kinds:
            raise self.refuse(node, f"{ast.unparse(node)} is outside the subset")
        return kinds[type(node)](node)

    def of_type(self, node: ast.expr, wanted: Type, what: str) -> str:
        """C text of an expression that must have a type."""
        text, kind = self.expression(node)
        if kind != wanted and not _fits(kind, wanted):
            raise self.refuse(node, f"{what} is {_called(kind)} and must be {_called(wanted)}")
        return text

    # ---- names, fields, elements ----------------------------------------------------------------------------------

    def _name(self, node: ast.Name) -> Text:
        if node.id in self.variables:
            if node.id not in self.assigned:
                raise self.refuse(node, f"{node.id} may have no value here")
            return c_name(node.id), self.variables[node.id]
        value = self.constant(node)
        if isinstance(value, np.ndarray):
            return self.source.table(node.id, value)
        if value is ABSENT:
            raise self.refuse(node, f"nothing is called {node.id} here")
        raise self.refuse(node, f"{node.id} is no number or array that translated code knows")

    def _field(self, node: ast.Attribute) -> Text:
        value = self.constant(node)
        if isinstance(value, np.ndarray):
            return self.source.table(node.attr, value)
        if value is ABSENT and self.constant(node.value) is not ABSENT:
            raise self.refuse(node, f"there is no {ast.unparse(node)}")
        text, kind = self.expression(node.value)
        if isinstance(kind, Record) and node.attr in dict(kind.fields):
            return f"{text}.{node.attr}", dict(kind.fields)[node.attr]
        raise self.refuse(node, f"{ast.unparse(node)} is outside the subset")

    def _element(self, node: ast.Subscript) -> Text:
        if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
            return self._length(node)
        text, kind = self.expression(node.value)
        if not isinstance(kind, Array):
            raise self.refuse(node, f"{ast.unparse(node.value)} has no elements")
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if len(indices) > len(kind.lengths) or any(isinstance(index, ast.Slice) for index in indices):
            raise self.refuse(node, "parts of arrays are rows or single elements, by indices")
        return self._at(text, kind, indices)

    def _at(self, text: str, kind: Array, indices: list[ast.expr]) -> Text:
        terms = []
        for place, index in enumerate(indices):
            known, length = self.constant(index), kind.lengths[place]
            if is_whole(known) and (known < 0 or (length is not None and known >= length)):
                raise self.refuse(index, f"the index {known} is outside: they run from 0 to the length less one")
            inside = f"at({self.of_type(index, INT, 'an index')}, {length_text(text, kind, place)})"
            step = step_text(text, kind, place)
            terms.append(inside if step == "1" else f"{inside} * {step}")
        where = f"{text}.at + {' + '.join(terms)}"
        if len(indices) == len(kind.lengths):
            return f"{text}.at[{' + '.join(terms)}]", kind.element
        rest = kind.row(len(indices))
        return self.source.view(where, text, kind, len(indices)), rest

    def _length(self, node: ast.Subscript) -> Text:
        assert isinstance(node.value, ast.Attribute)
        place = self.constant(node.slice)
        text, kind = self.expression(node.value.value)
        if not isinstance(kind, Array) or place is ABSENT or not 0 <= place < len(kind.lengths):
            raise self.refuse(node, f"{ast.unparse(node)} is outside the subset")
        return length_text(text, kind, place), INT

    # ---- operators ------------------------------------------------------------------------------------------------

    def _arithmetic(self, node: ast.BinOp) -> Text:
        (left, one), (right, other) = self.expression(node.left), self.expression(node.right)
        if isinstance(node.op, ast.Div):
            if {one, other} != {INT, FLOAT}:
                self._same(node, one, other, (FLOAT,))
            return f"({left} / {right})", FLOAT
        if type(node.op) in PLAIN:
            kind = FLOAT if {one, other} == {INT, FLOAT} else self._same(node, one, other, (INT, FLOAT))
            return f"({left} {PLAIN[type(node.op)]} {right})", kind
        if type(node.op) in BITS:
            self._same(node, one, other, (INT,))
            return f"({left} {BITS[type(node.op)]} {right})", INT
        if type(node.op) in ROUNDED:
            self._same(node, one, other, (INT,))
            return f"{ROUNDED[type(node.op)]}({left}, {right})", INT
        raise self.refuse(node, "this operator is outside the subset")

    def _same(self, node: ast.AST, one: Type, other: Type, allowed: tuple[Type, ...]) -> Type:
        if one != other or one not in allowed:
            both = f"{_called(one)} and {_called(other)}"
            raise self.refuse(node, f"{ast.unparse(node)}: {both}; write float(...) or int(...) where one is meant")
        return one

    def _unary(self, node: ast.UnaryOp) -> Text:
        if isinstance(node.op, ast.Not):
            return f"(!{self.of_type(node.operand, BOOL, 'a condition')})", BOOL
        text, kind = self.expression(node.operand)
        if isinstance(node.op, ast.USub) and kind in (INT, FLOAT):
            return f"(-{text})", kind
        raise self.refuse(node, "this operator is outside the subset")

    def _comparison(self, node: ast.Compare) -> Text:
        operands = [node.left, *node.comparators]
        texts = [self.expression(operand) for operand in operands]
        parts = []
        for operator, (left, one), (right, other) in zip(node.ops, texts, texts[1:], strict=False):
            if type(operator) not in COMPARED:
                raise self.refuse(node, "this comparison is outside the subset")
            self._same(node, one, other, (INT, FLOAT, BOOL))
            parts.append(f"({left} {COMPARED[type(operator)]} {right})")
        return (parts[0] if len(parts) == 1 else f"({' && '.join(parts)})"), BOOL

    def _joined(self, node: ast.BoolOp) -> Text:
        sign = " && " if isinstance(node.op, ast.And) else " || "
        return f"({sign.join(self.of_type(part, BOOL, 'a condition') for part in node.values)})", BOOL

    def _choice(self, node: ast.IfExp) -> Text:
        condition = self.of_type(node.test, BOOL, "a condition")
        (then, one), (otherwise, other) = self.expression(node.body), self.expression(node.orelse)
        kind = self._same(node, one, other, (INT, FLOAT, BOOL))
        return f"({condition} ? {then} : {otherwise})", kind

    # ---- calls ----------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Text:
        called = self.constant(node.func)
        if called in (int, float, math.floor, math.sqrt, abs) and len(node.args) == 1 and not node.keywords:
            return self._conversion(node, called, node.args[0])
        if isinstance(called, type) and issubclass(called, tuple) and hasattr(called, "_fields"):
            record = type_of(called)
            assert isinstance(record, Record)
            return f"(({record.c}){{{', '.join(self._given(node, record.name, dict(record.fields)))}}})", record
        if not isinstance(called, FunctionType):
            raise self.refuse(node, f"{ast.unparse(node.func)} cannot be called in translated code")
        name, arguments, returned = self.source.function(called, self.refuse(node, f"calls {ast.unparse(node.func)}"))
        return f"{name}({', '.join(self._given(node, name, arguments))})", returned

    def _given(self, node: ast.Call, name: str, arguments: dict[str, Type]) -> list[str]:
        """The arguments of a call in the order in which they are taken."""
        values = dict(zip(arguments, node.args, strict=False))
        if len(node.args) > len(arguments) or any(keyword.arg is None for keyword in node.keywords):
            raise self.refuse(node, f"{ast.unparse(node.func)} takes {', '.join(arguments)}")
        for keyword in node.keywords:
            if keyword.arg in values:
                raise self.refuse(node, f"{keyword.arg} is given twice")
            values[str(keyword.arg)] = keyword.value
        if set(values) != set(arguments):
            raise self.refuse(node, f"{ast.unparse(node.func)} takes {', '.join(arguments)}")
        return [self.of_type(values[one], kind, f"{one} of {name}") for one, kind in arguments.items()]

    def _conversion(self, node: ast.Call, called: Any, operand: ast.expr) -> Text:
        """`int`, `float`, `abs`, `math.sqrt`, and `math.floor`, which gives a whole number as in Python."""
        if called is float and isinstance(operand, ast.Call) and self.constant(operand.func) is math.floor:
            return f"floor({self.of_type(operand.args[0], FLOAT, 'what is rounded')})", FLOAT
        text, kind = self.expression(operand)
        if called is float and kind in (INT, FLOAT, BOOL):
            return f"((double){text})", FLOAT
        if called is int and kind in (INT, FLOAT, BOOL):
            return f"((int64_t){text})", INT
        if kind != FLOAT:
            raise self.refuse(node, f"{ast.unparse(node)} needs a float")
        if called is math.floor:
            return f"((int64_t)floor({text}))", INT
        return f"{'sqrt' if called is math.sqrt else 'fabs'}({text})", FLOAT


def number_text(value: Any) -> Text:
    """A number as C writes it, to the last bit."""
    if isinstance(value, bool | np.bool_):
        return ("true" if value else "false"), BOOL
    if isinstance(value, int | np.integer):
        return (str(int(value)) if abs(int(value)) < 2**31 else f"INT64_C({int(value)})"), INT
    value = float(value)
    if math.isnan(value):
        return "NAN", FLOAT
    text = repr(abs(value)) if math.isfinite(value) else "INFINITY"
    return (f"(-{text})" if math.copysign(1.0, value) < 0.0 else text), FLOAT


def length_text(text: str, kind: Array, place: int) -> str:
    length = kind.lengths[place]
    return f"{text}.length_{place}" if length is None else str(length)


def step_text(text: str, kind: Array, place: int) -> str:
    """How many elements apart two neighbours in a dimension are."""
    after = kind.lengths[place + 1 :]
    if not after:
        return "1"
    if None in after:
        return f"{text}.step_{place}"
    return str(math.prod(length for length in after if length is not None))


def c_name(name: str) -> str:
    return f"{name}_" if name in RESERVED else name


def _fits(kind: Type, wanted: Type) -> bool:
    """Whether an array may be passed where one of less known lengths is wanted."""
    if not isinstance(kind, Array) or not isinstance(wanted, Array) or kind.element != wanted.element:
        return False
    pairs = zip(kind.lengths, wanted.lengths, strict=False)
    return len(kind.lengths) == len(wanted.lengths) and all(b is None or a == b for a, b in pairs)


def _called(kind: Type) -> str:
    return kind.name if isinstance(kind, Number | Record) else f"{type(kind).__name__.lower()} {kind.c}"
