"""The house keeps its shape: each equation once, for both engines and for explanations; one source of chance."""

import ast
import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
SIM = ROOT / "sim"
RULE_FILES = sorted(file for file in (SIM / "rules").glob("*.py") if file.name != "__init__.py")
# What holds no equation: the agents and the compiled phases, but for what lays their numbers out, compiles and runs them,
# and the race of two, a laboratory of its own.
LAID_OUT = {
    "__init__", "arrays", "build", "encoding", "engine", "layout", "library", "race", "recorder", "translation",
    "vectorized",
}  # fmt: skip
AGENTS, COMPILED = (
    sorted(
        f"engines/{engine}/{file.stem}" for file in (SIM / "engines" / engine).glob("*.py") if file.stem not in LAID_OUT
    )
    for engine in ("agents", "compiled")
)
ENGINES = (*AGENTS, *COMPILED)
NOT_OF_THE_ENGINES = {"exports", "richardson"}  # what calibration compares with figures; the linear model
UNITS = {
    "1", "code", "units", "quarters", "yr", "1/yr", "1/yr^0.5", "1/yr^2", "thousand", "1/thousand", "m USD2023", "m USD2023/yr",
    "m USD2023/yr^2", "m USD", "m USD/yr", "m USD^2",
}  # fmt: skip

# Whole numbers by name: places in a list, quarters, and what counts them. Arithmetic on them finds an address or a date.
WHOLE_NAMES = {
    "block", "buyer", "c", "channel", "first", "i", "k", "kind", "p", "pages", "place", "quarter", "quarters", "s", "side", "wait",
}  # fmt: skip
WHOLE_ATTRIBUTES = {"place", "quarter"}
WHOLE_CALLS = {"len", "waiting"}
COMPUTING = {"abs", "divmod", "exp", "fsum", "log", "max", "min", "pow", "round", "sqrt", "sum"}
ARRAYS = {"ascontiguousarray", "asarray", "bool_", "empty", "float64", "full", "int64", "zeros"}
ADDING, SCALING = (ast.Add, ast.Sub), (ast.Add, ast.Sub, ast.Mult)

EXPLANATIONS = sorted(f"explain/{file.stem}" for file in (SIM / "explain").glob("*.py") if file.stem != "__init__")
EVALUATES = {"apply", "apply_sequentially", "on_arrays"}  # each takes a rule and its arguments
# What explanations do not work out again: they read its result in the record of the run, and lay it to one cause.
READ_IN_THE_RECORD = {"trust_in_commander",
    "answer", "budget_spread", "choice_weight", "consent_probability", "deal_gain", "deal_profit", "drone_gap",
    "friendship_at_stake", "gdp_next", "grant_anchor", "incident_probability", "incident_shock", "influence_index",
    "kept_share", "pair_mean", "positive_part", "relaxed", "request_rate", "resentment_share", "stationary_spread", "system_gap",
    "trade_gap_next", "trade_index", "whole",
}  # fmt: skip
# What explanations need besides: a step of `gdp_next`, and the way between a number and its logarithm.
ONLY_EXPLAINED = {"exp", "log", "log_growth"}
CLOCK = {"FIRST_STEP", "HISTORY_UNTIL", "OBSERVED_QUARTERS", "QUARTER"}

# Packages, or modules, that load a heavy library; all others are cheap to import.
HEAVY = {
    "matplotlib": {"api", "plots"},
    "mesa": {"engines.agents"},
    "SALib": {"sweep.analysis.measures", "sweep.samplers"},
    "ema_workbench": {"sweep.analysis.scenario_discovery"},
    "pandas": {
        "analysis.results",
        "api",
        "ensembles.draws",
        "runs.stored",
        "sweep.analysis.loading",
        "sweep.evaluation",
        "sweep.run",
    },
    "pyarrow": {"analysis.output", "calibration.output", "ensembles", "sweep"},
    "wasmtime": {"engines.compiled.library"},
    "scipy": {
        "analysis.reaction_fit",
        "analysis.richardson",
        "calibration",
        "plots.fit_svg",
        "sweep.analysis.measures",
        "sweep.samplers",
        "validation.published_evidence",
    },
}
# Packages, or modules, that draw from the counter.
MAKES_CHANCE = {
    "analysis.drivers", "calibration.stages", "engines", "ensembles.draws", "explain.deliveries",
    "explain.recorded_run", "model.random_numbers", "sweep.analysis.design_layout",
}  # fmt: skip
# The sampler that fits the ensemble has random numbers of its own; it is given a generator, which one function makes. The points
# of a sweep come from the samplers of scipy and SALib, which are given the design's seed.
SAMPLERS = {"calibration", "sweep.samplers"}
# A secret that nobody may guess is no draw of the model.
KEEPS_SECRETS = {"classroom.server", "io.writing"}


