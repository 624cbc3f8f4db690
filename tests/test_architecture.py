"""The house keeps its shape: one equation in one place, two engines that only fetch and store, one source of chance."""

import ast
import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
SIM = ROOT / "sim"
RULE_FILES = sorted(file for file in (SIM / "rules").glob("*.py") if file.name != "__init__.py")
# What must not compute: the agents and the compiled phases, but for what lays their numbers out and compiles them.
LAID_OUT = {"__init__", "encoding", "jit", "layout", "recorder", "supplier_choice", "vectorized"}
AGENTS, COMPILED = (
    sorted(f"{engine}/{file.stem}" for file in (SIM / "engines" / engine).glob("*.py") if file.stem not in LAID_OUT)
    for engine in ("agents", "compiled")
)
ENGINES = (*AGENTS, *COMPILED)
UNITS = {
    "1", "code", "units", "quarters", "yr", "1/yr", "1/yr^0.5", "1/yr^2", "thousand", "1/thousand", "m USD2023", "m USD2023/yr",
    "m USD2023/yr^2",
}  # fmt: skip

# Whole numbers by name: places in a list, quarters, and what counts them. Arithmetic on them finds an address or a date.
WHOLE_NAMES = {"block", "buyer", "c", "channel", "first", "i", "kind", "p", "place", "quarter", "s", "wait"}
WHOLE_ATTRIBUTES = {"place", "quarter"}
WHOLE_CALLS = {"len", "waiting"}
# Sums that are no accumulation: both sides of the dyad feel one tension, and what a budget did not pay came from outside.
ALLOWED = {
    "serbia.threat + kosovo.threat",
    "serbia.threat_last + kosovo.threat_last",
    "values[ROW.threat + SRB, k] + values[ROW.threat + XKX, k]",
    "values[ROW.threat_last + SRB, k] + values[ROW.threat_last + XKX, k]",
    "1.0 - own",
}
COMPUTING = {"abs", "divmod", "fsum", "pow", "round", "sum"}
ARRAYS = {"empty", "full", "zeros", "bool_", "int64", "float64", "asarray", "resize", "isfinite", "argwhere"}

# Packages, or modules, that load a heavy library; all others are cheap to import.
HEAVY = {
    "matplotlib": {"plots"},
    "mesa": {"engines.agents"},
    "numba": {"calibration.export_likelihood", "cli.warmup", "engines.compiled"},
    "SALib": {"sweep.analysis.measures", "sweep.samplers"},
    "ema_workbench": {"sweep.analysis.scenario_discovery"},
    "pandas": {"analysis.results", "sweep.analysis.loading"},
    "pyarrow": {"analysis.output", "calibration.output", "ensembles", "sweep"},
    "scipy": {"analysis.intervals", "analysis.richardson", "calibration", "plots.fit_svg", "sweep.samplers"},
}
# Packages, or modules, that draw from the counter.
MAKES_CHANCE = {
    "analysis.drivers", "calibration.normal_scores", "engines", "ensembles.draws", "explain.deliveries",
    "explain.recorded_run", "model.random_numbers", "sweep.analysis.design_layout",
}  # fmt: skip
# The sampler that fits the ensemble has random numbers of its own; it is given a generator, which one function makes. The points
# of a sweep come from the samplers of scipy and SALib, which are given the design's seed.
SAMPLERS = {"calibration", "sweep.samplers"}
# A token that nobody may guess is no draw of the model.
KEEPS_SECRETS = {"classroom.access"}


def place(file: Path) -> str:
    """A module's name inside the package, with dots."""
    return ".".join(file.relative_to(SIM).with_suffix("").parts)


def is_in(file: Path, places: set[str]) -> bool:
    return any(f"{place(file)}.".startswith(f"{one}.") for one in places)


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def modules() -> list[Path]:
    return sorted(SIM.rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of everything a file imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# ---- imports ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: file.stem)
def test_rules_import_only_math_and_each_other(file: Path) -> None:
    assert all(name == "math" or name.startswith("sim.rules.") for name in imported(tree_of(file)))


@pytest.mark.parametrize("library", HEAVY)
def test_each_heavy_library_is_loaded_in_few_files(library: str) -> None:
    users = [file for file in modules() if any(name.split(".")[0] == library for name in imported(tree_of(file)))]
    assert [place(file) for file in users if not is_in(file, HEAVY[library])] == []


def contracts_hold(folder: Path) -> subprocess.CompletedProcess[str]:
    check = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", check],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_import_contracts_hold() -> None:
    found = contracts_hold(ROOT)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("rules/spending.py", "import numpy"),
        ("model/parameters.py", "from sim.scenario.loading import load_scenario"),
        ("engines/agents/model.py", "from sim.engines.compiled.engine import simulate"),
        ("newcomer.py", "import sim.model.parameters"),
    ],
)
def test_wrong_import_breaks_a_contract(tmp_path: Path, file: str, line: str) -> None:
    shutil.copytree(SIM, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "sim" / file).open("a", encoding="utf-8") as end:
        end.write(f"\n{line}\n")
    found = contracts_hold(tmp_path)
    assert found.returncode == 1
    assert "BROKEN" in found.stdout


