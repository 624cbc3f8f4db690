"""What names mean inside one function: its arguments and variables, and the constants of the module around it."""

import ast
import builtins
import inspect
import linecache
import textwrap
import types
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from sim.translator.types import Nothing, Type, signature_of

ABSENT = object()
FOLDED: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.LShift: lambda a, b: a << b,
    ast.RShift: lambda a, b: a >> b,
    ast.BitAnd: lambda a, b: a & b,
    ast.BitOr: lambda a, b: a | b,
    ast.BitXor: lambda a, b: a ^ b,
}


class Untranslatable(Exception):  # noqa: N818 - it says what is so
    """A construct outside the subset; the message begins with file and line."""


def refusal(function: Callable[..., Any], node: ast.AST | None, message: str) -> Untranslatable:
    """The refusal of a piece of a function's source; its lines are counted as in the file."""
    code = getattr(function, "__code__", None)
    file = inspect.getsourcefile(function) if code is not None else "?"
    line = getattr(node, "lineno", 1) + (code.co_firstlineno - 1 if code is not None else 0)
    name = getattr(function, "__qualname__", repr(function))
    return Untranslatable(f"{file}:{line}: {name}: {message}")


class Scope:
    """A function, its syntax tree, and the names in it.

    variables : type of every argument and variable met so far
    assigned  : those that hold a value wherever the walk now stands
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        if not _is_as_loaded(function):
            raise refusal(function, None, "its file was changed after it was loaded; start the program anew")
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        if not isinstance(tree, ast.FunctionDef) or tree.decorator_list:
            raise refusal(function, tree, "only functions without decorators can be translated")
        self.tree = tree
        try:
            arguments, self.returns = signature_of(function)
        except (TypeError, NameError) as error:
            raise refusal(function, tree, str(error)) from None
        self.arguments = arguments
        self.variables: dict[str, Type] = dict(arguments)
        self.assigned = set(arguments)
        self.is_procedure = isinstance(self.returns, Nothing)

    def refuse(self, node: ast.AST | None, message: str) -> Untranslatable:
        return refusal(self.function, node, message)

    def is_local(self, node: ast.AST) -> bool:
        """Whether an expression is, or begins with, an argument or a variable."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.variables

    def constant(self, node: ast.AST) -> Any:
        """The value of an expression that does not change while the program runs; ABSENT for any other."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name) and node.id not in self.variables:
            around = self.function.__globals__
            return around.get(node.id, getattr(builtins, node.id, ABSENT))
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.constant(node.operand)
            return -value if is_number(value) else ABSENT
        if isinstance(node, ast.BinOp):
            left, right = self.constant(node.left), self.constant(node.right)
            if type(node.op) in FOLDED and is_whole(left) and is_whole(right):
                return FOLDED[type(node.op)](left, right)
        return ABSENT

    def _attribute(self, node: ast.Attribute) -> Any:
        owner = self.constant(node.value)
        if isinstance(owner, np.ndarray) and node.attr == "shape":
            return owner.shape
        if isinstance(owner, types.ModuleType) or hasattr(owner, "_fields"):
            return getattr(owner, node.attr, ABSENT)
        return ABSENT


def _is_as_loaded(function: Callable[..., Any]) -> bool:
    """Whether the code of a function that Python runs is that of its file as it stands now."""
    code = function.__code__
    linecache.checkcache(code.co_filename)
    return _without_text(code) in _codes("".join(linecache.getlines(code.co_filename)))


@cache
def _codes(text: str) -> frozenset[Any]:
    """What functions of a file compile to."""
    try:
        waiting = [compile(text, "", "exec", dont_inherit=True)]
    except SyntaxError:
        return frozenset()
    found = set()
    while waiting:
        code = waiting.pop()
        found.add(_without_text(code))
        waiting += [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return frozenset(found)


def _without_text(code: types.CodeType) -> tuple[Any, ...]:
    numbers = repr([one for one in code.co_consts if is_number(one)])
    return code.co_name, code.co_firstlineno, code.co_code, code.co_names, code.co_varnames, numbers


def is_number(value: Any) -> bool:
    return isinstance(value, bool | int | float | np.integer | np.floating | np.bool_)


def is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
