"""Run the notebooks of this folder and write what their cells give: `python docs/notebook.py`. A test runs them, too, and compares."""

import ast
import contextlib
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

FILES = tuple(Path(__file__).with_name(f"{name}.ipynb") for name in ("researchers", "published"))


def run_again(content: dict[str, Any]) -> dict[str, Any]:
    """The notebook after its code was run from top to bottom in an empty folder."""
    names: dict[str, Any] = {"__name__": "notebook"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        cells = [outcome(cell, names) if cell["cell_type"] == "code" else cell for cell in content["cells"]]
    return {**content, "cells": cells}


def outcome(cell: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """A cell of code with what it prints, and the text of its last line's value."""
    tree = ast.parse("".join(cell["source"]))
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(tree, "cell", "exec"), names)
        value = None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        if value is not None:
            print(value)
    lines = said.getvalue().splitlines(keepends=True)
    return {**cell, "outputs": [{"name": "stdout", "output_type": "stream", "text": lines}] if lines else []}


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "100")
    for file in FILES:
        made = run_again(json.loads(file.read_text(encoding="utf-8")))
        file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
