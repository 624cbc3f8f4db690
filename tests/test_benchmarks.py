"""Benchmarks are run by hand; what they take from the program is there."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).resolve().parents[1] / "benchmarks").glob("*.py"))


def programs(text: str) -> Iterator[ast.Module]:
    """A program and those that it holds as texts, for processes of their own."""
    tree = ast.parse(text)
    yield tree
    for node in ast.walk(tree):
        inner = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if re.search(r"\b(?:from|import) sim\b", inner):
            try:
                yield ast.parse(inner)
            except SyntaxError:
                continue  # words, not a program


def taken(text: str) -> Iterator[tuple[str, str]]:
    """Module and name of everything that is imported from the program."""
    for node in (node for program in programs(text) for node in ast.walk(program)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sim":
            yield from ((node.module or "", alias.name) for alias in node.names)
        if isinstance(node, ast.Import):
            yield from ((alias.name, "__name__") for alias in node.names if alias.name.split(".")[0] == "sim")


@pytest.mark.parametrize("file", BENCHMARKS, ids=lambda file: file.stem)
def test_what_a_benchmark_takes_from_the_program_is_there(file: Path) -> None:
    for module, name in taken(file.read_text(encoding="utf-8")):
        assert hasattr(import_module(module), name) or import_module(f"{module}.{name}"), f"{module}.{name}"


def test_programs_that_a_benchmark_starts_are_looked_at_too() -> None:
    assert ("sim", "run") in taken('CODE = "from sim import run\\nrun()"')
    assert ("sim.cli.main", "__name__") in taken('CODE = "import sim.cli.main"')