def place(file: Path) -> str:
    """A module's name inside the package, with dots."""
    return ".".join(file.relative_to(SIM).with_suffix("").parts)


def is_in(file: Path, places: set[str]) -> bool:
    return any(f"{place(file)}.".startswith(f"{one}.") for one in places)


@cache
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


@cache
def libraries_of(file: Path) -> frozenset[str]:
    """The first parts of those names."""
    return frozenset(name.split(".")[0] for name in imported(tree_of(file)))


# ---- imports ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: file.stem)
def test_rules_import_only_math_and_each_other(file: Path) -> None:
    assert all(name == "math" or name.startswith("sim.rules.") for name in imported(tree_of(file)))


@pytest.mark.parametrize("library", HEAVY)
def test_each_heavy_library_is_loaded_in_few_files(library: str) -> None:
    users = [file for file in modules() if library in libraries_of(file)]
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


def rule_calls(name: str) -> Iterator[tuple[str, str, ast.Call]]:
    """Module and name of every rule that a file calls, or gives to what evaluates it; and the call."""
    tree = tree_of(SIM / f"{name}.py")
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
        is_given = isinstance(node.func, ast.Name) and node.func.id in EVALUATES and node.args
        called = node.args[0] if is_given else node.func
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
        where = f"sim/{engine}.py line {call.lineno}: {name}"
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


def called_by(files: Iterable[str]) -> set[str]:
    return {name for file in files for _, name, _ in rule_calls(file)}


def test_both_engines_rest_on_the_same_rules() -> None:
    assert with_rules_called_by(called_by(AGENTS)) == with_rules_called_by(called_by(COMPILED))


def test_every_rule_of_the_model_is_used() -> None:
    used = with_rules_called_by(called_by(ENGINES))
    assert {name for module, name in rules() if module not in NOT_OF_THE_ENGINES} == used


def test_explanations_apply_the_rules_of_the_engines_and_no_others() -> None:
    by_both = called_by(AGENTS) & called_by(COMPILED)
    explained = called_by(EXPLANATIONS)
    assert by_both - explained - READ_IN_THE_RECORD == set()
    assert explained - called_by(ENGINES) == ONLY_EXPLAINED


@pytest.mark.parametrize("explanation", EXPLANATIONS)
def test_explanations_name_every_argument_of_a_rule(explanation: str) -> None:
    for module, name, call in rule_calls(explanation):
        signature = inspect.signature(getattr(importlib.import_module(f"sim.rules.{module}"), name))
        named = {keyword.arg for keyword in call.keywords}
        assert named == set(signature.parameters), f"line {call.lineno}: {name}"


# ---- engines hold no equation ----------------------------------------------------------------------------------------


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


def is_type(node: ast.BinOp) -> bool:
    """Whether this is `A | None` in an annotation."""
    return isinstance(node.op, ast.BitOr)


def is_plain(node: ast.BinOp) -> bool:
    """Whether this is a product, or the sum or difference of two terms that are neither: more is an equation."""
    has_terms = isinstance(node.left, ast.BinOp) or isinstance(node.right, ast.BinOp)
    return isinstance(node.op, SCALING) and not (isinstance(node.op, ADDING) and has_terms)


def is_allowed(node: ast.AST, module: ModuleType) -> bool:
    if isinstance(node, ast.BinOp):
        return is_type(node) or is_plain(node) or is_whole(node, module)
    if isinstance(node, ast.AugAssign):
        return isinstance(node.op, ADDING)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        return (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) not in COMPUTING
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("np", "math"):
        return node.attr in ARRAYS
    return True


def sums(source: ast.AST) -> Iterator[str]:
    """What is added to twice in a row: a sum of unlike terms, which is an equation."""
    for node in ast.walk(source):
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            added = [one for one in body if isinstance(one, ast.AugAssign)] if isinstance(body, list) else []
            targets = [ast.unparse(one.target) for one in added]
            yield from (
                f"line {one.lineno}: {name} twice"
                for one, name in zip(added, targets, strict=True)
                if targets.count(name) > 1
            )


def equations(source: ast.AST, module: ModuleType) -> Iterator[str]:
    """Arithmetic beyond products, plain sums and differences, changing a sign, accumulating, and finding an address."""
    for node in outside_subscripts(source):
        if not is_allowed(node, module):
            yield f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)}"
    yield from sums(source)


