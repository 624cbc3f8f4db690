"""The C that is written from Python computes what Python computes, construct by construct, or the translator refuses."""

import ctypes
import importlib.util
import inspect
import math
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from sim.translator.scope import Untranslatable
from sim.translator.source import c_source
from tests.translator import constructs

COMPILER = shutil.which("cc") or shutil.which("clang") or shutil.which("gcc")
FLAGS = ("-O2", "-shared", "-fPIC", "-fwrapv", "-ffp-contract=off", "-fno-math-errno", "-DCHECKED", "-w")
HEAD = '''
"""Functions for a test."""
import math
from typing import Annotated, NamedTuple
import numpy as np
from numpy.typing import NDArray
from sim.translator.types import Shape

LANES = 4
LIMIT = 7
TABLE = np.array([[3, 1, 2], [5, 0, 4]])
WEIGHTS = np.array([0.5, -2.0, 1e-3])
PAIRS = ((0, 1.5), (1, -0.25))
Block = Annotated[NDArray[np.float64], Shape((None, LANES))]
Lane = Annotated[NDArray[np.float64], Shape((LANES,))]
Numbers = Annotated[NDArray[np.float64], Shape((None,))]
Places = Annotated[NDArray[np.int64], Shape((None,))]

class Box(NamedTuple):
    held: Block
    count: Places
'''
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler here")


@pytest.fixture
def module_of(tmp_path: Path) -> Iterator[Callable[[str], ModuleType]]:
    """Loads a text as a module that has a file, as the translator needs."""
    made: list[str] = []

    def load(text: str) -> ModuleType:
        name = f"translated_{len(made)}"
        file = tmp_path / f"{name}.py"
        file.write_text(HEAD + text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        made.append(name)
        spec.loader.exec_module(module)
        return module

    yield load
    for name in made:
        del sys.modules[name]


def library(text: str, folder: Path) -> ctypes.CDLL:
    """The C of a file, compiled and loaded."""
    assert COMPILER is not None
    source, target = folder / "made.c", folder / "made.so"
    source.write_text(text, encoding="utf-8")
    subprocess.run([COMPILER, *FLAGS, "-o", str(target), str(source)], check=True, capture_output=True)
    return ctypes.CDLL(str(target))


def numbers_of(functions: Mapping[str, Callable[..., Any]], folder: Path) -> Callable[..., float]:
    """Calls a translated function of numbers by its name."""
    made = library(c_source({}, functions, {}), folder)

    def call(name: str, *values: float) -> float:
        given, out = np.array(values, dtype=np.float64), np.empty(1)
        getattr(made, name)(
            ctypes.c_int64(1), given.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p)
        )
        return float(out[0])

    return call


CONSTRUCTS = {
    name: function
    for name, function in vars(constructs).items()
    if inspect.isfunction(function) and function.__annotations__["return"] is float
}


@needs_compiler
def test_every_construct_computes_what_python_computes(tmp_path: Path) -> None:
    call = numbers_of(CONSTRUCTS, tmp_path)
    source = random.Random(1)
    for name, function in CONSTRUCTS.items():
        for _ in range(200):
            values = [
                source.choice((source.uniform(-9.0, 9.0), float(source.randint(-9, 9))))
                for _ in range(function.__code__.co_argcount)
            ]
            assert call(name, *values) == float(function(*values)), (name, values)


ARRAYS = """
def fill(block: Block, row: int, by: Lane) -> None:
    for k in range(LANES):
        block[row, k] += by[k] * 2.0

def shift(given: Box, out: Block, start: int) -> int:
    moved = 0
    box = Box(given.held, count=given.count)
    box.held[1, :] = 0.5
    box.held[1:2, :] = 0.25
    for n in range(box.count.shape[0]):
        place = box.count[n]
        fill(box.held, place, box.held[start])
        for k in range(LANES):
            out[n, k] = box.held[place, k] - float(place)
        moved += place
    return moved
"""


@needs_compiler
def test_arrays_rows_and_records_are_those_of_numpy(module_of: Any, tmp_path: Path) -> None:
    module = module_of(ARRAYS)
    made = library(c_source({"run": module.shift}, {}, {}, ("LANES",)), tmp_path)
    held = np.arange(12.0).reshape(3, 4) / 7.0
    count, out = np.array([2, 0], dtype=np.int64), np.zeros((2, 4))
    expected_held, expected_out = held.copy(), out.copy()
    expected = module.shift(module.Box(expected_held, count), expected_out, 1)
    made.run.restype = ctypes.c_int64
    moved = made.run(
        ctypes.c_void_p(held.ctypes.data), ctypes.c_int64(3), ctypes.c_void_p(count.ctypes.data), ctypes.c_int64(2),
        ctypes.c_void_p(out.ctypes.data), ctypes.c_int64(2), ctypes.c_int64(1),
    )  # fmt: skip
    assert moved == expected == 2
    assert (held == expected_held).all()
    assert (out == expected_out).all() and out.all()