# ---- chance ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", modules(), ids=lambda file: file.stem)
def test_only_the_counter_makes_random_numbers(file: Path) -> None:
    tree = tree_of(file)
    names = set(imported(tree))
    secret = {"secrets"} if is_in(file, KEEPS_SECRETS) else set()
    assert not {name.split(".")[0] for name in names} & {"random", "secrets", "uuid"} - secret
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not attributes & {"rng", "urandom", "shuffle", "shuffle_do", "random_seed"}
    assert "random" not in attributes or is_in(file, SAMPLERS)
    assert "default_rng" not in attributes or place(file) == "calibration.smc"
    if not is_in(file, MAKES_CHANCE):
        assert not {name for name in names if name.startswith("sim.model.random_numbers")}


# ---- rules -----------------------------------------------------------------------------------------------------------


def rules() -> list[tuple[str, str]]:
    return [
        (file.stem, node.name)
        for file in RULE_FILES
        for node in tree_of(file).body
        if isinstance(node, ast.FunctionDef)
    ]


def documented(docstring: str) -> dict[str, str]:
    """Arguments of a docstring and their units, in order; the result is called `returns`."""
    return dict(re.findall(r"^(\w+) +: \[([^]]+)\]", inspect.cleandoc(docstring), flags=re.MULTILINE))


@pytest.mark.parametrize(("module", "name"), rules())
def test_documented_arguments_are_the_signature_with_known_units(module: str, name: str) -> None:
    rule = getattr(importlib.import_module(f"sim.rules.{module}"), name)
    told = documented(rule.__doc__)
    assert list(told) == [*inspect.signature(rule).parameters, "returns"]
    assert set(told.values()) <= UNITS
    assert "\nSource: " in inspect.cleandoc(rule.__doc__)
    assert ">>> " in rule.__doc__


@pytest.mark.parametrize(("module", "name"), rules())
def test_rules_turn_plain_numbers_into_one_plain_number(module: str, name: str) -> None:
    rule = inspect.signature(getattr(importlib.import_module(f"sim.rules.{module}"), name))
    kinds = {argument.annotation for argument in rule.parameters.values()}
    assert kinds <= {float, int}
    assert rule.return_annotation in (float, bool)


def rule_calls(engine: str) -> Iterator[tuple[str, str, ast.Call]]:
    """Module and name of every rule that an engine's file calls, and the call."""
    tree = tree_of(SIM / "engines" / f"{engine}.py")
    modules_by_alias: dict[str, str] = {}
    rules_by_alias: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "sim.rules":
            modules_by_alias |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim.rules."):
            home = (node.module or "").removeprefix("sim.rules.")
            rules_by_alias |= {alias.asname or alias.name: (home, alias.name) for alias in node.names}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in rules_by_alias:
            yield (*rules_by_alias[called.id], node)
        elif (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and called.value.id in modules_by_alias
        ):
            yield modules_by_alias[called.value.id], called.attr, node


@pytest.mark.parametrize("engine", ENGINES)
def test_rules_are_called_by_keyword(engine: str) -> None:
    calls = list(rule_calls(engine))
    assert calls
    for module, name, call in calls:
        signature = inspect.signature(getattr(importlib.import_module(f"sim.rules.{module}"), name))
        where = f"sim/engines/{engine}.py line {call.lineno}: {name}"
        assert not call.args, where
        assert [keyword.arg for keyword in call.keywords] == list(signature.parameters), where