def wiring(engine: str) -> list[ast.AST]:
    """What holds no equation: all of the agents, and of the compiled engine what is compiled."""
    tree = tree_of(SIM / f"{engine}.py")
    if engine in AGENTS:
        return [tree]
    return [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_hold_no_equation(engine: str) -> None:
    module = importlib.import_module("sim." + engine.replace("/", "."))
    assert [found for part in wiring(engine) for found in equations(part, module)] == []


@pytest.mark.parametrize(
    "line",
    [
        "share = part / whole",
        "rate = rate ** 2",
        "total *= 2.0",
        "gap = reaction * threat + grievance",
        "utility = appeal + need - price",
        "exponent = a * b - c * d",
        "pressure = share * (own + rival - start)",
        "total += threat\ntotal += grievance",
        "values[ROW.tension, k] += words\nvalues[ROW.tension, k] -= relief",
        "x = np.exp(y)",
        "x = exp(x=y)",
        "x = elementary.log(x=y)",
        "x = math.sqrt(y)",
        "x = sum(parts)",
        "best = max(0.0, utility)",
        "x = abs(y)",
    ],
)
def test_a_hidden_equation_is_found(line: str) -> None:
    module = importlib.import_module("sim.engines.compiled.initial_state")
    assert list(equations(ast.parse(line), module))


@pytest.mark.parametrize(
    "line",
    [
        "spread = chance * spread",
        "above_rest = tension - rest",
        "x = weight * (tension - rest)",
        "total += share * units",
        "row = ROW.arrived + (i * KINDS + c) * SUPPLIERS",
        "year = quarter // 4",
        "values[ROW.gdp + i * SUPPLIERS + 1, k] = 0.0",
    ],
)
def test_wiring_may_multiply_add_and_subtract(line: str) -> None:
    module = importlib.import_module("sim.engines.compiled.relations")
    assert not list(equations(ast.parse(line), module))


# ---- two engines, one order ------------------------------------------------------------------------------------------


def in_order(names: Iterable[str]) -> list[str]:
    """Names in their order; of one that follows itself, the first."""
    found: list[str] = []
    for name in names:
        found += [name] if not found or found[-1] != name else []
    return found


def calls_of(function: str, file: Path) -> Iterator[ast.Call]:
    """What a function calls, in the order of its lines."""
    (node,) = (node for node in ast.walk(tree_of(file)) if isinstance(node, ast.FunctionDef) and node.name == function)
    yield from sorted((call for call in ast.walk(node) if isinstance(call, ast.Call)), key=lambda call: call.lineno)


def compiled_phases() -> list[tuple[str, str]]:
    """File and name of each phase, from the first of a quarter on."""
    phases = [
        (call.func.value.id, call.func.attr)
        for call in calls_of("simulate_block", SIM / "engines" / "compiled" / "block.py")
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    ]
    return phases[phases.index(("state", "start_quarter")) :]


def agents_steps() -> Iterator[str]:
    for call in calls_of("step", SIM / "engines" / "agents" / "model.py"):
        if isinstance(call.func, ast.Attribute):
            is_told = call.func.attr == "do"
            yield ast.literal_eval(call.args[0]) if is_told else call.func.attr


def test_agents_take_the_steps_of_the_compiled_engine_in_its_order() -> None:
    names = {name for _, name in compiled_phases()}
    assert len(names) > 25
    assert in_order(step for step in agents_steps() if step in names) == in_order(name for _, name in compiled_phases())


@pytest.mark.parametrize(("file", "phase"), sorted(set(compiled_phases())))
def test_a_step_stands_in_files_of_the_same_name_in_both_engines(file: str, phase: str) -> None:
    for engine in ("agents", "compiled"):
        tree = tree_of(SIM / "engines" / engine / f"{file}.py")
        assert phase in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, engine


def test_the_clock_of_the_model_stands_once() -> None:
    homes = {
        (target.id, place(file))
        for file in modules()
        for node in tree_of(file).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in CLOCK
    }
    assert homes == {(name, "model.calendar") for name in CLOCK}


# ---- names -----------------------------------------------------------------------------------------------------------


def test_no_file_is_a_drawer_for_everything() -> None:
    assert not {file.stem for file in modules()} & {"utils", "util", "helpers", "common", "core", "misc"}


def test_data_folders_hold_no_program() -> None:
    assert not [file for folder in ("scenarios", "seeds", "calibration") for file in (ROOT / folder).rglob("*.py")]