REFUSED = {
    "def f(x: float) -> float:\n    return x ** 2.0\n": "operator is outside the subset",
    "def f(x: float) -> float:\n    return 1 / LIMIT\n": "int and int; write float(...)",
    "def f(x: float) -> float:\n    return x if x > 1 else x\n": "float and int; write float(...)",
    "def f(x: float) -> float:\n    y = 1\n    y = x\n    return y\n": "y is int elsewhere, here float",
    "def f(x: float) -> float:\n    if x > 0.0:\n        y = 1.0\n    return y\n": "y may have no value here",
    "def f(x: float) -> float:\n    for i in range(3):\n        y = x\n    return y\n": "y may have no value here",
    "def f(x: float) -> float:\n    if x:\n        return x\n    return x\n": "a condition is float and must be bool",
    "def f(x: float) -> float:\n    if x > 0.0:\n        return x\n": "some paths return nothing",
    "def f(x: float) -> float:\n    return max(x, 1.0)\n": "max cannot be called",
    "def f(x: float) -> float:\n    return math.exp(x)\n": "math.exp cannot be called",
    "def f(x: float) -> float:\n    return [x][0]\n": "is outside the subset",
    "def f(x: float) -> float:\n    return sum(y for y in (x, x))\n": "cannot be called",
    "def f(x: float) -> float:\n    with open('a') as b:\n        pass\n    return x\n": "outside the subset",
    "def f(x: float) -> float:\n    assert x\n    return x\n": "outside the subset",
    "def f(x: float) -> float:\n    x\n    return x\n": "does nothing",
    "def f(x: float) -> float:\n    try:\n        return x\n    except ValueError:\n        return x\n": "outside the subset",
    "def f(x: float, y: float = 1.0) -> float:\n    return x + y\n": "no defaults",
    "def f(x: float, *y: float) -> float:\n    return x\n": "no defaults",
    "def f(x) -> float:\n    return x\n": "no annotation of x",
    "def f(x: str) -> float:\n    return 1.0\n": "no type of translated code",
    "def f(x: float) -> float:\n    return f(x) if x > 0.0 else x\n": "calls f",
    "def f(x: float) -> float:\n    return float(TABLE[0])\n": "float",
    "def f(x: float) -> float:\n    TABLE[0, 0] = 1\n    return x\n": "constants cannot be changed",
    "def g(a: Block) -> None:\n    a[0] = a[1]\n\ndef f(x: float) -> float:\n    return x\n": "whole rows cannot be set",
    "def g(a: Block) -> None:\n    a[0, 1:] = 1.0\n\ndef f(x: float) -> float:\n    return x\n": "whole rows are filled",
    "def f(x: float) -> float:\n    for i in range(0, 6, 2):\n        x += 1.0\n    return x\n": "count upwards by one",
    "def f(x: float) -> float:\n    for i in range(3):\n        i = 1\n    return x\n": "cannot be set",
    "def f(x: float) -> float:\n    i = 1\n    for i in range(3):\n        x += 1.0\n    return x\n": "already holds something else",
    "def f(x: float) -> float:\n    return print(x)\n": "cannot be called",
    "def f(x: float) -> float:\n    return x + LIMITT\n": "nothing is called LIMITT here",
    "def f(x: float) -> float:\n    return x + math.pie\n": "there is no math.pie",
    "def f(x: float) -> float:\n    return x + (1 << 63)\n": "64 bits",
    "def g(a: Block) -> None:\n    a[0, -1] = 1.0\n\ndef f(x: float) -> float:\n    return x\n": "the index -1 is outside",
    "def f(x: float) -> float:\n    return x + TABLE[-1, 0]\n": "the index -1 is outside",
    "def f(x: float) -> float:\n    return x + TABLE[99, 0]\n": "the index 99 is outside",
    "def f(x: float) -> float:\n    y: float = x\n    return y\n": "carry no annotations",
    "def f(x: float) -> float:\n    return x @ x\n": "operator is outside the subset",
    "def f(x: float) -> float:\n    return x if x in (1.0, 2.0) else x\n": "outside the subset",
    "def f(x: float) -> float:\n    global LIMIT\n    return x\n": "outside the subset",
    "def f(x: float) -> float:\n    return (lambda y: y)(x)\n": "cannot be called",
    "def g(a: float) -> float:\n    return a\n\ndef f(x: float) -> float:\n    return g(x, a=x)\n": "given twice",
    "def g(a: float) -> float:\n    return a\n\ndef f(x: float) -> float:\n    return g()\n": "takes a",
    "def g(a: float) -> float:\n    return a\n\ndef f(x: float) -> float:\n    return g(1)\n": "a of",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_lies_outside_the_subset_is_refused_with_file_and_line(text: str, module_of: Any) -> None:
    module = module_of(text)
    exported = {"g": module.g} if "def g(a: Block)" in text else {}
    with pytest.raises(Untranslatable) as caught:
        c_source(exported, {} if exported else {"f": module.f}, {})
    message = str(caught.value)
    assert REFUSED[text] in message
    file, line, _ = message.split(":", 2)
    assert file == module.__file__
    assert int(line) > HEAD.count("\n")


@pytest.mark.parametrize("later", ["x * 2.0", "x *"])
def test_a_function_whose_file_was_changed_after_it_was_loaded_is_refused(later: str, module_of: Any) -> None:
    module = module_of("def f(x: float) -> float:\n    return x * 3.0\n")
    file = Path(module.__file__)
    file.write_text(file.read_text().replace("x * 3.0", later))
    with pytest.raises(Untranslatable, match="start the program anew"):
        c_source({}, {"f": module.f}, {})


def test_a_docstring_cannot_end_the_comment_that_it_stands_in(module_of: Any) -> None:
    module = module_of('def f(x: float) -> float:\n    """Arms */ GDP."""\n    return x\n')
    before, _, after = c_source({}, {"f": module.f}, {}).partition("Arms * / GDP. */")
    assert before and after


def random_function(source: random.Random, name: str) -> str:
    """A small function of three numbers, made of everything that expressions and statements may be."""

    def number(depth: int) -> str:
        if depth == 0:
            return source.choice(["a", "b", "c", "t", f"{source.uniform(-3, 3):.3f}"])
        kind = source.randrange(6)
        if kind < 3:
            return f"({number(depth - 1)} {source.choice('+-*')} {number(depth - 1)})"
        if kind == 3:
            return f"({number(depth - 1)} if {condition(depth - 1)} else {number(depth - 1)})"
        if kind == 4:
            return f"({number(depth - 1)} / (abs({number(depth - 1)}) + 1.0))"
        return f"float(int({number(depth - 1)} * 0.01) {source.choice(['+', '-', '*', '//', '%'])} {source.choice([2, 3, 7])})"

    def condition(depth: int) -> str:
        one = f"{number(depth)} {source.choice(['<', '<=', '>', '>=', '==', '!='])} {number(depth)}"
        return source.choice([one, f"not {one}", f"({one} {source.choice(['and', 'or'])} {number(0)} < {number(0)})"])

    def block(indent: str, depth: int) -> list[str]:
        lines = []
        for _ in range(source.randint(1, 3)):
            kind = source.randrange(5) if depth else 0
            if kind < 2:
                lines.append(f"{indent}t {source.choice(['=', '+=', '-='])} {number(2)}")
            elif kind == 2:
                lines += [f"{indent}if {condition(1)}:", *block(indent + "    ", depth - 1)]
                lines += [f"{indent}else:", *block(indent + "    ", depth - 1)] if source.random() < 0.5 else []
            elif kind == 3:
                lines += [f"{indent}for i{depth} in range({source.randint(1, 4)}):", *block(indent + "    ", depth - 1)]
            else:
                lines.append(f"{indent}t = t * 0.5 + float(n)")
        return lines

    head = [f"def {name}(a: float, b: float, c: float) -> float:", "    t = 0.25", f"    n = {source.randint(-5, 5)}"]
    return "\n".join([*head, *block("    ", 2), "    return t", ""])


@needs_compiler
def test_random_functions_give_the_same_bits_both_ways(module_of: Any, tmp_path: Path) -> None:
    source = random.Random(20251008)
    names = [f"f{number}" for number in range(120)]
    module = module_of("\n".join(random_function(source, name) for name in names))
    call = numbers_of({name: getattr(module, name) for name in names}, tmp_path)
    compared = 0
    for name in names:
        for _ in range(20):
            values = [source.uniform(-4.0, 4.0) for _ in range(3)]
            expected = getattr(module, name)(*values)
            if math.isfinite(expected) and abs(expected) < 1e12:  # whole numbers beyond 64 bits are none in C
                assert call(name, *values) == expected, (name, values)
                compared += 1
    assert compared > 2000


@needs_compiler
def test_checked_code_stops_at_an_index_outside(module_of: Any, tmp_path: Path) -> None:
    module = module_of("def read(numbers: Numbers, place: int) -> float:\n    return numbers[place]\n")
    text = c_source({"read_one": module.read}, {}, {})
    library(text, tmp_path)
    code = (
        "import ctypes, sys\n"
        f"f = ctypes.CDLL({str(tmp_path / 'made.so')!r}).read_one\n"
        "f.restype = ctypes.c_double\n"
        "held = (ctypes.c_double * 3)(1.0, 2.0, 3.0)\n"
        "print(f(held, ctypes.c_int64(3), ctypes.c_int64(int(sys.argv[1]))))\n"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code, place], capture_output=True, text=True, check=False)
        for place in ("2", "3", "-1")
    ]
    assert runs[0].stdout == "3.0\n"
    assert [run.returncode < 0 for run in runs] == [False, True, True]
