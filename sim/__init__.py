"""armsrace: what-if questions about the arms dynamics around Kosovo, Serbia and Türkiye.

    >>> from sim import load_scenario, run
    >>> table = run("skydagger-delivery", members=8).frame()  # doctest: +SKIP

Importing this package does nothing; each name is loaded when it is used.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
_HOMES = {
    "load_scenario": "sim.scenario",
    "list_scenarios": "sim.scenario",
    "load_parameters": "sim.parameters",
    "run": "sim.runner",
    "run_sweep": "sim.sweep",
    "Run": "sim.results",
    "RegionModel": "sim.agents",
    "LinearRace": "sim.richardson",
    "load_sweep": "sim.sweep_results",
    "experiments_outcomes": "sim.sweep_results",
}
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - the names are the keys above


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
