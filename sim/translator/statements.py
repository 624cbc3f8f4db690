"""Statements in C: a function's body, line by line, with every variable declared at its head."""

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sim.translator.expressions import PLAIN, Expressions, c_name, length_text, number_text
from sim.translator.scope import is_number
from sim.translator.types import BOOL, INT, Array, Number, Tuple, Type

if TYPE_CHECKING:
    from sim.translator.source import Source

INDENT = "    "


class Statements(Expressions):
    """Turns the body of one function into C; `lines` were written so far."""

    def __init__(self, function: Callable[..., Any], source: "Source") -> None:
        super().__init__(function, source)
        self.lines: list[str] = []
        self.depth = 1
        self.spares = 0
        self.stored: set[str] = set()
        self.counting: set[str] = set()

    def body(self) -> list[str]:
        """The lines between the braces. Raises Untranslatable for anything outside the subset."""
        statements = self.tree.body
        if isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, ast.Constant):
            statements = statements[1:]
        self.block(statements)
        if not self.is_procedure and not _returns(self.tree.body):
            raise self.refuse(self.tree, "some paths return nothing")
        declared = [
            f"{INDENT}{kind.c} {c_name(name)};"
            for name, kind in self.variables.items()
            if name in self.stored and name not in self.arguments
        ]
        return declared + self.lines

    def block(self, statements: Sequence[ast.stmt]) -> None:
        kinds: dict[type[ast.stmt], Callable[[Any], None]] = {
            ast.Expr: self._alone,
            ast.Return: self._return,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._changed,
            ast.If: self._if,
            ast.For: self._for,
            ast.While: self._while,
            ast.Continue: lambda _: self.write("continue;"),
            ast.Break: lambda _: self.write("break;"),
            ast.Pass: lambda _: None,
        }
        for statement in statements:
            if type(statement) not in kinds:
                message = f"a statement of this kind is outside the subset: {ast.unparse(statement)}"
                raise self.refuse(statement, message)
            kinds[type(statement)](statement)

    def write(self, line: str) -> None:
        self.lines.append(f"{INDENT * self.depth}{line}")

    def spare(self, kind: Type) -> str:
        """Name of a variable of ours, declared where it is written."""
        self.spares += 1
        return f"{kind.c} spare_{self.spares}"

    # ---- values ---------------------------------------------------------------------------------------------------

    def _alone(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Call):
            raise self.refuse(node, "an expression alone does nothing")
        self.write(f"{self.expression(node.value)[0]};")

    def _return(self, node: ast.Return) -> None:
        if node.value is None:
            if not self.is_procedure:
                raise self.refuse(node, "returns nothing")
            self.write("return;")
        elif isinstance(self.returns, Tuple):
            if not isinstance(node.value, ast.Tuple) or len(node.value.elts) != len(self.returns.parts):
                raise self.refuse(node, f"returns {len(self.returns.parts)} numbers at once")
            pairs = zip(node.value.elts, self.returns.parts, strict=True)
            parts = [self.of_type(each, kind, "a result") for each, kind in pairs]
            self.write(f"return ({self.returns.c}){{{', '.join(parts)}}};")
        else:
            self.write(f"return {self.of_type(node.value, self.returns, 'the result')};")

    def _assign(self, node: ast.Assign) -> None:
        if len(node.targets) != 1:
            raise self.refuse(node, "one target at a time")
        target = node.targets[0]
        if isinstance(target, ast.Tuple):
            self._unpack(node, target)
        elif isinstance(target, ast.Name):
            text, kind = self.expression(node.value)
            self._set(node, target.id, text, kind)
        elif isinstance(target, ast.Subscript) and any(isinstance(index, ast.Slice) for index in _indices(target)):
            self._fill(node, target)
        elif isinstance(target, ast.Subscript):
            place, kind = self._target(target)
            self.write(f"{place} = {self.of_type(node.value, kind, 'what is stored')};")
        else:
            raise self.refuse(node, f"{ast.unparse(target)} cannot be set")

    def _annotated(self, node: ast.AnnAssign) -> None:
        raise self.refuse(node, "variables carry no annotations")

    def _target(self, node: ast.Subscript) -> tuple[str, Number]:
        if not self.is_local(node):
            raise self.refuse(node, "constants cannot be changed")
        text, kind = self.expression(node)
        if not isinstance(kind, Number):
            raise self.refuse(node, "whole rows cannot be set; write a loop over their elements")
        return text, kind

    def _fill(self, node: ast.Assign, target: ast.Subscript) -> None:
        """Rows of a table set to one number: `table[row, :] = x`, `table[first:after, :] = x`, `table[:, :] = x`."""
        text, kind = self.expression(target.value)
        rows, *rest = _indices(target)
        if (
            not self.is_local(target)
            or not isinstance(kind, Array)
            or len(kind.lengths) != 2
            or kind.lengths[1] is None
        ):
            raise self.refuse(node, "only tables whose rows have a known length can be filled")
        if len(rest) != 1 or ast.unparse(rest[0]) != ":" or getattr(rows, "step", None) is not None:
            raise self.refuse(node, "whole rows are filled: table[first:after, :] = number")
        value = self.of_type(node.value, kind.element, "what is stored")
        if isinstance(rows, ast.Slice):
            first = "0" if rows.lower is None else self.of_type(rows.lower, INT, "a row")
            after = length_text(text, kind, 0) if rows.upper is None else self.of_type(rows.upper, INT, "a row")
        else:
            first = self.of_type(rows, INT, "a row")
            after = f"{first} + 1"
        self.spares += 1
        n, width = f"spare_{self.spares}", kind.lengths[1]
        self.write(
            f"for (int64_t {n} = ({first}) * {width}; {n} < ({after}) * {width}; {n}++) {text}.at[{n}] = {value};"
        )

    def _set(self, node: ast.AST, name: str, text: str, kind: Type) -> None:
        """Give a variable a value; its type is that of its first one."""
        if name in self.arguments and not isinstance(kind, Number):
            raise self.refuse(node, f"the argument {name} cannot be set anew")
        known = self.variables.setdefault(name, kind)
        if known != kind:
            was, here = (getattr(one, "name", one.c) for one in (known, kind))
            raise self.refuse(node, f"{name} is {was} elsewhere, here {here}")
        if isinstance(kind, Tuple) or name in self.counting:
            raise self.refuse(node, f"{name} cannot be set to this")
        self.assigned.add(name)
        self.stored.add(name)
        self.write(f"{c_name(name)} = {text};")

    def _unpack(self, node: ast.Assign, target: ast.Tuple) -> None:
        names = [one.id for one in target.elts if isinstance(one, ast.Name)]
        if len(names) != len(target.elts):
            raise self.refuse(node, "only names can be set at once")
        values = self._several(node, len(names))
        for name, (text, kind) in zip(names, values, strict=True):
            if name != "_":
                self._set(node, name, text, kind)

    def _several(self, node: ast.Assign, count: int) -> list[tuple[str, Type]]:
        """So many values, each worked out before any is given away."""
        if isinstance(node.value, ast.Tuple):
            values = [self.expression(part) for part in node.value.elts]
            if len(values) == count:
                return [(self._kept(text, kind), kind) for text, kind in values]
        text, kind = self.expression(node.value)
        if isinstance(kind, Tuple) and len(kind.parts) == count:
            kept = self._kept(text, kind)
            return [(f"{kept}.part_{place}", part) for place, part in enumerate(kind.parts)]
        if isinstance(kind, Array) and len(kind.lengths) == 1 and kind.lengths[0] == count:
            kept = self._kept(text, kind)
            return [(f"{kept}.at[{place}]", kind.element) for place in range(count)]
        value = ast.unparse(node.value)
        raise self.refuse(node, f"{value} does not hold {count} values, as far as is known before it runs")

    def _kept(self, text: str, kind: Type) -> str:
        spare = self.spare(kind)
        self.write(f"const {spare} = {text};")
        return spare.split()[-1]

    def _changed(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            value = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
            text, kind = self.expression(ast.fix_missing_locations(ast.copy_location(value, node)))
            self._set(node, node.target.id, text, kind)
            return
        if not isinstance(node.target, ast.Subscript) or not isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
            raise self.refuse(node, f"{ast.unparse(node)} is outside the subset")
        place, kind = self._target(node.target)
        if kind == BOOL:
            raise self.refuse(node, "truth values cannot be added")
        self.write(f"{place} {PLAIN[type(node.op)]}= {self.of_type(node.value, kind, 'what is added')};")

    # ---- branches and loops -----------------------------------------------------------------------------------------

    def _if(self, node: ast.If) -> None:
        condition = self.of_type(node.test, BOOL, "a condition")
        before = set(self.assigned)
        self.write(f"if ({condition}) {{")
        after = self._inner(node.body)
        self.assigned, other = set(before), before
        if node.orelse:
            self.write("} else {")
            other = self._inner(node.orelse)
        self.write("}")
        self.assigned = other if _leaves(node.body) else after if _leaves(node.orelse) else after & other

    def _inner(self, statements: Sequence[ast.stmt]) -> set[str]:
        """Write a block; returns what holds a value at its end."""
        self.depth += 1
        self.block(statements)
        self.depth -= 1
        return set(self.assigned)

    def _while(self, node: ast.While) -> None:
        if node.orelse:
            raise self.refuse(node, "a loop has no else")
        before = set(self.assigned)
        self.write(f"while ({self.of_type(node.test, BOOL, 'a condition')}) {{")
        self._inner(node.body)
        self.write("}")
        self.assigned = before

    def _for(self, node: ast.For) -> None:
        if node.orelse:
            raise self.refuse(node, "a loop has no else")
        table = self.constant(node.iter)
        if isinstance(node.iter, ast.Tuple) or isinstance(table, tuple):
            self._unrolled(node, node.iter.elts if isinstance(node.iter, ast.Tuple) else table)
            return
        if not isinstance(node.iter, ast.Call) or self.constant(node.iter.func) is not range or node.iter.keywords:
            raise self.refuse(node, "loops go over range(...), or over a constant tuple")
        if not isinstance(node.target, ast.Name) or not 1 <= len(node.iter.args) <= 2:
            raise self.refuse(node, "loops count upwards by one")
        ends = [self.of_type(end, INT, "the end of a range") for end in node.iter.args]
        first, last = ends if len(ends) == 2 else ("0", ends[0])
        before = set(self.assigned)
        self._count(node, node.target.id, first, last)
        self.assigned = before

    def _count(self, node: ast.For, name: str, first: str, last: str) -> None:
        """A counted loop, whose end is worked out once; one over lanes carries nothing from lane to lane, which the compiler is told."""
        if name in self.assigned or self.variables.setdefault(name, INT) != INT:
            raise self.refuse(node, f"{name} already holds something else")
        self.counting.add(name)
        self.assigned.add(name)
        counter, end = c_name(name), last
        first = f"int64_t {counter} = {first}"
        if not last.isdecimal():
            self.spares += 1
            end = f"end_{self.spares}"
            first += f", {end} = {last}"
        assert isinstance(node.iter, ast.Call)
        if ast.unparse(node.iter.args[-1]) in self.source.lanes:
            self.write("OVER_LANES")
        self.write(f"for ({first}; {counter} < {end}; {counter}++) {{")
        self._inner(node.body)
        self.write("}")
        self.counting.discard(name)

    def _unrolled(self, node: ast.For, entries: Sequence[Any]) -> None:
        """A loop over a tuple that is written out or constant, once for each of its entries."""
        inner = (each for statement in node.body for each in ast.walk(statement))
        if any(isinstance(each, ast.Break | ast.Continue) for each in inner):
            raise self.refuse(node, "a loop over a tuple runs to its end")
        names = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
        for entry in entries:
            values = entry if isinstance(node.target, ast.Tuple) else (entry,)
            is_fitting = not isinstance(values, ast.AST) and len(names) == len(values)
            if not is_fitting or not all(isinstance(one, ast.Name) for one in names):
                raise self.refuse(node, "an entry of the tuple has another length")
            for name, value in zip(names, values, strict=True):
                if not isinstance(value, ast.expr) and not is_number(value):
                    raise self.refuse(node, "a constant tuple holds numbers")
                text = self.expression(value) if isinstance(value, ast.expr) else number_text(value)
                self._set(node, name.id, *text)  # type: ignore[attr-defined]
            self.block(node.body)


def _indices(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _returns(statements: Sequence[ast.stmt]) -> bool:
    """Whether a block cannot be left at its end."""
    last = statements[-1] if statements else None
    if isinstance(last, ast.If):
        return _returns(last.body) and _returns(last.orelse)
    return isinstance(last, ast.Return)


def _leaves(statements: Sequence[ast.stmt]) -> bool:
    """Whether what follows a block is never reached from its end."""
    last = statements[-1] if statements else None
    if isinstance(last, ast.If):
        return _leaves(last.body) and _leaves(last.orelse)
    return isinstance(last, ast.Return | ast.Continue | ast.Break)
