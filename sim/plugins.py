"""Plug-ins: rules, types of events, metrics and agents from a user's file or package, without editing the source.

A plug-in is a Python module that says in capital letters what it brings:

    RULES = {"spending.desired_gap": desired_gap}   # a function in the place of one of sim/rules, with the same arguments
    EVENTS = [Blockade]                             # subclasses of sim.scenario.event.EventBase
    METRICS = {"ratio": (ratio, ["spending.SRB", "spending.XKX"])}   # a function, and the series that it is given
    AGENTS = {"SRB": Hawk}                          # subclasses of those of sim/engines/agents, for --engine agents

It is named on the command line (`--plugin FILE`) or in Python (`sim.plug(FILE)`), never in a scenario or a design: those run no code.
"""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from sim.io import plugged
from sim.io.errors import InputError, refusal, shown_path, suggestion
from sim.io.provenance import digest_of

KINDS = ("RULES", "EVENTS", "METRICS", "AGENTS")


def plug(plugin: str | Path) -> None:
    """Load a plug-in, once, before anything is simulated.

    plugin : a file, or the name of a package that is installed

    Raises InputError for anything wrong with it; then nothing of it holds.
    """
    before = set(sys.modules)
    module = _loaded(str(plugin))
    file = Path(str(module.__file__)).resolve()
    if (file, digest_of(file)) in plugged.FILES.values():
        return
    if file.name in plugged.FILES:
        raise refusal(file, "another plug-in has this name; rename one of them")
    brought = {kind: getattr(module, kind, None) or {} for kind in KINDS}
    if not any(brought.values()):
        raise refusal(file, f"brings nothing; a plug-in has one or more of {', '.join(KINDS)}, in capital letters")
    _check_time(file, brought)
    rules = [(name, rule, _ours(file, name, rule)) for name, rule in brought["RULES"].items()]
    _check_events(file, brought["EVENTS"])
    metrics = {name: _metric(file, name, given) for name, given in brought["METRICS"].items()}
    names = {**brought, "EVENTS": [event.type_name() for event in brought["EVENTS"]]}
    bringing = [(kind, name) for kind in KINDS for name in names[kind]]
    for kind, name in bringing:
        if (kind, name) in plugged.BROUGHT:
            other = shown_path(plugged.BROUGHT[kind, name])
            raise refusal(
                file, f"{other}, which is plugged in, brings this too; leave one of the two out", f"{kind}, {name}"
            )
    plugged.BROUGHT.update(dict.fromkeys(bringing, file))
    for name, rule, ours in rules:
        _replace(ours, rule)
        plugged.RULES[name] = rule
    plugged.EVENTS.extend(brought["EVENTS"])
    plugged.METRICS.update(metrics)
    plugged.AGENTS.update(brought["AGENTS"])
    plugged.FILES[file.name] = file, digest_of(file)
    plugged.HELPERS.update(_helpers(file, set(sys.modules) - before))


def _helpers(plugin: Path, names: set[str]) -> dict[str, str]:
    """The digests of those of some modules that lie beside a plug-in, by their paths from there."""
    files = {Path(path).resolve() for name in names if (path := getattr(sys.modules[name], "__file__", None))}
    beside = sorted(one for one in files if one.is_relative_to(plugin.parent) and "site-packages" not in one.parts)
    return {
        one.relative_to(plugin.parent).as_posix(): digest_of(one)
        for one in beside
        if one != plugin and not one.is_relative_to(Path(__file__).parent)
    }


def _loaded(plugin: str) -> ModuleType:
    """The module of a plug-in."""
    try:
        if not plugin.endswith(".py") and importlib.util.find_spec(plugin) is not None:
            return importlib.import_module(plugin)
        if not Path(plugin).is_file():
            raise refusal(plugin, "there is no such file, and no such package; a plug-in is a Python file or a package")
        name = f"armsrace_plugin_{Path(plugin).stem}"
        spec = importlib.util.spec_from_file_location(name, plugin)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    except InputError:
        raise
    except Exception as error:  # whatever the user's code does wrong is told as the user's
        line = next((frame.lineno for frame in reversed(_frames(error)) if frame.filename == str(plugin)), None)
        raise refusal(plugin, f"cannot be loaded: {type(error).__name__}: {error}", line=line) from error
    return module


def _frames(error: Exception) -> list[Any]:
    import traceback

    return list(traceback.extract_tb(error.__traceback__))


def _check_time(file: Path, brought: dict[str, Any]) -> None:
    """InputError where what a plug-in changes was used already."""
    library = sys.modules.get("sim.engines.compiled.library")
    is_compiled = library is not None and library.current_digest.cache_info().currsize > 0
    is_read = "sim.scenario.event_types" in sys.modules
    if (brought["RULES"] and is_compiled) or (brought["EVENTS"] and is_read):
        raise refusal(
            file,
            "comes too late: this program has used the model already; plug it in first, before anything else of sim",
        )


def _ours(file: Path, name: str, rule: Any) -> Callable[..., float]:
    """The rule that a plug-in's function stands in for; InputError where it does not fit."""
    where, _, wanted = name.partition(".")
    try:
        module = importlib.import_module(f"sim.rules.{where}")
    except ImportError:
        module = None
    ours = getattr(module, wanted, None)
    if not inspect.isfunction(ours) or ours.__module__ != f"sim.rules.{where}":
        known = [
            f"{where}.{one}"
            for one, value in vars(module or sys).items()
            if inspect.isfunction(value) and module is not None
        ]
        raise refusal(
            file,
            f"there is no rule of this name{suggestion(name, known) or '; docs/equations.md lists them'}",
            f"RULES, {name}",
        )
    if not inspect.isfunction(rule):
        raise refusal(file, "is no function", f"RULES, {name}")
    asked, given = inspect.signature(ours), inspect.signature(rule)
    if asked != given:
        raise refusal(
            file,
            f"takes {given} in place of {asked}; arguments, types and order are those of the rule",
            f"RULES, {name}",
        )
    return ours


def _replace(ours: Callable[..., float], rule: Callable[..., float]) -> None:
    """Put a function in the place of a rule, wherever the rule was imported already, under the rule's name."""
    rule.__module__, rule.__name__, rule.__qualname__ = ours.__module__, ours.__name__, ours.__qualname__
    for name, module in list(sys.modules.items()):
        if name == "sim" or name.startswith("sim."):
            for attribute, value in list(vars(module).items()):
                if value is ours:
                    setattr(module, attribute, rule)


def _check_events(file: Path, events: Any) -> None:
    if not events:
        return
    from sim.scenario.event import EventBase

    for event in events:
        if not (isinstance(event, type) and issubclass(event, EventBase) and event.type_name()):
            raise refusal(
                file, f"{event!r} is no subclass of sim.scenario.event.EventBase with a type of its own", "EVENTS"
            )


def _metric(file: Path, name: str, given: Any) -> tuple[Callable[..., Any], tuple[str, ...]]:
    try:
        function, needs = given
        if callable(function) and all(isinstance(need, str) for need in needs):
            return function, tuple(needs)
    except (TypeError, ValueError):
        pass
    raise refusal(file, 'is not (function, ["spending.SRB", ...])', f"METRICS, {name}")
