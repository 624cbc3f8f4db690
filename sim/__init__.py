"""armsrace: what-if questions about the arms dynamics around Kosovo, Serbia and Türkiye.

    >>> import sim
    >>> table = sim.run("skydagger-delivery", members=8).frame()  # doctest: +SKIP

Importing this package does nothing; each name is loaded when it is used. `__init__.pyi` says the same to type checkers.
"""

import sys
import time
from importlib import import_module
from types import ModuleType
from typing import Any

from sim.version import __version__

BEGAN = time.time()  # before anything else of the package is loaded
_HOMES = {
    "run": "sim.runs.run:run",
    "compare": "sim.runs.comparison:compare",
    "sweep": "sim.sweep.run:run_sweep",
    "evaluate": "sim.sweep.evaluation:evaluate",
    "explain": "sim.api:explain",
    "sensitivity": "sim.api:sensitivity",
    "discover": "sim.api:discover",
    "regret": "sim.api:regret",
    "information": "sim.api:information",
    "stability": "sim.runs.stability:race_stability",
    "forecast": "sim.runs.forecast:forecast",
    "calibrate": "sim.calibration.run:calibrated",
    "replay": "sim.api:replay",
    "report": "sim.api:report",
    "plot": "sim.api:plot",
    "trace": "sim.report.trace:traced",
    "parameters": "sim.api:parameters",
    "sources": "sim.api:sources",
    "check": "sim.api:check",
    "validate": "sim.api:validate",
    "plug": "sim.plugins:plug",
    "use_region": "sim.validation.region:use_region",
    "load_run": "sim.runs.stored:load_run",
    "load_sweep": "sim.sweep.analysis.loading:load_sweep",
    "load_scenario": "sim.scenario.loading:load_scenario",
    "list_scenarios": "sim.scenario.loading:list_scenarios",
    "experiments_outcomes": "sim.sweep.analysis.loading:experiments_outcomes",
    "load_parameters": "sim.model.parameters:load_parameters",
    "InputError": "sim.io.errors:InputError",
    "Run": "sim.analysis.results:Run",
    "Scenario": "sim.scenario.loading:Scenario",
    "RegionModel": "sim.engines.agents.model:RegionModel",
    "LinearRace": "sim.analysis.richardson:LinearRace",
}
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - the names are the keys above


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    home, _, called = _HOMES[name].partition(":")
    return getattr(import_module(home), called)


def __dir__() -> list[str]:
    return sorted(__all__)


def callable_package(package: str) -> None:
    """Let a package be called as the function of its name: `sim.sweep` is both, since a package hides a function behind it."""

    class Callable(ModuleType):
        def __call__(self, *arguments: Any, **options: Any) -> Any:
            return __getattr__(package.rpartition(".")[2])(*arguments, **options)

    sys.modules[package].__class__ = Callable