def with_rules_called_by(names: set[str]) -> set[str]:
    """Names of rules, and of all rules that these call in turn."""
    calls = {
        function.name: {
            node.func.id
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        for file in RULE_FILES
        for function in tree_of(file).body
        if isinstance(function, ast.FunctionDef)
    }
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        found |= waiting
        waiting = {called for name in waiting for called in calls[name] if called in calls} - found
    return found


def test_both_engines_rest_on_the_same_rules() -> None:
    by_agents = {name for engine in AGENTS for _, name, _ in rule_calls(engine)}
    compiled = {name for engine in COMPILED for _, name, _ in rule_calls(engine)}
    assert with_rules_called_by(by_agents) == with_rules_called_by(compiled)


def test_every_rule_of_the_model_is_used() -> None:
    called = {name for engine in ENGINES for _, name, _ in rule_calls(engine)}
    assert {name for module, name in rules() if module != "richardson"} == with_rules_called_by(called)


# ---- engines compute nothing -----------------------------------------------------------------------------------------


def engine_functions(engine: str) -> list[ast.AST]:
    """What must not compute: all of the agents and phases, and the compiled functions of the ensemble."""
    tree = tree_of(SIM / "engines" / f"{engine}.py")
    if engine != "compiled/engine":
        return [tree]
    return [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]


def outside_subscripts(node: ast.AST) -> Iterator[ast.AST]:
    """A node and those below it; not what stands in square brackets, which is an address."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Subscript) and child is node.slice):
            yield from outside_subscripts(child)


def is_whole(node: ast.AST, module: ModuleType) -> bool:
    """Whether an expression is made of whole numbers only."""
    if isinstance(node, ast.BinOp):
        return is_whole(node.left, module) and is_whole(node.right, module)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int)
    if isinstance(node, ast.Name):
        return node.id in WHOLE_NAMES or isinstance(getattr(module, node.id, None), int)
    if isinstance(node, ast.Attribute):
        owner = getattr(module, node.value.id, None) if isinstance(node.value, ast.Name) else None
        return node.attr in WHOLE_ATTRIBUTES or isinstance(getattr(owner, node.attr, None), int)
    if isinstance(node, ast.Subscript):
        table = getattr(module, node.value.id, None) if isinstance(node.value, ast.Name) else None
        is_shape = isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
        return is_shape or (isinstance(table, np.ndarray) and np.issubdtype(table.dtype, np.integer))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WHOLE_CALLS


def adds_to_entry(node: ast.BinOp) -> bool:
    """Whether this is `table.get(key, 0.0) + amount`: accumulation into an entry that may be missing."""
    left = node.left
    return isinstance(node.op, ast.Add) and isinstance(left, ast.Call) and getattr(left.func, "attr", "") == "get"


def is_type(node: ast.BinOp) -> bool:
    """Whether this is `A | None` in an annotation."""
    return isinstance(node.op, ast.BitOr)


def computations(source: ast.AST, module: ModuleType) -> Iterator[str]:
    """Arithmetic beyond accumulating, changing a sign and finding an address."""
    for node in outside_subscripts(source):
        if isinstance(node, ast.BinOp):
            fine = is_type(node) or adds_to_entry(node) or is_whole(node, module) or ast.unparse(node) in ALLOWED
        elif isinstance(node, ast.AugAssign):
            fine = isinstance(node.op, ast.Add | ast.Sub)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            fine = node.func.id not in COMPUTING
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("np", "math"):
            fine = node.attr in ARRAYS
        else:
            fine = True
        if not fine:
            yield f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)}"


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_only_fetch_accumulate_and_store(engine: str) -> None:
    module = importlib.import_module("sim.engines." + engine.replace("/", "."))
    assert [found for part in engine_functions(engine) for found in computations(part, module)] == []


@pytest.mark.parametrize(
    "line",
    [
        "spending = burden * gdp",
        "share = part / whole",
        "rate = rate ** 2",
        "gap = wanted - held",
        "threat = rival + own",
        "total *= 2.0",
        "years = QUARTER * 3",
        "x = np.exp(y)",
        "x = sum(parts)",
    ],
)
def test_hidden_arithmetic_is_found(line: str) -> None:
    module = importlib.import_module("sim.engines.compiled.initial_state")
    assert list(computations(ast.parse(line), module))


# ---- names -----------------------------------------------------------------------------------------------------------


def test_no_file_is_a_drawer_for_everything() -> None:
    assert not {file.stem for file in modules()} & {"utils", "util", "helpers", "common", "core", "misc"}


def test_data_folders_hold_no_program() -> None:
    assert not [file for folder in ("scenarios", "seeds", "calibration") for file in (ROOT / folder).rglob("*.py")]
